import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import type { DeployedResource, DeployedStack } from '../deployed-stack';
import { type AlarmDefinition, alarmDefinition, alarmState, type Query } from './alarm-definition';
import { computeExpression, type PeriodValue } from './metric-math';

/** Namespaces of metrics that something publishes here: functions of this app, and MiniStack about functions. */
const CARRIED_NAMESPACES = ['Holdfast', 'AWS/Lambda'];

/** A bucket of GetMetricData that everything since the beginning of a period falls into, in seconds. */
const WHOLE_PERIOD_SECONDS = 1_000_000_000;

/** An alarm whose state is not computed here. */
export interface UncarriedAlarm {
  readonly name: string;
  /** Why, in a few words. */
  readonly reason: string;
}

/**
 * Computes the states of one Region's alarms, in the place of MiniStack 1.5.33, which mixes all dimensions of a metric (`_evaluate_alarm` in
 * its `services/cloudwatch.py`), knows no silence, and no metric math. States are set by SetAlarmState; the composite alarms
 * above them and their deliveries are MiniStack's own.
 *
 * Time is lapsed: a period of every alarm lasts until {@link nextPeriod} is called, since nobody can wait for hours here.
 */
export class AlarmStandIn {
  /** Beginnings of the periods, oldest first. */
  private readonly periods: Date[] = [];

  private constructor(
    private readonly cloudWatch: CloudWatchClient,
    private readonly definitions: readonly AlarmDefinition[],
    /** Alarms that no state is computed for. */
    readonly uncarried: readonly UncarriedAlarm[],
  ) {}

  /**
   * Puts the alarms of a stack as the stand-in needs them: metric alarms in the form that MiniStack keeps without evaluating
   * (the same metric, as one of a list of queries), and those that its CloudFormation does not know.
   */
  static async start(cloudWatch: CloudWatchClient, stack: DeployedStack): Promise<AlarmStandIn> {
    const definitions: AlarmDefinition[] = [];
    const uncarried: UncarriedAlarm[] = [];
    for (const alarm of stack.templateResources('AWS::CloudWatch::Alarm')) {
      const name = String(alarm.properties.AlarmName);
      const definition = definitionOf(alarm, uncarried);
      if (definition) definitions.push(definition);
      await cloudWatch.send(new PutMetricAlarmCommand(withoutEvaluation(name, alarm)));
    }
    for (const { properties } of stack.templateResources('AWS::CloudWatch::CompositeAlarm')) {
      const { AlarmName, AlarmRule, AlarmDescription, AlarmActions, OKActions } = properties as Record<string, never>;
      await cloudWatch.send(
        new PutCompositeAlarmCommand({ AlarmName, AlarmRule, AlarmDescription, AlarmActions, OKActions }),
      );
    }
    const standIn = new AlarmStandIn(cloudWatch, definitions, uncarried);
    await standIn.nextPeriod();
    return standIn;
  }

  /** Names of the alarms that a state is computed for. */
  get names(): string[] {
    return this.definitions.map(({ name }) => name);
  }

  /** Ends the period of every alarm, and begins the next one. CloudWatch knows full seconds, so this may take one. */
  async nextPeriod(): Promise<void> {
    const begin = Math.floor(Date.now() / 1000) * 1000 + 1000;
    await sleep(begin - Date.now());
    this.periods.push(new Date(begin));
  }

  /** Computes the states of some alarms, or of all, and sets those that changed. @returns names of those that did */
  async evaluate(names: readonly string[] = this.names): Promise<string[]> {
    const changed: string[] = [];
    for (const definition of this.definitions.filter(({ name }) => names.includes(name))) {
      const values: PeriodValue[] = [];
      for (const index of this.lastPeriods(definition.evaluationPeriods)) {
        values.push(await this.valueIn(definition, index));
      }
      const state = alarmState(definition, values);
      if (state !== undefined && state !== (await this.stateOf(definition.name))) {
        const StateReason = `Values of the last periods: ${values.map((value) => value ?? 'none').join(', ')}; threshold ${definition.threshold}`;
        await this.cloudWatch.send(
          new SetAlarmStateCommand({ AlarmName: definition.name, StateValue: state, StateReason }),
        );
        changed.push(definition.name);
      }
    }
    return changed;
  }

  /** State of an alarm or of a composite alarm. */
  async stateOf(name: string): Promise<string> {
    const { MetricAlarms, CompositeAlarms } = await this.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    return [...(MetricAlarms ?? []), ...(CompositeAlarms ?? [])][0]?.StateValue ?? 'no such alarm';
  }

  private lastPeriods(count: number): number[] {
    const first = Math.max(this.periods.length - count, 0);
    return Array.from({ length: this.periods.length - first }, (_, offset) => first + offset);
  }

  private async valueIn({ queries }: AlarmDefinition, period: number): Promise<PeriodValue> {
    const values: Record<string, PeriodValue> = {};
    const metrics = queries.filter(({ metric }) => metric !== undefined);
    const { MetricDataResults = [] } = await this.cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: this.periods[period],
        EndTime: this.periods[period + 1] ?? new Date(Date.now() + 60_000),
        MetricDataQueries: metrics.map(dataQuery),
      }),
    );
    for (const { Id = '', Values = [] } of MetricDataResults) values[Id] = Values[0];
    for (const { id, expression } of queries) {
      if (expression !== undefined) values[id] = computeExpression(expression, values);
    }
    const compared = queries.find(({ isCompared }) => isCompared);
    return compared && values[compared.id];
  }
}

function definitionOf(alarm: DeployedResource, uncarried: UncarriedAlarm[]): AlarmDefinition | undefined {
  const name = String(alarm.properties.AlarmName);
  try {
    const definition = alarmDefinition(alarm.properties);
    const foreign = definition.queries.find(
      ({ metric }) => metric !== undefined && !CARRIED_NAMESPACES.includes(metric.namespace),
    );
    if (foreign === undefined) return definition;
    uncarried.push({ name, reason: `nothing publishes ${foreign.metric?.namespace} ${foreign.metric?.name} here` });
  } catch {
    uncarried.push({ name, reason: 'compares with a band of expected values' });
  }
  return undefined;
}

function dataQuery({ id, metric }: Query) {
  return {
    Id: id,
    MetricStat: {
      Metric: {
        Namespace: metric?.namespace,
        MetricName: metric?.name,
        Dimensions: metric === undefined ? [] : [...metric.dimensions],
      },
      Period: WHOLE_PERIOD_SECONDS,
      Stat: metric?.statistic,
    },
  };
}

/** The alarm without a metric of its own, so that MiniStack leaves its state alone. */
function withoutEvaluation(name: string, { properties }: DeployedResource) {
  const { AlarmDescription, AlarmActions, OKActions, TreatMissingData } = properties as Record<string, never>;
  return {
    AlarmName: name,
    AlarmDescription,
    AlarmActions,
    OKActions,
    TreatMissingData,
    ComparisonOperator: 'GreaterThanThreshold' as const,
    Threshold: 0,
    EvaluationPeriods: 1,
    Metrics: [{ Id: 'm', Expression: 'm', ReturnData: true }],
  };
}
