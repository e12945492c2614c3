import { aws_s3 as s3 } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CheckRoutesEvent } from '../../../engine/contract/check-routes';
import { parseCheckRoutesEvent } from '../../../engine/paging/check-routes-event';
import { RouteCheck, type RouteCheckProps } from '../../../lib/paging/route-check';
import { KEY_ID, keyOf, primaryStack, RECOVERY, resources, type Statement, statements } from '../deployment';
import { allows, flat } from '../tenants/policy-simulation';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:acme-critical';
const ELSEWHERE = 'arn:aws:sns:eu-central-1:111122223333:acme-warning';
const KEY = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;
const RECOVERY_KEY = `arn:aws:kms:eu-central-1:111122223333:key/${KEY_ID}`;
const STATE = 'arn:aws:s3:::acme-proofs/platform/routes/state.json';
const PAGING_KEY = { 'kms:ResourceAliases': 'alias/acme-paging' };

describe('with the least that must be said', () => {
  const template = checkOf({ routes: {} });
  const policy = policyOf(template);

  test('looks each hour, and not again long after its time', () => {
    const schedules = resources(template, 'AWS::Scheduler::Schedule');
    expect(schedules).toHaveLength(1);
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'acme-check-routes',
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 2 } },
    });
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'acme-check-routes' });
  });

  test('is sent the topics of its own Region, as the contract says', () => {
    const keyArn = 'arn:aws:kms:eu-west-1:111122223333:alias/acme-paging';
    const expected: CheckRoutesEvent = {
      topics: [
        { arn: TOPIC, severity: 'critical', keyArn },
        { arn: 'arn:aws:sns:eu-west-1:111122223333:acme-warning', severity: 'warning', keyArn },
      ],
      receivers: { emails: 0, hasPager: false },
      alarmName: 'acme-platform-routeProblems',
      incidentName: 'acme-platform-attention',
    };
    expect(eventOf(template, 'acme-check-routes')).toEqual(expected);
    expect(parseCheckRoutesEvent(expected)).toEqual(expected);
  });

  test('may look, and tell, and send nothing', () => {
    for (const [action, resource] of [
      ['sns:GetTopicAttributes', TOPIC],
      ['sns:ListSubscriptionsByTopic', TOPIC],
      ['sns:GetSubscriptionAttributes', '*'],
      ['cloudwatch:GetMetricData', '*'],
      ['cloudwatch:SetAlarmState', 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:acme-platform-routeProblems'],
      ['cloudwatch:SetAlarmState', 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:acme-platform-attention'],
    ] as const) {
      expect(allows(policy, { action, resource })).toBe(true);
    }
    expect(allows(policy, { action: 'kms:DescribeKey', resource: KEY, context: PAGING_KEY })).toBe(true);
    expect(allows(policy, { action: 'kms:DescribeKey', resource: KEY })).toBe(false);
    const metrics = { action: 'cloudwatch:PutMetricData', resource: '*' };
    expect(allows(policy, { ...metrics, context: { 'cloudwatch:namespace': 'Holdfast' } })).toBe(true);
    for (const [action, resource] of [
      ['sns:Publish', TOPIC],
      ['sns:GetTopicAttributes', ELSEWHERE],
      ['chatbot:DescribeSlackWorkspaces', '*'],
      ['s3:PutObject', STATE],
      ['cloudwatch:SetAlarmState', 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:acme-other'],
    ] as const) {
      expect(allows(policy, { action, resource })).toBe(false);
    }
  });
});

describe('with all there is', () => {
  const template = checkOf(
    {
      routes: {
        email: ['oncall@example.com', 'lead@example.com', 'oncall@example.com'],
        slack: { workspaceId: 'T0000000000', channelId: 'C0000000000' },
        pager: 'https://events.example.com/integration/SECRET/enqueue',
      },
      regions: ['eu-west-1', RECOVERY],
    },
    true,
  );
  const policy = policyOf(template);

  test('sends a heartbeat each Monday, and looks at the same things', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'acme-route-heartbeat',
      ScheduleExpression: 'cron(0 9 ? * MON *)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      State: 'ENABLED',
    });
    const check = eventOf(template, 'acme-check-routes');
    expect(eventOf(template, 'acme-route-heartbeat')).toEqual({ ...check, heartbeat: true });
    expect(parseCheckRoutesEvent({ ...check, heartbeat: true })).toMatchObject({ heartbeat: true });
  });

  test('looks at the topics of both Regions, the loudest first', () => {
    const { topics } = eventOf(template, 'acme-check-routes');
    expect(topics.map(({ arn }) => arn.replace(/^arn:aws:sns:|111122223333:/g, ''))).toEqual([
      'eu-west-1:acme-critical',
      'eu-central-1:acme-critical',
      'eu-west-1:acme-warning',
      'eu-central-1:acme-warning',
    ]);
    expect(topics[1]?.keyArn).toBe('arn:aws:kms:eu-central-1:111122223333:alias/acme-paging');
  });

  test('knows who must be reached by number and kind, and no address or secret', () => {
    const event = eventOf(template, 'acme-check-routes');
    expect(event.receivers).toEqual({
      emails: 2,
      hasPager: true,
      slack: { workspaceId: 'T0000000000', channelId: 'C0000000000' },
    });
    expect(event.proofs).toEqual({ bucket: 'acme-proofs', region: 'eu-west-1' });
    expect(JSON.stringify(template.toJSON())).not.toMatch(/SECRET|oncall@/);
  });

  test('may send along each topic, with the keys of pages through SNS alone', () => {
    for (const resource of [TOPIC, ELSEWHERE]) {
      expect(allows(policy, { action: 'sns:Publish', resource })).toBe(true);
    }
    for (const [resource, region] of [
      [KEY, 'eu-west-1'],
      [RECOVERY_KEY, 'eu-central-1'],
    ] as const) {
      const context = { ...PAGING_KEY, 'kms:ViaService': `sns.${region}.amazonaws.com` };
      for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
        expect(allows(policy, { action, resource, context })).toBe(true);
      }
      expect(allows(policy, { action: 'kms:Decrypt', resource, context: PAGING_KEY })).toBe(false);
      expect(allows(policy, { action: 'kms:DescribeKey', resource, context: PAGING_KEY })).toBe(true);
    }
  });

  test('may remember the heartbeat, and touch no proof', () => {
    const context = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' };
    for (const action of ['s3:GetObject', 's3:PutObject']) {
      expect(allows(policy, { action, resource: STATE })).toBe(true);
      expect(allows(policy, { action, resource: 'arn:aws:s3:::acme-proofs/files/uploads/state.json' })).toBe(false);
    }
    expect(allows(policy, { action: 's3:ListBucket', resource: 'arn:aws:s3:::acme-proofs' })).toBe(true);
    expect(allows(policy, { action: 'kms:GenerateDataKey', resource: KEY, context })).toBe(true);
  });

  test('may look how Slack is connected', () => {
    for (const action of ['chatbot:DescribeSlackWorkspaces', 'chatbot:DescribeSlackChannelConfigurations']) {
      expect(allows(policy, { action, resource: '*' })).toBe(true);
    }
  });
});

function checkOf(props: Omit<RouteCheckProps, 'prefix'>, sendsHeartbeat = false): Template {
  const stack = primaryStack();
  const bucket = s3.Bucket.fromBucketName(stack, 'Proofs', 'acme-proofs');
  const heartbeat = sendsHeartbeat ? { heartbeat: { bucket, key: keyOf(stack) } } : {};
  new RouteCheck(stack, 'RouteCheck', { prefix: 'acme', ...props, ...heartbeat });
  return Template.fromStack(stack);
}

function eventOf(template: Template, name: string): CheckRoutesEvent {
  const schedules = resources(template, 'AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties);
  const { Target } = schedules.find(({ Name }) => Name === name) as { readonly Target: { readonly Input: unknown } };
  return JSON.parse(flat(Target.Input));
}

function policyOf(template: Template): readonly Statement[] {
  return resources(template, 'AWS::IAM::Policy').flatMap(([, policy]) => statements(policy));
}
