import { aws_s3 as s3 } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CacheStore, CacheTarget, VerifyRedisEvent } from '../../../engine/contract/redis';
import {
  CacheSignIn,
  Paging,
  ProtectedCache,
  RedisVerification,
  type RedisVerificationProps,
  type VerifiedCache,
} from '../../../lib';
import {
  KEY_ID,
  keyOf,
  OTHER_ACCOUNT,
  onlyResource,
  primaryStack,
  REPLICA_KEY_ARN,
  recoveryRegion,
  resources,
  type Statement,
  statements,
} from '../deployment';
import { topicOf } from '../pages';
import { allows, flat } from '../tenants/policy-simulation';
import { ELASTICACHE, named, REDIS_KEY_ARN, SESSIONS } from './caches';

const PROOFS_KEY_ARN = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;
const CARTS = ProtectedCache.serverless('carts', { signIn: CacheSignIn.open() });

describe('of one cache', () => {
  const template = verificationOf([['sessions', SESSIONS]]);
  const policy = policyOf(template);

  test('runs every hour, and not again long after its time', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'acme-verify-redis',
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 2 } },
    });
  });

  test('has as long as reading a backup takes, and the name by which another account admits it', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'acme-verify-redis', Timeout: 900 });
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'acme-verify-redis' });
  });

  test('is sent all it needs, as the contract says', () => {
    const expected: VerifyRedisEvent = {
      targets: [{ target: targetOf('sessions', SESSIONS), store: storeOf('sessions') }],
      replicas: {
        sessions: {
          bucket: 'acme-sessions-replica-111122223333-eu-central-1',
          region: 'eu-central-1',
          keyArn: 'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica',
        },
      },
      proofs: { bucket: 'acme-proofs', region: 'eu-west-1' },
      alarmName: 'acme-redis-backupFailed',
      incidentName: 'acme-redis-incident',
    };
    expect(eventOf(template)).toEqual(expected);
  });

  test('pages when a cache is not backed up, and when nothing was proved', () => {
    const alarm = named(template, 'AWS::CloudWatch::Alarm', 'AlarmName', 'acme-redis-backupFailed');
    expect(alarm.Properties).toMatchObject({
      Namespace: 'Holdfast',
      MetricName: 'success',
      Dimensions: [{ Name: 'System', Value: 'redis' }],
      Statistic: 'Minimum',
      Period: 3600,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(topicOf(template, 'acme-redis-backupFailed')).toBe('acme-critical');
    expect(alarm.Properties.AlarmDescription).toMatch(
      / First: .* Runbook: docs\/runbooks\/redis-backup-failed\.md Dashboard: /,
    );
  });

  test('warns of what endangers no restore, and of silence', () => {
    const alarm = named(template, 'AWS::CloudWatch::Alarm', 'AlarmName', 'acme-redis-drift');
    expect(alarm.Properties).toMatchObject({
      Namespace: 'Holdfast',
      MetricName: 'warnings',
      Dimensions: [{ Name: 'System', Value: 'redis' }],
      Statistic: 'Maximum',
      Period: 3600,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'breaching',
    });
    expect(topicOf(template, 'acme-redis-drift')).toBe('acme-warning');
    expect(alarm.Properties.AlarmDescription).toMatch(
      / First: .* Runbook: docs\/runbooks\/redis-backup-failed\.md Dashboard: /,
    );
  });

  test('may read the backups and their key through S3, and write none', () => {
    const backup = 'arn:aws:s3:::acme-sessions/daily/sessions/20261123T040000Z-0f3c9a1e/manifest.json';
    for (const action of ['s3:GetObject', 's3:GetObjectVersion']) {
      expect(allows(policy, { action, resource: backup })).toBe(true);
    }
    for (const action of ['s3:PutObject', 's3:DeleteObjectVersion']) {
      expect(allows(policy, { action, resource: backup })).toBe(false);
    }
    const decrypt = { action: 'kms:Decrypt', resource: REDIS_KEY_ARN };
    expect(allows(policy, { ...decrypt, context: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } })).toBe(true);
    expect(allows(policy, decrypt)).toBe(false);
  });

  test('may look into the replica, and change nothing there', () => {
    const replica = 'arn:aws:s3:::acme-sessions-replica-111122223333-eu-central-1';
    expect(allows(policy, { action: 's3:ListBucket', resource: replica })).toBe(true);
    for (const action of ['s3:GetObject', 's3:GetObjectVersion']) {
      expect(allows(policy, { action, resource: `${replica}/daily/sessions/x` })).toBe(true);
    }
    expect(allows(policy, { action: 's3:ReplicateObject', resource: `${replica}/daily/sessions/x` })).toBe(false);
  });

  test('may look at the cache and at snapshots, and take or delete none', () => {
    for (const action of ['elasticache:DescribeReplicationGroups', 'elasticache:DescribeSnapshots']) {
      expect(allows(policy, { action, resource: `${ELASTICACHE}:replicationgroup:sessions-v2` })).toBe(true);
    }
    expect(allows(policy, { action: 'elasticache:DescribeSnapshots', resource: `${ELASTICACHE}:snapshot:x` })).toBe(
      true,
    );
    for (const action of ['elasticache:CreateSnapshot', 'elasticache:DeleteSnapshot', 'elasticache:CopySnapshot']) {
      expect(allows(policy, { action, resource: `${ELASTICACHE}:snapshot:redis-20261123-020000` })).toBe(false);
    }
  });

  test('may write its own reports, and go on from them', () => {
    for (const action of ['s3:GetObject', 's3:PutObject']) {
      expect(allows(policy, { action, resource: 'arn:aws:s3:::acme-proofs/redis/sessions/reports/x.json' })).toBe(true);
      expect(allows(policy, { action, resource: 'arn:aws:s3:::acme-proofs/files/sessions/x.json' })).toBe(false);
    }
    expect(allows(policy, { action: 's3:ListBucket', resource: 'arn:aws:s3:::acme-proofs' })).toBe(true);
    const context = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' };
    expect(allows(policy, { action: 'kms:GenerateDataKey', resource: PROOFS_KEY_ARN, context })).toBe(true);
  });

  test('may write records of proofs beside the backups, locked as they are, and no backup', () => {
    const backup = 'arn:aws:s3:::acme-sessions/daily/sessions/20261123T020000Z-0f3c9a1e';
    const context = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' };
    for (const action of ['s3:PutObject', 's3:PutObjectRetention']) {
      expect(allows(policy, { action, resource: `${backup}/proofs/intact/20261123T020000Z-proved.json` })).toBe(true);
      expect(allows(policy, { action, resource: `${backup}/manifest.json` })).toBe(false);
    }
    expect(allows(policy, { action: 'kms:GenerateDataKey', resource: REDIS_KEY_ARN, context })).toBe(true);
    expect(allows(policy, { action: 'kms:GenerateDataKey', resource: REDIS_KEY_ARN })).toBe(false);
  });

  test('may write its findings into its own alarm alone', () => {
    const alarm = 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:acme-redis-backupFailed';
    expect(allows(policy, { action: 'cloudwatch:SetAlarmState', resource: alarm })).toBe(true);
    expect(allows(policy, { action: 'cloudwatch:SetAlarmState', resource: `${alarm}2` })).toBe(false);
  });
});

