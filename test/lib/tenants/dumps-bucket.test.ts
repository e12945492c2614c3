import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import { DEFAULT_RETENTION, TIERS } from '../../../engine/contract/retention';
import { DumpsReplicaBucket, LockMode, Retention } from '../../../lib';
import { DumpsBucket } from '../../../lib/tenants/dumps-bucket';
import { dumpsLifecycleRules, dumpsReplicaLifecycleRules } from '../../../lib/tenants/dumps-lifecycle';
import {
  keyOf,
  OTHER_ACCOUNT,
  onlyResource,
  primaryStack,
  recoveryRegion,
  recoveryStack,
  statements,
} from '../deployment';
import { expectSafeBucket } from '../files/bucket-expectations';
import { DUMPS_KEY_ARN } from './dumps';
import { denies } from './policy-simulation';

const COUNTS = fc.record({
  daily: fc.integer({ min: 1, max: 400 }),
  weekly: fc.integer({ min: 0, max: 60 }),
  monthly: fc.integer({ min: 0, max: 60 }),
  yearly: fc.integer({ min: 0, max: 20 }),
});

describe('the bucket of dumps', () => {
  const stack = dumpsStack();
  const template = Template.fromStack(stack);
  const [bucketId, bucket] = onlyResource(template, 'AWS::S3::Bucket');

  test('is as safe as every bucket', () => {
    expectSafeBucket(stack, 'acme-orders-111122223333-eu-west-1', DUMPS_KEY_ARN);
  });

  test('can lock what says so itself, and locks nothing by default', () => {
    expect(bucket.Properties.ObjectLockEnabled).toBe(true);
    expect(bucket.Properties).not.toHaveProperty('ObjectLockConfiguration');
  });

  test('replicates all it holds', () => {
    expect(bucket.Properties.ReplicationConfiguration).toMatchObject({
      Rules: [{ Status: 'Enabled', Filter: { Prefix: '' }, DeleteMarkerReplication: { Status: 'Enabled' } }],
    });
  });

  test.each([
    ['a write without If-None-Match', {}, true],
    ['a write with If-None-Match', { 's3:if-none-match': '*' }, false],
    ['a part of an upload, which cannot carry it', { 's3:ObjectCreationOperation': 'false' }, false],
  ])('of %s: refused is %s', (_name, context, refused) => {
    const [, policy] = onlyResource(template, 'AWS::S3::BucketPolicy');
    const secure = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3', 's3:ObjectCreationOperation': 'true' };
    const request = { resource: `<${bucketId}>/daily/orders/x`, context: { ...secure, ...context } };
    expect(denies(statements(policy), { action: 's3:PutObject', ...request })).toBe(refused);
    expect(denies(statements(policy), { action: 's3:ReplicateObject', ...request })).toBe(false);
  });
});

