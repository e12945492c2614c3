import {
  aws_cloudwatch_actions as actions,
  aws_chatbot as chatbot,
  type aws_cloudwatch as cloudwatch,
  aws_iam as iam,
  type aws_kms as kms,
  aws_sns as sns,
  aws_sns_subscriptions as subscriptions,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CHANNELS, SEVERITIES, Severity, topicName } from '../../engine/contract/paging';
import { EncryptionKey } from '../encryption-key';

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

/** The topics of one Region, one for each severity, encrypted and open to the services that raise alarms. */
export class Paging extends Construct {
  /** Key that encrypts the topics. */
  public readonly encryptionKey: kms.Key;
  private readonly topics: Record<Severity, sns.Topic>;

  constructor(scope: Construct, id: string, props: PagingProps) {
    super(scope, id);
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

  /** Sends an alarm, and its return to OK, along the route of a severity. */
  public route(alarm: cloudwatch.Alarm, severity: Severity): void {
    const action = new actions.SnsAction(this.topics[severity]);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
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
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('CloudWatchReadOnlyAccess')],
    });
    new chatbot.CfnSlackChannelConfiguration(this, 'Slack', {
      configurationName: `${prefix}-paging`,
      slackWorkspaceId: workspaceId,
      slackChannelId: channelId,
      iamRoleArn: role.roleArn,
      guardrailPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('CloudWatchReadOnlyAccess').managedPolicyArn],
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
