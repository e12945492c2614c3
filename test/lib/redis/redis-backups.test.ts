import { Template } from 'aws-cdk-lib/assertions';
import {
  DEFAULT_SAVE_POINTS,
  type ExportRedisEvent,
  longestIntervalSeconds,
  type SnapshotRedisEvent,
} from '../../../engine/contract/redis';
import { CacheSignIn, LockMode, ProtectedCache, type RedisBackupsProps, Retention, SavePoint } from '../../../lib';
import { onlyResource, primaryStack, resources } from '../deployment';
import { topicOf } from '../pages';
import { allows } from '../tenants/policy-simulation';
import {
  ELASTICACHE,
  eventOf,
  functionOf,
  NETWORK,
  policyOf,
  REDIS_KEY_ARN,
  redisBackups,
  replicationGroup,
  scheduleOf,
  serverlessCache,
  templateOf,
} from './caches';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:sessions-probe-a1b2c3';
const SECRET_KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/22222222-2222-2222-2222-222222222222';
const CACHE_KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/33333333-3333-3333-3333-333333333333';
const PROBE = 'acme-sessions-snapshot-redis';
const EXPORTER = 'acme-sessions-export-redis';

describe('with the least that must be said', () => {
  const template = templateOf();

  test('looks at the cache each minute, and does not make up for a look that was missed', () => {
    expect(scheduleOf(template, PROBE).Properties).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 } },
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumEventAgeInSeconds: 60,
      MaximumRetryAttempts: 0,
    });
  });

  test('ends a look before the next begins, and takes no concurrency from the account', () => {
    const { Properties } = functionOf(template, PROBE);
    expect(Properties.Timeout).toBeLessThan(60);
    expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  test('looks from within the VPC, and exports from outside of it', () => {
    expect(functionOf(template, PROBE).Properties.VpcConfig).toEqual({
      SubnetIds: NETWORK.subnetIds,
      SecurityGroupIds: NETWORK.securityGroupIds,
    });
    expect(functionOf(template, EXPORTER).Properties).not.toHaveProperty('VpcConfig');
  });

  test('takes up an export every quarter of an hour, which is made once a day', () => {
    expect(scheduleOf(template, EXPORTER).Properties).toMatchObject({
      ScheduleExpression: 'rate(15 minutes)',
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 2 } },
    });
    expect(functionOf(template, EXPORTER).Properties.Timeout).toBe(900);
  });

  test('keeps calls that were not taken', () => {
    expect(resources(template, 'AWS::SQS::Queue').map(([, { Properties }]) => Properties)).toEqual([
      expect.objectContaining({ QueueName: `${PROBE}-dead-letters`, SqsManagedSseEnabled: true }),
      expect.objectContaining({ QueueName: `${EXPORTER}-dead-letters`, SqsManagedSseEnabled: true }),
    ]);
  });

  test('tells both functions all they must know', () => {
    const expected: SnapshotRedisEvent & ExportRedisEvent = {
      target: {
        resource: 'sessions',
        kind: 'replicationGroup',
        id: 'sessions-v2',
        login: { kind: 'open' },
        savePoints: [
          { changes: 1, seconds: 900 },
          { changes: 10, seconds: 300 },
          { changes: 10_000, seconds: 60 },
        ],
        snapshotRetentionDays: 7,
        snapshotWindow: '03:00-04:00',
      },
      store: {
        bucket: expect.stringMatching(/^<BackupsBucket/),
        region: 'eu-west-1',
        keyArn: REDIS_KEY_ARN,
        lockMode: 'governance',
        retention: { daily: 30, weekly: 12, monthly: 12, yearly: 7 },
        stagingBucket: expect.stringMatching(/^<BackupsStaging/),
      },
    };
    expect(eventOf(template, PROBE)).toEqual(expected);
    expect(eventOf(template, EXPORTER)).toEqual(expected);
  });

  test('keeps exports in a bucket that locks, refuses to overwrite, and replicates', () => {
    const bucket = resources(template, 'AWS::S3::Bucket').find(([id]) => id.startsWith('BackupsBucket'))?.[1];
    expect(bucket?.Properties).toMatchObject({
      BucketName: 'acme-sessions-111122223333-eu-west-1',
      ObjectLockEnabled: true,
      ReplicationConfiguration: {
        Rules: [{ Destination: { Bucket: 'arn:aws:s3:::acme-sessions-replica-111122223333-eu-central-1' } }],
      },
    });
    expect(JSON.stringify(template.findResources('AWS::S3::BucketPolicy'))).toContain('RefuseOverwrites');
  });

  test('pages when changes wait longer than promised, or when nobody looks', () => {
    const [, alarm] = onlyResource(template, 'AWS::CloudWatch::Alarm');
    expect(alarm.Properties).toMatchObject({
      AlarmName: 'acme-sessions-lastSave',
      Namespace: 'Holdfast',
      MetricName: 'waiting',
      Dimensions: [
        { Name: 'Resource', Value: 'sessions' },
        { Name: 'System', Value: 'redis' },
      ],
      Statistic: 'Minimum',
      Period: 300,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: longestIntervalSeconds('replicationGroup', DEFAULT_SAVE_POINTS) + 300,
      EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
    });
    expect(topicOf(template, 'acme-sessions-lastSave')).toBe('acme-critical');
    expect(alarm.Properties.AlarmDescription).toMatch(
      / First: .* Runbook: docs\/runbooks\/redis-backup-failed\.md Dashboard: /,
    );
  });
});

