import {
  aws_cloudwatch_actions as actions,
  aws_cloudwatch as cloudwatch,
  Duration,
  Lazy,
  Stack,
  type aws_sns as sns,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type AlarmRule, dashboardUrl, incidentName } from '../../engine/contract/alarms';
import { Severity } from '../../engine/contract/paging';
import type { System } from '../../engine/contract/signals';

/**
 * Alarms that the rule of a composite alarm names at most.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
const MOST_CHILDREN = 100;

/** Alarms that are named directly; beyond, each further {@link MOST_CHILDREN} have a composite alarm of their own. */
const DIRECT_CHILDREN = 90;

/** How long the actions of a warning wait to see whether the system has a critical incident too, and how long after that has ended. */
const SUPPRESSION = Duration.minutes(2);

/** Properties of an {@link Incident}. */
export interface IncidentProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  readonly system: System;
  readonly severity: Severity;
  /** Where it is told. */
  readonly topic: sns.ITopic;
  /** Asked for when the template is written: the incident that keeps this one quiet while it lasts. */
  readonly quietDuring: () => Incident | undefined;
}

/**
 * One page for everything of a severity that is wrong with a system at the same time: a composite alarm that is raised while any of its alarms is.
 * The alarms have no actions of their own. While the system has a critical incident, its warnings do not go out beside it; those that outlast
 * it do when it is over.
 */
export class Incident extends Construct {
  /** The alarm that pages. */
  public readonly alarm: cloudwatch.CompositeAlarm;
  public readonly severity: Severity;
  private readonly name: string;
  private readonly rules = new Map<string, AlarmRule>();
  private readonly children: string[] = [];
  private readonly groups: { readonly alarm: cloudwatch.CompositeAlarm; readonly children: string[] }[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: IncidentProps,
  ) {
    super(scope, id);
    const { prefix, system, severity, topic, quietDuring } = props;
    this.severity = severity;
    this.name = incidentName(prefix, system, severity);
    this.alarm = this.composite('Alarm', this.name, () => [
      ...this.children,
      ...this.groups.map((_, index) => this.groupName(index)),
    ]);
    const action = new actions.SnsAction(topic);
    this.alarm.addAlarmAction(action);
    this.alarm.addOkAction(action);
    const resource = this.alarm.node.defaultChild as cloudwatch.CfnCompositeAlarm;
    const seconds = Lazy.number({
      produce: () => (quietDuring() === undefined ? undefined : SUPPRESSION.toSeconds()) as number,
    });
    resource.actionsSuppressor = Lazy.string({ produce: () => quietDuring()?.alarm.alarmName });
    resource.actionsSuppressorWaitPeriod = seconds;
    resource.actionsSuppressorExtensionPeriod = seconds;
    resource.alarmDescription = Lazy.string({ produce: () => this.description });
  }

  /**
   * Adds an alarm of the same stack.
   *
   * @param name its name.
   * @throws Error when there are more than composite alarms can hold.
   */
  public add(alarm: cloudwatch.Alarm, name: string, rule: AlarmRule): void {
    this.rules.set(rule.name, rule);
    if (this.children.length < DIRECT_CHILDREN) {
      this.children.push(name);
      this.alarm.node.addDependency(alarm);
      return;
    }
    const last = this.groups.at(-1);
    const group = last !== undefined && last.children.length < MOST_CHILDREN ? last : this.group();
    group.children.push(name);
    group.alarm.node.addDependency(alarm);
  }

  private group() {
    const index = this.groups.length;
    const most = DIRECT_CHILDREN + (MOST_CHILDREN - DIRECT_CHILDREN) * MOST_CHILDREN;
    if (index === MOST_CHILDREN - DIRECT_CHILDREN) {
      throw new Error(
        `${this.node.path}: more than ${most} alarms of severity ${this.props.severity} for ${this.props.system}. HINT: divide the resources between two deployments`,
      );
    }
    const children: string[] = [];
    const alarm = this.composite(`Group${index + 1}`, this.groupName(index), () => children);
    this.alarm.node.addDependency(alarm);
    const group = { alarm, children };
    this.groups.push(group);
    return group;
  }

  private groupName(index: number): string {
    return `${this.name}-${index + 1}`;
  }

  /** By name, which says in the page what an ARN would hide. */
  private composite(id: string, name: string, children: () => readonly string[]): cloudwatch.CompositeAlarm {
    const rule = Lazy.string({
      produce: () =>
        children()
          .map((child) => `ALARM("${child}")`)
          .join(' OR '),
    });
    return new cloudwatch.CompositeAlarm(this, id, {
      compositeAlarmName: name,
      alarmRule: cloudwatch.AlarmRule.fromString(rule),
    });
  }

  /** The page has this description, and not that of the alarm that went off: so it names all runbooks. */
  private get description(): string {
    const { prefix, system, severity } = this.props;
    const runbooks = new Map<string, string[]>();
    for (const { name, runbook } of this.rules.values()) {
      runbooks.set(runbook, [...(runbooks.get(runbook) ?? []), name]);
    }
    const told = [...runbooks].map(([runbook, names]) => `${runbook} (${names.join(', ')})`);
    return [
      `${severity === Severity.CRITICAL ? 'An incident with' : 'Something needs attention about'} ${TITLES[system]}.`,
      'First: read the reason; where it only names an alarm, read what that says in its description.',
      `Runbooks, in docs/runbooks: ${told.join('; ')}.`,
      `Dashboard: ${dashboardUrl(prefix, Stack.of(this).region)}`,
    ].join(' ');
  }
}

/** What people call a system. */
const TITLES: Readonly<Record<System, string>> = {
  storage: 'the backups of files',
  database: 'the backups of databases',
  tenants: 'the dumps of tenants',
  redis: 'the backups of caches',
  platform: 'Holdfast itself',
};