describe('the lifecycle', () => {
  test('keeps each tier as long as its retention says, by its prefix', () => {
    expect(expirations(dumpsLifecycleRules(DEFAULT_RETENTION))).toEqual({
      'yearly/': 2557,
      'monthly/': 366,
      'weekly/': 84,
      'daily/': 30,
      'safety/': 30,
      'runs/': 7,
    });
  });

  test('removes what has expired a day later, uploads that were left after a day, and lone delete markers', () => {
    const rules = dumpsLifecycleRules(DEFAULT_RETENTION);
    const tiers = rules.filter(({ prefix }) => prefix !== undefined);
    expect(tiers.map(({ noncurrentVersionExpiration }) => noncurrentVersionExpiration)).toEqual(
      tiers.map(() => ({ noncurrentDays: 1 })),
    );
    expect(rules).toContainEqual(
      expect.objectContaining({ abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } }),
    );
    expect(rules).toContainEqual(expect.objectContaining({ expiredObjectDeleteMarker: true }));
  });

  test('never expires a backup before the day to which it is locked', () => {
    fc.assert(
      fc.property(
        COUNTS,
        fc.constantFrom(...TIERS),
        fc.date({ noInvalidDate: true, max: new Date('2200-01-01') }),
        (counts, tier, at) => {
          const retention = Retention.gfs(counts);
          fc.pre(counts[tier] > 0);
          const days = expirations(dumpsLifecycleRules(retention))[`${tier}/`] ?? 0;
          expect(at.getTime() + days * 86_400_000).toBeGreaterThanOrEqual(retention.keptUntil(tier, at).getTime());
        },
      ),
    );
  });

  test('keeps everything at least seven days longer in the replica', () => {
    fc.assert(
      fc.property(COUNTS, (counts) => {
        const retention = Retention.gfs(counts);
        const source = expirations(dumpsLifecycleRules(retention));
        const replica = expirations(dumpsReplicaLifecycleRules(retention));
        expect(Object.keys(replica)).toEqual(Object.keys(source));
        for (const [prefix, days] of Object.entries(source)) {
          expect(replica[prefix]).toBeGreaterThanOrEqual(days + 7);
        }
      }),
    );
  });

  test('gives every rule an id of its own', () => {
    const ids = dumpsLifecycleRules(DEFAULT_RETENTION).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the replica', () => {
  test('is as safe as every bucket, and locks what brings no lock as long as a daily backup is kept', () => {
    const stack = recoveryStack();
    const key = keyOf(stack);
    new DumpsReplicaBucket(stack, 'Replica', {
      prefix: 'acme',
      resource: 'orders',
      retention: DEFAULT_RETENTION,
      encryptionKey: key,
      lockMode: LockMode.COMPLIANCE,
      sourceAccount: stack.account,
    });
    expectSafeBucket(stack, 'acme-orders-replica-111122223333-eu-central-1', key.keyArn);
    const [, bucket] = onlyResource(Template.fromStack(stack), 'AWS::S3::Bucket');
    expect(bucket.Properties.ObjectLockConfiguration).toEqual({
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 30 } },
    });
    const [, policy] = onlyResource(Template.fromStack(stack), 'AWS::S3::BucketPolicy');
    expect(statements(policy).filter(({ Effect }) => Effect === 'Allow')).toEqual([]);
  });

  test('admits from another account the replication alone', () => {
    const stack = recoveryStack(OTHER_ACCOUNT);
    new DumpsReplicaBucket(stack, 'Replica', {
      prefix: 'acme',
      resource: 'orders',
      retention: DEFAULT_RETENTION,
      encryptionKey: keyOf(stack),
      sourceAccount: '111122223333',
    });
    const [, policy] = onlyResource(Template.fromStack(stack), 'AWS::S3::BucketPolicy');
    expect(statements(policy).filter(({ Effect }) => Effect === 'Allow')).toEqual([
      expect.objectContaining({
        Condition: { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/acme-orders-replication' } },
      }),
    ]);
  });

  test('refuses a name that cannot be part of a bucket', () => {
    const stack = recoveryStack();
    const props = { prefix: 'acme', resource: 'Orders', retention: DEFAULT_RETENTION, encryptionKey: keyOf(stack) };
    expect(() => new DumpsReplicaBucket(stack, 'Replica', props)).toThrow(
      /^Recovery\/Replica: resource: must be 2 to 32 lower-case letters/,
    );
  });
});

function dumpsStack(): Stack {
  const stack = primaryStack();
  new DumpsBucket(stack, 'Dumps', {
    recovery: recoveryRegion(),
    resource: 'orders',
    retention: DEFAULT_RETENTION,
    encryptionKey: keyOf(stack),
  });
  return stack;
}

function expirations(rules: ReturnType<typeof dumpsLifecycleRules>): Record<string, number> {
  return Object.fromEntries(
    rules.flatMap(({ prefix, expirationInDays }) => (prefix === undefined ? [] : [[prefix, expirationInDays ?? 0]])),
  );
}