describe('with everything that can be said', () => {
  const template = templateOf({
    resource: 'carts',
    cache: ProtectedCache.serverless('carts-eu', {
      signIn: CacheSignIn.withSecret({ secretArn: SECRET_ARN, keyArn: SECRET_KEY_ARN }),
      keyArn: CACHE_KEY_ARN,
    }),
    network: {
      subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      securityGroupIds: ['sg-0123456789abcdef0', 'sg-0123456789abcdef1'],
    },
    savePoints: [SavePoint.after({ changes: 500, seconds: 7200 }), SavePoint.after({ changes: 50_000, seconds: 600 })],
    snapshotRetentionDays: 35,
    snapshotWindow: '22:00-23:30',
    retention: Retention.gfs({ daily: 14, weekly: 0, monthly: 6, yearly: 0 }),
    lockMode: LockMode.COMPLIANCE,
  });

  test('tells the functions what they are told', () => {
    expect(eventOf(template, 'acme-carts-snapshot-redis')).toMatchObject({
      target: {
        resource: 'carts',
        kind: 'serverless',
        id: 'carts-eu',
        login: { kind: 'secret', secretArn: SECRET_ARN },
        savePoints: [
          { changes: 500, seconds: 7200 },
          { changes: 50_000, seconds: 600 },
        ],
        snapshotRetentionDays: 35,
        snapshotWindow: '22:00-23:30',
      },
      store: { lockMode: 'compliance', retention: { daily: 14, weekly: 0, monthly: 6, yearly: 0 } },
    });
  });

  test('waits with the page as long as its own save points promise', () => {
    const [, alarm] = onlyResource(template, 'AWS::CloudWatch::Alarm');
    expect(alarm.Properties.Threshold).toBe(
      longestIntervalSeconds('serverless', [{ changes: 500, seconds: 7200 }]) + 300,
    );
    expect(alarm.Properties.Metrics).toEqual([
      expect.objectContaining({ Expression: 'IF(FILL(changes, 500) >= 500, waiting, 0)' }),
      expect.objectContaining({ MetricStat: metricStat('changes'), ReturnData: false }),
      expect.objectContaining({ MetricStat: metricStat('waiting'), ReturnData: false }),
    ]);
  });

  test('lets the probe read its secret, and the exporter none', () => {
    const read = { action: 'secretsmanager:GetSecretValue', resource: SECRET_ARN };
    const decrypt = {
      action: 'kms:Decrypt',
      resource: SECRET_KEY_ARN,
      context: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' },
    };
    for (const request of [read, decrypt]) {
      expect(allows(policyOf(template, 'acme-carts-snapshot-redis'), request)).toBe(true);
      expect(allows(policyOf(template, 'acme-carts-export-redis'), request)).toBe(false);
    }
    expect(allows(policyOf(template, 'acme-carts-snapshot-redis'), { ...decrypt, context: {} })).toBe(false);
  });

  test('lets ElastiCache make itself grants of the key of the cache, for both functions, and nobody else', () => {
    for (const name of ['acme-carts-snapshot-redis', 'acme-carts-export-redis']) {
      for (const action of ['kms:CreateGrant', 'kms:DescribeKey']) {
        const request = { action, resource: CACHE_KEY_ARN };
        for (const service of ['elasticache', 'dax']) {
          const context = { 'kms:ViaService': `${service}.eu-west-1.amazonaws.com` };
          expect(allows(policyOf(template, name), { ...request, context })).toBe(true);
        }
        expect(allows(policyOf(template, name), request)).toBe(false);
      }
    }
  });

  test('lets the probe save and look at this serverless cache, and the exporter export', () => {
    const probe = policyOf(template, 'acme-carts-snapshot-redis');
    const exporter = policyOf(template, 'acme-carts-export-redis');
    const snapshot = `${ELASTICACHE}:serverlesscachesnapshot:redis-20261123-020000`;
    const create = 'elasticache:CreateServerlessCacheSnapshot';
    expect(allows(probe, { action: create, resource: `${ELASTICACHE}:serverlesscache:carts-eu` })).toBe(true);
    expect(allows(probe, { action: create, resource: `${ELASTICACHE}:serverlesscache:other` })).toBe(false);
    expect(allows(probe, { action: 'elasticache:DeleteServerlessCacheSnapshot', resource: snapshot })).toBe(true);
    const exporting = { action: 'elasticache:ExportServerlessCacheSnapshot', resource: snapshot };
    expect(allows(exporter, exporting)).toBe(true);
    expect(allows(probe, exporting)).toBe(false);
    for (const action of ['elasticache:DescribeServerlessCaches', 'elasticache:DescribeServerlessCacheSnapshots']) {
      expect(allows(probe, { action, resource: snapshot })).toBe(true);
      expect(allows(exporter, { action, resource: snapshot })).toBe(true);
    }
  });
});

