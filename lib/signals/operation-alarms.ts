import {
  AspectPriority,
  Aspects,
  type aws_cloudwatch as cloudwatch,
  Duration,
  type aws_lambda as lambda,
  Stack,
  type aws_sqs as sqs,
} from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { type AlarmRule, alarmRule } from '../../engine/contract/alarms';
import { System } from '../../engine/contract/signals';
import { EventReader } from '../functions/event-reader';
import { FunctionSchedule } from '../functions/function-schedule';
import { HoldfastFunction } from '../functions/holdfast-function';
import { StateMachineSchedule } from '../functions/state-machine-schedule';
import type { Paging } from '../paging/paging';
import { hasOwnAlarm } from './queue-alarm';
import { constructId, ruledAlarm, sumOf } from './ruled-alarm';

/**
 * Metrics that one alarm adds up at most.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
 */
const MOST_METRICS = 10;

/** Properties of {@link OperationAlarms}. */
export interface OperationAlarmsProps {
  readonly paging: Paging;
}

/**
 * Warns when anything that Holdfast runs in this stack fails: every function, and every call or event that nobody took and of which no other
 * alarm tells. What there is, is looked up when the template is written, so that nothing added later is forgotten.
 */
export class OperationAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: OperationAlarmsProps,
  ) {
    super(scope, id);
    const visit = (node: IConstruct): void => {
      if (node === this) {
        this.watch();
      }
    };
    Aspects.of(this).add({ visit }, { priority: AspectPriority.MUTATING });
  }

  private watch(): void {
    const all = Stack.of(this).node.findAll();
    const functions = all.filter((each) => each instanceof HoldfastFunction).map((each) => each.function);
    const queues = all.flatMap(deadLettersOf).filter((queue) => !hasOwnAlarm(queue));
    this.functionAlarms('functionErrors', functions);
    this.functionAlarms('functionThrottles', functions);
    this.sumAlarms(alarmRule(System.PLATFORM, 'deadLetters'), queues, (queue, options) =>
      queue.metricApproximateNumberOfMessagesVisible(options),
    );
  }

  private functionAlarms(name: 'functionErrors' | 'functionThrottles', functions: readonly lambda.Function[]): void {
    this.sumAlarms(alarmRule(System.PLATFORM, name), functions, (each, options) =>
      name === 'functionErrors' ? each.metricErrors(options) : each.metricThrottles(options),
    );
  }

  /** Several alarms, where one cannot add up so many. */
  private sumAlarms<Watched>(
    rule: AlarmRule,
    watched: readonly Watched[],
    metricOf: (each: Watched, options: cloudwatch.MetricOptions) => cloudwatch.IMetric,
  ): void {
    const { statistic, periodSeconds, metrics } = rule.condition;
    const period = Duration.seconds(periodSeconds);
    for (let first = 0; first < watched.length; first += MOST_METRICS) {
      const number = first / MOST_METRICS + 1;
      const summed = watched
        .slice(first, first + MOST_METRICS)
        .map((each, index): [string, cloudwatch.IMetric] => [
          `m${first + index + 1}`,
          metricOf(each, { statistic, period }),
        ]);
      ruledAlarm(this, `${constructId(rule)}${number}`, {
        paging: this.props.paging,
        rule,
        metric: sumOf(Object.fromEntries(summed), metrics.join(), period),
        ...(number > 1 && { number }),
      });
    }
  }
}

/** The queue of what a schedule or a reader of events could not hand over. */
function deadLettersOf(construct: IConstruct): sqs.IQueue[] {
  if (construct instanceof FunctionSchedule) {
    return [construct.deadLetterQueue];
  }
  if (construct instanceof StateMachineSchedule) {
    return [construct.deadLetters];
  }
  return construct instanceof EventReader ? [construct.lost] : [];
}
