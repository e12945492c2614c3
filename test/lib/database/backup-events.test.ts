import { Template } from 'aws-cdk-lib/assertions';
import type { BackupEventsInput } from '../../../engine/contract/backup-events';
import { parseBackupEventsInput } from '../../../engine/events/backup-events-input';
import { Paging } from '../../../lib';
import { BackupEvents } from '../../../lib/database/backup-events';
import { onlyResource, primaryStack, recoveryStack, resources, type Statement, statements } from '../deployment';
import { topicOf } from '../pages';
import { allows, flat } from '../tenants/policy-simulation';

const ofMembers = {
  source: ['aws.rds'],
  'detail-type': ['RDS DB Instance Event'],
  detail: { EventID: ['RDS-EVENT-0227', 'RDS-EVENT-0418', 'RDS-EVENT-0419'] },
};
const ENDED = ['COMPLETED', 'FAILED', 'EXPIRED', 'ABORTED', 'PARTIAL'];

describe('in a Region without databases', () => {
  const { template } = eventsIn(recoveryStack());

  test('listens to jobs that end: backups and copies have a state, restores a status', () => {
    expect(patterns(template)).toEqual([
      {
        source: ['aws.backup'],
        'detail-type': ['Backup Job State Change'],
        detail: { backupVaultName: ['acme-vault'], state: ENDED },
      },
      {
        source: ['aws.backup'],
        'detail-type': ['Copy Job State Change'],
        detail: {
          sourceBackupVaultArn: ['arn:aws:backup:eu-central-1:111122223333:backup-vault:acme-vault'],
          state: ENDED,
        },
      },
      {
        source: ['aws.backup'],
        'detail-type': ['Restore Job State Change'],
        detail: { resourceType: ['Aurora', 'RDS'], status: ENDED },
      },
      {
        source: ['aws.rds'],
        'detail-type': ['RDS DB Snapshot Event'],
        detail: { EventID: ['RDS-EVENT-0061', 'RDS-EVENT-0190'], SourceIdentifier: [{ prefix: 'awsbackup:' }] },
      },
    ]);
  });

  test('has a role of its own beside that of the other Region', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'acme-backup-events' });
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'acme-backup-events-eu-central-1' });
  });
});

describe('with databases', () => {
  const { template } = eventsIn(primaryStack(), [
    ['instance', 'orders'],
    ['cluster', 'bills'],
    ['instance', 'shop'],
  ]);

  test('listens to what RDS tells of each, by its kind', () => {
    expect(patterns(template).slice(4)).toEqual([
      {
        source: ['aws.rds'],
        'detail-type': ['RDS DB Instance Event'],
        detail: { SourceIdentifier: ['orders', 'shop'] },
      },
      ofMembers,
      { source: ['aws.rds'], 'detail-type': ['RDS DB Cluster Event'], detail: { SourceIdentifier: ['bills'] } },
    ]);
  });

  test('listens once to what concerns clusters and is told of their instances alone', () => {
    const clusters = eventsIn(
      primaryStack(),
      Array.from({ length: 21 }, (_, number) => ['cluster', `bills-${number}`] as const),
    );
    expect(
      patterns(clusters.template)
        .filter(({ detail }) => detail.SourceIdentifier === undefined)
        .slice(-1),
    ).toEqual([ofMembers]);
    expect(patterns(clusters.template)).toHaveLength(4 + 1 + 2);
    const instances = eventsIn(primaryStack(), [['instance', 'orders']]);
    expect(patterns(instances.template)).not.toContainEqual(ofMembers);
  });

  test('hands the function the event and the alarms, in the form that it reads', () => {
    const event = {
      source: 'aws.rds',
      'detail-type': 'RDS DB Instance Event',
      time: '2026-11-23T04:00:00Z',
      region: 'eu-west-1',
      detail: { EventID: 'RDS-EVENT-0028', Message: 'says "so"\n' },
    };
    const expected: BackupEventsInput = {
      source: 'aws.rds',
      detailType: 'RDS DB Instance Event',
      time: event.time,
      region: 'eu-west-1',
      detail: event.detail,
      alarmName: 'acme-database-jobFailed',
      incidentName: 'acme-database-incident',
      warningAlarmName: 'acme-database-jobWarning',
      warningIncidentName: 'acme-database-attention',
    };
    for (const { InputTransformer } of targets(template)) {
      expect(parseBackupEventsInput(transformed(InputTransformer, event))).toEqual(expected);
    }
  });

  test('keeps events that did not reach the function, and those that it failed on', () => {
    const [queueId] = onlyResource(template, 'AWS::SQS::Queue');
    const queueArn = { 'Fn::GetAtt': [queueId, 'Arn'] };
    for (const target of targets(template)) {
      expect(target).toMatchObject({
        DeadLetterConfig: { Arn: queueArn },
        RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 3600 },
      });
    }
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: { Destination: queueArn } },
      MaximumRetryAttempts: 2,
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'acme-backup-events-dead-letters',
      MessageRetentionPeriod: 14 * 24 * 3600,
      SqsManagedSseEnabled: true,
    });
  });

  test('lets the rules call the function, and write into the queue', () => {
    const rules = resources(template, 'AWS::Events::Rule').length;
    template.resourceCountIs('AWS::Lambda::Permission', rules);
    const [, queuePolicy] = onlyResource(template, 'AWS::SQS::QueuePolicy');
    const sends = statements(queuePolicy).filter(({ Action }) => Action === 'sqs:SendMessage');
    expect(sends).toHaveLength(rules);
    expect(sends[0]).toMatchObject({
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': expect.anything() } },
    });
  });

  test('the function may publish metrics, write into its two alarms, and keep what it failed on', () => {
    const [queueId] = onlyResource(template, 'AWS::SQS::Queue');
    const policy = resources(template, 'AWS::IAM::Policy').flatMap(([, each]) => statements(each));
    const alarm = (name: string) => `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:acme-database-${name}`;
    const may = (action: string, resource: string, context = {}) => allows(policy, { action, resource, context });
    expect(may('cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'Holdfast' })).toBe(true);
    expect(may('cloudwatch:SetAlarmState', alarm('jobFailed'))).toBe(true);
    expect(may('cloudwatch:SetAlarmState', alarm('jobWarning'))).toBe(true);
    expect(may('cloudwatch:SetAlarmState', alarm('backupFailed'))).toBe(false);
    expect(may('sqs:SendMessage', `<${queueId}>`)).toBe(true);
    expect(actionsOf(policy)).toEqual([
      'cloudwatch:PutMetricData',
      'cloudwatch:SetAlarmState',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:SendMessage',
    ]);
  });
});

