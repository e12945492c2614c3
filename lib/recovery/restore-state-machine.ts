import { aws_cloudwatch as cloudwatch, Duration, aws_iam as iam, type aws_stepfunctions as sfn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Severity } from '../../engine/contract/paging';
import { Dimension, METRIC_NAMESPACE, Metric, type System } from '../../engine/contract/signals';
import { HoldfastFunction } from '../functions/holdfast-function';
import { executionRole, loggedStateMachine } from '../functions/logged-state-machine';
import type { Paging } from '../paging/paging';
import { restoreDefinition } from './restore-definition';

/** Within which a restore must be ready: terabytes from a snapshot take hours. */
export const RESTORE_TIMEOUT = Duration.hours(12);

/** What taking back may take beyond that, until the execution is stopped from outside. */
const TAKING_BACK = Duration.hours(3);

/** Properties of a {@link RestoreStateMachine}. */
export interface RestoreStateMachineProps {
  /** Name of the state machine and of its function. */
  readonly name: string;
  /** Folder below `dist/lambda` with the function's code. */
  readonly bundle: string;
  /** What it restores, such as `a database`. */
  readonly what: string;
  readonly system: (typeof System)[keyof typeof System];
  /** Longest step. */
  readonly stepTimeout: Duration;
  readonly memorySizeMiB: number;
  /** What the function is told in every step; may hold tokens. */
  readonly settings: object;
  readonly paging: Paging;
  /** Runbook of its alarms. */
  readonly runbook: string;
}

/**
 * Runs restores: one function that makes one step at a time, the state machine that calls it, and the alarms on what a restore that
 * failed leaves behind. A restore that fails has no alarm of its own: whoever started it sees it.
 */
export class RestoreStateMachine extends Construct {
  public readonly stateMachine: sfn.StateMachine;
  /** Makes the steps; it is given nothing yet but to publish metrics. */
  public readonly function: HoldfastFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestoreStateMachineProps,
  ) {
    super(scope, id);
    const { name, bundle, what, stepTimeout, memorySizeMiB } = props;
    this.function = new HoldfastFunction(this, 'Steps', {
      bundle,
      functionName: name,
      description: `Makes one step of the restore of ${what}`,
      timeout: stepTimeout,
      memorySizeMiB,
    });
    this.function.allowMetrics();
    this.stateMachine = this.machine();
    this.leftBehindAlarm();
    this.stoppedAlarm();
  }

  private machine(): sfn.StateMachine {
    const { name, what, settings, system } = this.props;
    const { functionArn } = this.function.function;
    const role = executionRole(this, name);
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }),
    );
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } },
      }),
    );
    const timeoutSeconds = RESTORE_TIMEOUT.plus(TAKING_BACK).toSeconds();
    const definition = restoreDefinition({ what, functionArn, settings, system, timeoutSeconds });
    return loggedStateMachine(this, { name, definition, role });
  }

  private leftBehindAlarm(): void {
    this.alarm(
      'leftBehind',
      'A restore failed, and something that it made could not be taken away: it costs money, and holds a copy of the data. ' +
        'First: the newest failed execution names what is left; delete it by hand.',
      new cloudwatch.Metric({
        namespace: METRIC_NAMESPACE,
        metricName: Metric.LEFT_BEHIND,
        dimensionsMap: { [Dimension.SYSTEM]: this.props.system },
        statistic: cloudwatch.Stats.MAXIMUM,
        period: PERIOD,
      }),
    );
  }

  /** An execution that is stopped from outside takes nothing back. */
  private stoppedAlarm(): void {
    const period = PERIOD;
    this.alarm(
      'stopped',
      'A restore was stopped by hand, or ran into the last timeout, so nobody took back what it had made. ' +
        'First: its newest execution names what it was making; delete it, or start the restore again.',
      new cloudwatch.MathExpression({
        expression: 'FILL(timedOut, 0) + FILL(aborted, 0)',
        label: 'Restores that were stopped',
        usingMetrics: {
          timedOut: this.stateMachine.metricTimedOut({ period }),
          aborted: this.stateMachine.metricAborted({ period }),
        },
        period,
      }),
    );
  }

  private alarm(name: string, text: string, metric: cloudwatch.IMetric): void {
    const alarm = new cloudwatch.Alarm(this, name === 'stopped' ? 'Stopped' : 'LeftBehind', {
      alarmName: `${this.props.name}-${name}`,
      alarmDescription: `${text} Runbook: ${this.props.runbook}`,
      metric,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    this.props.paging.route(alarm, Severity.CRITICAL);
  }
}

const PERIOD = Duration.minutes(5);
