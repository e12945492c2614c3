import {
  aws_chatbot as chatbot,
  aws_cloudwatch as cloudwatch,
  aws_iam as iam,
  type aws_kms as kms,
  aws_sns as sns,
  aws_sns_subscriptions as subscriptions,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type AlarmRule, incidentName } from '../../engine/contract/alarms';
import type { Objectives } from '../../engine/contract/deployment';
import { CHANNELS, SEVERITIES, Severity, SLACK_GUARDRAIL, topicName } from '../../engine/contract/paging';
import type { System } from '../../engine/contract/signals';
import { EncryptionKey } from '../encryption-key';
import { refuse } from '../problem';
import { Incident } from '../signals/incident';
import { type MaintenanceWindow, repeatedWindowProblems } from '../signals/maintenance-window';
import { resolveObjectives } from '../signals/objectives';

/** Who is told, and how. */
export interface PagingRoutes {
  /** Addresses that get every page and every warning. Each must confirm its subscription. @default - none */
  readonly email?: readonly string[];
  /** Slack channel that gets every page and every warning. @default - none */
  readonly slack?: SlackChannel;
  /** HTTPS endpoint of the pager, such as PagerDuty's CloudWatch integration; gets every page. @default - none */
  readonly pager?: string;
}

/** A Slack channel. Its workspace is authorised once in the console of Amazon Q Developer in chat applications. */
export interface SlackChannel {
  readonly workspaceId: string;
  readonly channelId: string;
}

/** Properties of {@link Paging}. */
export interface PagingProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  readonly routes: PagingRoutes;
  /**
   * ARNs of topics elsewhere in this account that the Slack channel gets too. An account takes one configuration per
   * channel, so one stack has it for all Regions.
   */
  readonly otherTopicArns?: readonly string[];
  /** What alarms compare with. @default resolveObjectives() */
  readonly objectives?: Objectives;
  /** When nothing pages. @default - always something may */
  readonly maintenance?: readonly MaintenanceWindow[];
}

/**
 * Services that publish to the topics and therefore need the key. CloudWatch's grant is not made by CDK. EventBridge
 * silently drops messages when the grant has a condition on source account or ARN, so there is none.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
const PUBLISHING_SERVICES = [
  'cloudwatch.amazonaws.com',
  'events.amazonaws.com',
  'backup.amazonaws.com',
  'events.rds.amazonaws.com',
  's3.amazonaws.com',
];

/**
 * How the alarms of one Region become pages: a topic for each severity, encrypted and open to the services that raise alarms, and for each
 * system one composite alarm a severity, so that one incident is one page.
 */
export class Paging extends Construct {
  /** Key that encrypts the topics. */
  public readonly encryptionKey: kms.Key;
  /** First part of every name of the deployment. */
  public readonly prefix: string;
  /** What alarms compare with. */
  public readonly objectives: Objectives;
  /** Where pages go, by severity. */
  public readonly topics: Readonly<Record<Severity, sns.Topic>>;
  private readonly incidents = new Map<string, Incident>();
  private readonly attended: { readonly alarm: cloudwatch.Alarm; readonly severity: Severity }[] = [];
  private readonly muteRules: cloudwatch.AlarmMuteRule[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PagingProps,
  ) {
    super(scope, id);
    refuse(this.node.path, repeatedWindowProblems(props.maintenance ?? [], 'maintenance'));
    this.prefix = props.prefix;
    this.objectives = props.objectives ?? resolveObjectives();
    this.encryptionKey = new EncryptionKey(this, 'Key', {
      alias: `${props.prefix}-paging`,
      description: `Encrypts what ${props.prefix} pages about`,
    });
    this.encryptionKey.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'EncryptPages',
        principals: PUBLISHING_SERVICES.map((service) => new iam.ServicePrincipal(service)),
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
    this.topics = {
      critical: this.topic(Severity.CRITICAL, props),
      warning: this.topic(Severity.WARNING, props),
    };
    if (props.routes.slack) {
      this.slack(props.routes.slack, props);
    }
  }

