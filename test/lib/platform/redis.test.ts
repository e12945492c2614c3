import { Template } from 'aws-cdk-lib/assertions';
import { DEFAULT_RETENTION, LockMode, PrimaryStack, RecoveryStack, Retention } from '../../../lib';
import {
  app,
  OTHER_ACCOUNT,
  onlyResource,
  PRIMARY,
  RECOVERY,
  REPLICA_KEY_ARN,
  recoveryRegion,
  resources,
  resourcesBesideWatch,
  statements,
} from '../deployment';
import { NETWORK, SESSIONS } from '../redis/caches';
import { flat } from '../tenants/policy-simulation';

const KEPT = Retention.gfs({ daily: 14, weekly: 4, monthly: 0, yearly: 0 });

describe('the platform that protects caches alone', () => {
  const stack = new PrimaryStack(app(), 'Primary', {
    env: PRIMARY,
    recovery: recoveryRegion(),
    paging: { email: ['oncall@example.com'] },
    retention: KEPT,
  });
  const first = stack.backups.protectRedis('sessions', SESSIONS, { network: NETWORK });
  stack.backups.protectRedis('carts', SESSIONS, { network: NETWORK, retention: DEFAULT_RETENTION });
  const template = Template.fromStack(stack);

  test('gives what it made', () => {
    expect(first.target.resource).toBe('sessions');
    expect(first.bucket.bucketName).not.toBe(first.stagingBucket.bucketName);
  });

  test('has one verification of all caches, with its place for reports', () => {
    const verifiers = resources(template, 'AWS::Lambda::Function').filter(
      ([, { Properties }]) => Properties.FunctionName === 'acme-verify-redis',
    );
    expect(verifiers).toHaveLength(1);
    expect(bucketNames(template)).toEqual([
      'acme-carts-111122223333-eu-west-1',
      'acme-carts-staging-111122223333-eu-west-1',
      'acme-proofs-111122223333-eu-west-1',
      'acme-sessions-111122223333-eu-west-1',
      'acme-sessions-staging-111122223333-eu-west-1',
    ]);
    const [schedule] = resources(template, 'AWS::Scheduler::Schedule').filter(
      ([, { Properties }]) => Properties.Name === 'acme-verify-redis',
    );
    const { Input } = Object(schedule?.[1].Properties.Target);
    expect(JSON.parse(flat(Input))).toMatchObject({
      targets: [
        { target: { resource: 'sessions' }, store: { retention: KEPT.counts } },
        { target: { resource: 'carts' }, store: { retention: DEFAULT_RETENTION.counts } },
      ],
    });
  });

  test('encrypts exports with one key of their own', () => {
    const aliases = resources(template, 'AWS::KMS::Alias').map(([, { Properties }]) => Properties.AliasName);
    expect(aliases).toContain('alias/acme-cache-snapshots');
  });
});

describe('the recovery stack', () => {
  test('has the replica of the exports, locked, and the alarm on its latency', () => {
    const stack = recoveryStackOf();
    stack.addRedisReplica('sessions', { retention: KEPT, lockMode: LockMode.COMPLIANCE });
    const template = Template.fromStack(stack);
    const [, bucket] = onlyResource(template, 'AWS::S3::Bucket');
    expect(bucket.Properties).toMatchObject({
      BucketName: 'acme-sessions-replica-111122223333-eu-central-1',
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 14 } } },
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'acme-sessions-replicationLatency' });
    expect(JSON.stringify(template.findResources('AWS::S3::BucketPolicy'))).not.toContain('verify-redis');
  });

  test('admits from another account the verification of caches, once to the key however many caches', () => {
    const stack = recoveryStackOf(OTHER_ACCOUNT);
    stack.addRedisReplica('sessions');
    stack.addRedisReplica('carts');
    const template = Template.fromStack(stack);
    const verifier = { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/acme-verify-redis' } };
    for (const [, policy] of resourcesBesideWatch(template, 'AWS::S3::BucketPolicy')) {
      const admitted = statements(policy).filter(
        ({ Condition }) => JSON.stringify(Condition) === JSON.stringify(verifier),
      );
      expect(admitted.map(({ Action }) => Action)).toEqual(['s3:ListBucket', ['s3:GetObject', 's3:GetObjectVersion']]);
    }
    const key = resources(template, 'AWS::KMS::Key').find(([id]) => id.startsWith('ReplicaKey'))?.[1];
    const ofKey = key ? statements(key, 'KeyPolicy') : [];
    const admitted = ofKey.filter(({ Condition }) => JSON.stringify(Condition) === JSON.stringify(verifier));
    expect(admitted.map(({ Action }) => Action)).toEqual([['kms:Decrypt', 'kms:DescribeKey']]);
  });
});

function recoveryStackOf(account: string = PRIMARY.account): RecoveryStack {
  const other = account === PRIMARY.account ? {} : { account, replicaKeyArn: REPLICA_KEY_ARN };
  return new RecoveryStack(app(), 'Recovery', {
    env: { account, region: RECOVERY },
    recovery: recoveryRegion(other),
    primary: PRIMARY,
    paging: { email: ['oncall@example.com'] },
  });
}

function bucketNames(template: Template): unknown[] {
  return resourcesBesideWatch(template, 'AWS::S3::Bucket')
    .map(([, { Properties }]) => Properties.BucketName)
    .sort();
}