describe('of several caches, with the replicas in another account', () => {
  const recovery = recoveryRegion({ account: OTHER_ACCOUNT, replicaKeyArn: REPLICA_KEY_ARN });
  const template = verificationOf(
    [
      ['sessions', SESSIONS],
      ['carts', CARTS],
    ],
    { recovery },
  );

  test('is one function and one schedule, and an alarm on the replication of each', () => {
    expect(resources(template, 'AWS::Lambda::Function')).toHaveLength(1);
    expect(resources(template, 'AWS::Scheduler::Schedule')).toHaveLength(1);
    expect(resources(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties.AlarmName)).toEqual([
      ...['backupFailed', 'drift', 'backupAge', 'proofAgePresent', 'proofAgeIntact'].map(
        (name) => `acme-redis-${name}`,
      ),
      'acme-sessions-replicationFailed',
      'acme-carts-replicationFailed',
    ]);
  });

  test('is sent each of them, and its replica', () => {
    const event = eventOf(template);
    expect(event.targets.map(({ target }) => target.resource)).toEqual(['sessions', 'carts']);
    expect(event.replicas.carts).toEqual({
      bucket: `acme-carts-replica-${OTHER_ACCOUNT}-eu-central-1`,
      region: 'eu-central-1',
      keyArn: REPLICA_KEY_ARN,
    });
  });

  test('may use the replica key itself, and look at both kinds of caches', () => {
    const policy = policyOf(template);
    const context = { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' };
    expect(allows(policy, { action: 'kms:Decrypt', resource: REPLICA_KEY_ARN, context })).toBe(true);
    expect(allows(policy, { action: 'kms:DescribeKey', resource: REPLICA_KEY_ARN })).toBe(true);
    for (const [action, resource] of [
      ['elasticache:DescribeServerlessCaches', `${ELASTICACHE}:serverlesscache:carts`],
      ['elasticache:DescribeServerlessCacheSnapshots', `${ELASTICACHE}:serverlesscachesnapshot:x`],
      ['elasticache:DescribeReplicationGroups', `${ELASTICACHE}:replicationgroup:sessions-v2`],
    ] as const) {
      expect(allows(policy, { action, resource })).toBe(true);
    }
  });
});

test('refuses to verify nothing', () => {
  expect(() => verificationOf([])).toThrow(/nothing to verify: protect at least one cache/);
});

function verificationOf(
  caches: readonly (readonly [resource: string, cache: ProtectedCache])[],
  props: Partial<RedisVerificationProps> = {},
): Template {
  const stack = primaryStack();
  const verification = new RedisVerification(stack, 'Verification', {
    recovery: recoveryRegion(),
    proofsBucket: s3.Bucket.fromBucketName(stack, 'Proofs', 'acme-proofs'),
    proofsKey: keyOf(stack),
    paging: new Paging(stack, 'Paging', { prefix: 'acme', routes: {} }),
    ...props,
  });
  for (const [resource, cache] of caches) {
    const verified: VerifiedCache = {
      cache,
      target: targetOf(resource, cache),
      store: storeOf(resource),
      bucket: s3.Bucket.fromBucketName(stack, resource, `acme-${resource}`),
    };
    verification.verify(verified);
  }
  return Template.fromStack(stack);
}

function targetOf(resource: string, { kind, id }: ProtectedCache): CacheTarget {
  return {
    resource,
    kind,
    id,
    login: { kind: 'open' },
    savePoints: [],
    snapshotRetentionDays: 7,
    snapshotWindow: '03:00-04:00',
  };
}

function storeOf(resource: string): CacheStore {
  return {
    bucket: `acme-${resource}`,
    region: 'eu-west-1',
    keyArn: REDIS_KEY_ARN,
    lockMode: 'governance',
    retention: { daily: 30, weekly: 12, monthly: 12, yearly: 7 },
    stagingBucket: `acme-${resource}-staging`,
  };
}

function eventOf(template: Template): VerifyRedisEvent {
  const [, schedule] = onlyResource(template, 'AWS::Scheduler::Schedule');
  const { Input } = schedule.Properties.Target as { readonly Input: string };
  return JSON.parse(flat(Input));
}

function policyOf(template: Template): readonly Statement[] {
  return resources(template, 'AWS::IAM::Policy')
    .map(([, policy]) => statements(policy))
    .filter((each) => each.some(({ Action }) => Action === 'cloudwatch:PutMetricData'))
    .flat();
}
