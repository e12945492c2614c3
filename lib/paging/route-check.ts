import { Duration, type aws_kms as kms, Stack, type aws_s3 as s3, aws_scheduler as scheduler } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { incidentName } from '../../engine/contract/alarms';
import {
  CHECK_ROUTES_EVERY_MINUTES,
  type CheckedTopic,
  type CheckRoutesEvent,
  HEARTBEAT,
  ROUTES_STATE_KEY,
} from '../../engine/contract/check-routes';
import { pagingKeyAlias, SEVERITIES, Severity, topicName } from '../../engine/contract/paging';
import { Metric, System } from '../../engine/contract/signals';
import { FunctionSchedule } from '../functions/function-schedule';
import { HoldfastFunction } from '../functions/holdfast-function';
import { keyInPolicies, throughService } from '../key-conditions';
import type { PagingRoutes } from './paging';

/** Where it is remembered when the last heartbeat was sent. */
export interface HeartbeatMemory {
  /** Bucket of the proofs. */
  readonly bucket: s3.IBucket;
  /** Its key. */
  readonly key: kms.IKey;
}

/** Properties of a {@link RouteCheck}. */
export interface RouteCheckProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** Who must be reached. */
  readonly routes: PagingRoutes;
  /** Regions of this account whose topics are checked. @default - the stack's own and no other */
  readonly regions?: readonly string[];
  /**
   * Without it no heartbeat is sent: where the recovery Region lies in an account of its own, its topics are checked by a function there,
   * which has no bucket of proofs.
   * @default - none
   */
  readonly heartbeat?: HeartbeatMemory;
}

const CHECK_EVERY = Duration.minutes(CHECK_ROUTES_EVERY_MINUTES);

/**
 * Looks each hour whether pages can reach whoever must be paged, and sends a heartbeat along each route once a week. Publishes
 * `routeProblems` of the platform; the alarm on it is made with the others.
 */
export class RouteCheck extends Construct {
  private readonly checker: HoldfastFunction;
  private readonly topics: readonly CheckedTopic[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RouteCheckProps,
  ) {
    super(scope, id);
    const { prefix, heartbeat, regions = [Stack.of(this).region] } = props;
    this.topics = SEVERITIES.flatMap((severity) => regions.map((region) => this.topic(region, severity)));
    this.checker = new HoldfastFunction(this, 'Checker', {
      bundle: 'check-routes',
      functionName: `${prefix}-check-routes`,
      description: 'Looks whether pages can reach whoever must be paged',
      timeout: Duration.minutes(5),
      memorySizeMiB: 256,
    });
    new FunctionSchedule(this, 'Schedule', {
      name: `${prefix}-check-routes`,
      description: 'Looks whether pages can reach whoever must be paged',
      function: this.checker.function,
      schedule: scheduler.ScheduleExpression.rate(CHECK_EVERY),
      event: () => this.event,
      retryAttempts: 2,
      maxEventAge: CHECK_EVERY,
    });
    this.allowLooking();
    if (heartbeat !== undefined) {
      this.sendHeartbeat(heartbeat);
    }
  }

  private get alarmName(): string {
    return `${this.props.prefix}-${System.PLATFORM}-${Metric.ROUTE_PROBLEMS}`;
  }

  private get incidentName(): string {
    return incidentName(this.props.prefix, System.PLATFORM, Severity.WARNING);
  }

  private get event(): CheckRoutesEvent {
    const { routes, heartbeat } = this.props;
    const { email = [], pager, slack } = routes;
    return {
      topics: this.topics,
      receivers: {
        emails: new Set(email).size,
        hasPager: pager !== undefined,
        ...(slack && { slack: { workspaceId: slack.workspaceId, channelId: slack.channelId } }),
      },
      ...(heartbeat && { proofs: { bucket: heartbeat.bucket.bucketName, region: Stack.of(this).region } }),
      alarmName: this.alarmName,
      incidentName: this.incidentName,
    };
  }

  private topic(region: string, severity: Severity): CheckedTopic {
    const { prefix } = this.props;
    const { partition, account } = Stack.of(this);
    return {
      arn: `arn:${partition}:sns:${region}:${account}:${topicName(prefix, severity)}`,
      severity,
      keyArn: `arn:${partition}:kms:${region}:${account}:${pagingKeyAlias(prefix)}`,
    };
  }

  /** SNS takes no resource for the attributes of a subscription, and CloudWatch and chat applications none for what is read of them. */
  private allowLooking(): void {
    this.checker.allow(
      ['sns:GetTopicAttributes', 'sns:ListSubscriptionsByTopic'],
      this.topics.map(({ arn }) => arn),
    );
    this.checker.allow(['sns:GetSubscriptionAttributes', 'cloudwatch:GetMetricData'], ['*']);
    if (this.props.routes.slack) {
      this.checker.allow(['chatbot:DescribeSlackWorkspaces', 'chatbot:DescribeSlackChannelConfigurations'], ['*']);
    }
    this.allowPagingKeys(['kms:DescribeKey']);
    this.checker.allowMetrics();
    this.checker.allowAlarmStates(this.alarmName, this.incidentName);
  }

  private sendHeartbeat({ bucket, key }: HeartbeatMemory): void {
    const { weekDay, ...cron } = HEARTBEAT.cron;
    const { region } = Stack.of(this);
    new FunctionSchedule(this, 'Heartbeat', {
      name: `${this.props.prefix}-route-heartbeat`,
      description: 'Sends the weekly heartbeat along the routes of pages',
      function: this.checker.function,
      schedule: scheduler.ScheduleExpression.cron({ ...cron, weekDay }),
      event: () => ({ ...this.event, heartbeat: true }) satisfies CheckRoutesEvent,
      retryAttempts: 2,
      maxEventAge: CHECK_EVERY,
    });
    this.checker.allow(
      ['sns:Publish'],
      this.topics.map(({ arn }) => arn),
    );
    this.allowPagingKeys(['kms:GenerateDataKey', 'kms:Decrypt'], 'sns');
    // Without s3:ListBucket, S3 answers 403 and not 404 while there is no state yet.
    this.checker.allow(['s3:ListBucket'], [bucket.bucketArn]);
    this.checker.allow(['s3:GetObject', 's3:PutObject'], [bucket.arnForObjects(ROUTES_STATE_KEY)]);
    this.checker.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn], throughService('s3', region));
  }

  /** @param service through which alone a key may be used. @default - KMS itself */
  private allowPagingKeys(actions: string[], service?: 'sns'): void {
    for (const keyArn of new Set(this.topics.map((topic) => topic.keyArn))) {
      const { resource, condition } = keyInPolicies(keyArn);
      const region = keyArn.split(':')[3] ?? '';
      this.checker.allow(actions, [resource], { ...condition, ...(service && throughService(service, region)) });
    }
  }
}