  /**
   * Has an alarm of the same stack paged about, together with what else is wrong with its system at the same time.
   *
   * @param name its name.
   */
  public attend(alarm: cloudwatch.Alarm, name: string, rule: AlarmRule): void {
    this.incident(rule.system, rule.severity).add(alarm, name, rule);
    this.attended.push({ alarm, severity: rule.severity });
  }

  /** Name of the composite alarm that pages for a rule. */
  public incidentName({ system, severity }: Pick<AlarmRule, 'system' | 'severity'>): string {
    return incidentName(this.prefix, system, severity);
  }

  /** All alarms so far: those that page first, and the loud ones before the others. */
  public get alarms(): cloudwatch.IAlarm[] {
    const incidents = [...this.incidents.values()];
    const byLoudness = <Told extends { readonly alarm: cloudwatch.IAlarm; readonly severity: Severity }>(
      told: Told[],
    ) => SEVERITIES.flatMap((loud) => told.filter(({ severity }) => severity === loud).map(({ alarm }) => alarm));
    return [...byLoudness(incidents), ...byLoudness(this.attended)];
  }

  private incident(system: System, severity: Severity): Incident {
    const name = this.incidentName({ system, severity });
    const known = this.incidents.get(name);
    if (known !== undefined) {
      return known;
    }
    const incident = new Incident(this, name.slice(this.prefix.length + 1), {
      prefix: this.prefix,
      system,
      severity,
      topic: this.topics[severity],
      quietDuring: () =>
        severity === Severity.CRITICAL
          ? undefined
          : this.incidents.get(this.incidentName({ system, severity: Severity.CRITICAL })),
    });
    this.incidents.set(name, incident);
    this.mute(incident.alarm);
    return incident;
  }

  /** CloudWatch mutes up to 100 alarms by one rule; a Region has two for each system. */
  private mute(alarm: cloudwatch.CompositeAlarm): void {
    const { maintenance = [] } = this.props;
    maintenance.forEach(({ name, expression, duration }, index) => {
      this.muteRules[index] ??= new cloudwatch.AlarmMuteRule(this, `Maintenance-${name}`, {
        alarmMuteRuleName: `${this.prefix}-${name}`,
        description: `Nothing of ${this.prefix} pages during ${name}`,
        schedule: expression,
        duration,
      });
      this.muteRules[index]?.addAlarm(alarm);
    });
  }

  private topic(severity: Severity, { prefix, routes }: PagingProps): sns.Topic {
    const topic = new sns.Topic(this, severity === Severity.CRITICAL ? 'Critical' : 'Warning', {
      topicName: topicName(prefix, severity),
      displayName: `${prefix} ${severity}`,
      masterKey: this.encryptionKey,
      enforceSSL: true,
    });
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'PublishPages',
        principals: PUBLISHING_SERVICES.map((service) => new iam.ServicePrincipal(service)),
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
      }),
    );
    if (CHANNELS[severity].includes('email')) {
      for (const address of routes.email ?? []) {
        topic.addSubscription(new subscriptions.EmailSubscription(address));
      }
    }
    if (routes.pager !== undefined && CHANNELS[severity].includes('pager')) {
      topic.addSubscription(new subscriptions.UrlSubscription(routes.pager));
    }
    return topic;
  }

  /** The channel may read metrics and alarms; without a guardrail, AWS would give it administrator's rights. */
  private slack({ workspaceId, channelId }: SlackChannel, { prefix, otherTopicArns = [] }: PagingProps): void {
    const role = new iam.Role(this, 'SlackRole', {
      description: 'What people can look up from the Slack channel',
      assumedBy: new iam.ServicePrincipal('chatbot.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName(SLACK_GUARDRAIL)],
    });
    new chatbot.CfnSlackChannelConfiguration(this, 'Slack', {
      configurationName: `${prefix}-paging`,
      slackWorkspaceId: workspaceId,
      slackChannelId: channelId,
      iamRoleArn: role.roleArn,
      guardrailPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName(SLACK_GUARDRAIL).managedPolicyArn],
      loggingLevel: 'ERROR',
      snsTopicArns: [
        ...SEVERITIES.filter((severity) => CHANNELS[severity].includes('slack')).map(
          (severity) => this.topics[severity].topicArn,
        ),
        ...otherTopicArns,
      ],
    });
  }
}