test.each([
  ['03:00-04:00', 25],
  ['22:00-04:30', 30.5],
])(
  'without save points, pages when the newest snapshot is older than the daily one of %s may be',
  (snapshotWindow, hours) => {
    const [, alarm] = onlyResource(templateOf({ savePoints: [], snapshotWindow }), 'AWS::CloudWatch::Alarm');
    expect(alarm.Properties).toMatchObject({
      MetricName: 'lastSave',
      Statistic: 'Minimum',
      Threshold: (hours + 2) * 3600 + 300,
      TreatMissingData: 'breaching',
    });
  },
);

describe('a cache of the same app', () => {
  test('that is a replication group gets its automatic snapshots, and is named by reference', () => {
    const stack = primaryStack();
    const cache = ProtectedCache.ofReplicationGroup(replicationGroup(stack), { signIn: CacheSignIn.open() });
    redisBackups({ cache, snapshotRetentionDays: 10, snapshotWindow: '01:00-02:00' }, stack);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      SnapshotRetentionLimit: 10,
      SnapshotWindow: '01:00-02:00',
    });
    expect(eventOf(template, PROBE).target.id).toBe('<Group>');
    const resource = `${ELASTICACHE}:replicationgroup:<Group>`;
    expect(allows(policyOf(template, PROBE), { action: 'elasticache:CreateSnapshot', resource })).toBe(true);
  });

  test('that is serverless gets them too', () => {
    const stack = primaryStack();
    redisBackups(
      { cache: ProtectedCache.ofServerlessCache(serverlessCache(stack), { signIn: CacheSignIn.open() }) },
      stack,
    );
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ElastiCache::ServerlessCache', {
      SnapshotRetentionLimit: 7,
      DailySnapshotTime: '03:00',
    });
    expect(eventOf(template, PROBE).target).toMatchObject({ kind: 'serverless', id: '<Cache>' });
  });
});

test.each<[string, Partial<RedisBackupsProps>, string]>([
  ['the name of all caches', { resource: 'redis' }, 'resource: must not be "redis", alarms of Holdfast have it'],
  [
    'the name of all databases',
    { resource: 'database' },
    'resource: must not be "database", alarms of Holdfast have it',
  ],
  [
    'the name of the proofs',
    { resource: 'proofs' },
    'resource: must not be "proofs", the bucket of the reports has it',
  ],
  ['no subnet', { network: { ...NETWORK, subnetIds: [] } }, 'network.subnetIds: must be a list of 1 to 16, got: 0'],
  [
    'an id in capitals',
    { cache: ProtectedCache.replicationGroup('Sessions', { signIn: CacheSignIn.open() }) },
    'cache: must be the id of a replication group or the name of a serverless cache: 1 to 40 lower-case letters, digits and single hyphens, beginning with a letter, got: "Sessions"',
  ],
  [
    'a wrong window',
    { snapshotWindow: '3-4' },
    'snapshotWindow: must be a time of day in UTC such as "03:00-04:00", got: "3-4"',
  ],
  [
    'too long a retention',
    { snapshotRetentionDays: 40 },
    'snapshotRetentionDays: must be a whole number from 1 to 35, got: 40',
  ],
  [
    'a save point that comes too soon',
    { savePoints: [{ changes: 1, seconds: 30 }] },
    'savePoints[0].seconds: must be a whole number from 60 to 86400, got: 30',
  ],
  [
    'a save point without changes',
    {
      savePoints: [
        { changes: 1, seconds: 60 },
        { changes: 0, seconds: 60 },
      ],
    },
    'savePoints[1].changes: must be a whole number from 1 to 9007199254740991, got: 0',
  ],
])('refuses %s', (_name, props, message) => {
  expect(() => redisBackups(props)).toThrow(new Error(`Primary/Backups: ${message}`));
});

function metricStat(metricName: string) {
  return {
    Metric: {
      Namespace: 'Holdfast',
      MetricName: metricName,
      Dimensions: [
        { Name: 'Resource', Value: 'carts' },
        { Name: 'System', Value: 'redis' },
      ],
    },
    Period: 300,
    Stat: 'Minimum',
  };
}