test('divides many databases among rules that EventBridge takes', () => {
  const identifier = (number: number) => `d${String(number).padStart(62, '0')}`;
  const databases = Array.from({ length: 45 }, (_, number) => ['instance', identifier(number)] as const);
  const { template } = eventsIn(primaryStack(), databases);
  const ofRds = patterns(template).slice(4);
  expect(ofRds.map(({ detail }) => detail.SourceIdentifier?.length)).toEqual([20, 20, 5]);
  expect(ofRds.flatMap(({ detail }) => detail.SourceIdentifier)).toEqual(databases.map(([, name]) => name));
  for (const pattern of patterns(template)) {
    expect(JSON.stringify(pattern).length).toBeLessThan(2048);
  }
});

describe('alarms', () => {
  const { template } = eventsIn(primaryStack());

  test.each([
    ['jobFailed', 'critical', 'acme-critical'],
    ['jobWarning', 'warning', 'acme-warning'],
  ])('%s counts what is %s, and goes to %s', (name, severity, topicName) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `acme-database-${name}`,
      Namespace: 'Holdfast',
      MetricName: 'failedJobs',
      Dimensions: [
        { Name: 'Severity', Value: severity },
        { Name: 'System', Value: 'database' },
      ],
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
    expect(topicOf(template, `acme-database-${name}`)).toBe(topicName);
  });

  test('eventsLost warns of events that got lost', () => {
    const [queueId] = onlyResource(template, 'AWS::SQS::Queue');
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-database-eventsLost',
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queueId, 'QueueName'] } }],
      Threshold: 1,
    });
    expect(topicOf(template, 'acme-database-eventsLost')).toBe('acme-warning');
  });

  test('say what to do first, and where to read on', () => {
    const alarms = resources(template, 'AWS::CloudWatch::Alarm');
    expect(alarms).toHaveLength(3);
    for (const [, alarm] of alarms) {
      expect(flat(alarm.Properties.AlarmDescription)).toMatch(
        / First: .* Runbook: docs\/runbooks\/database-backup-failed\.md Dashboard: https:\/\/\S+$/,
      );
    }
  });
});

function eventsIn(
  stack: ReturnType<typeof primaryStack>,
  databases: readonly (readonly ['instance' | 'cluster', string])[] = [],
) {
  const events = new BackupEvents(stack, 'Events', {
    prefix: 'acme',
    vaultName: 'acme-vault',
    paging: new Paging(stack, 'Paging', { prefix: 'acme', routes: {} }),
  });
  for (const [kind, identifier] of databases) {
    events.watch({ kind, identifier });
  }
  return { template: Template.fromStack(stack) };
}

interface Pattern {
  readonly detail: { readonly SourceIdentifier?: readonly string[] };
}

/** What the rules listen to, in the order in which they were made. */
function patterns(template: Template): Pattern[] {
  return resources(template, 'AWS::Events::Rule').map(([, { Properties }]) => Properties.EventPattern as Pattern);
}

interface Transformer {
  readonly InputPathsMap: Readonly<Record<string, string>>;
  readonly InputTemplate: string;
}

interface RuleTarget {
  readonly InputTransformer: Transformer;
}

function targets(template: Template): RuleTarget[] {
  return resources(template, 'AWS::Events::Rule').flatMap(([, { Properties }]) => Properties.Targets as RuleTarget[]);
}

/** What EventBridge makes of an event. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
function transformed({ InputPathsMap, InputTemplate }: Transformer, event: Readonly<Record<string, unknown>>): unknown {
  const filled = Object.entries(InputPathsMap).reduce(
    (text, [name, path]) => text.replaceAll(`<${name}>`, () => JSON.stringify(event[path.replace(/^\$\./, '')])),
    InputTemplate,
  );
  return JSON.parse(filled);
}

function actionsOf(policy: readonly Statement[]): string[] {
  return [...new Set(policy.flatMap(({ Action }) => Action))].sort();
}
