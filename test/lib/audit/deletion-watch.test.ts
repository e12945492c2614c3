import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WATCHED_CALLS } from '../../../engine/contract/deletion-attempts';
import { parseDeletionAttemptsInput } from '../../../engine/deletion/deletion-attempts-input';
import { judgeCall } from '../../../engine/deletion/judge-call';
import { Paging } from '../../../lib';
import { BucketContent, DeletionWatch, WatchTrail } from '../../../lib/audit/deletion-watch';
import {
  type CallEvent,
  callEvent,
  inputOf,
  keyDeletion,
  objectCall,
  objectsDeletion,
  RECOVERY_POINT,
  recoveryPointDeletion,
  refusal,
  versionDeletion,
} from '../../engine/deletion/cloudtrail-events';
import { KEY_ID, keyOf, primaryStack, recoveryStack, resources, statements } from '../deployment';
import { allows } from '../tenants/policy-simulation';
import { matches } from './event-matcher';

const KEPT = 'acme-orders-replica-111122223333-eu-west-1';
const LOCKED = 'acme-contracts-111122223333-eu-west-1';
const FILES = 'acme-uploads-111122223333-eu-west-1';

const minimal = watchIn(primaryStack(), () => {}, WatchTrail.EXISTING);
const whole = watchIn(primaryStack(), (watch, stack) => {
  watch.watchBucket(KEPT, BucketContent.KEPT);
  watch.watchBucket(LOCKED, BucketContent.LOCKED_FILES);
  watch.watchBucket(FILES, BucketContent.FILES);
  watch.watchVault('acme-vault');
  watch.watchKey(keyOf(stack), 'acme-replica');
});

describe('with a trail of the account and nothing to watch', () => {
  test('makes no trail, and listens to the snapshots of caches alone', () => {
    minimal.resourceCountIs('AWS::CloudTrail::Trail', 0);
    minimal.resourceCountIs('AWS::S3::Bucket', 0);
    expect(ids(minimal, 'AWS::KMS::Key')).toEqual([expect.stringContaining('Paging')]);
    expect(rulesFor(minimal, snapshotDeletion('redis-20261123-040000'))).toEqual(['CacheSnapshots']);
    minimal.resourceCountIs('AWS::Events::Rule', 1);
  });

  test('has a role of its own beside that of the other Region', () => {
    const other = watchIn(recoveryStack(), () => {}, WatchTrail.EXISTING);
    other.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'acme-deletion-attempts' });
    other.hasResourceProperties('AWS::IAM::Role', { RoleName: 'acme-deletion-attempts-eu-central-1' });
  });
});

describe('hears of', () => {
  test.each<[string, CallEvent, string]>([
    ['the deletion of a recovery point', recoveryPointDeletion('acme-vault'), 'Vault'],
    ['a refused one that names the vault', recoveryPointDeletion('acme-vault', refusal('x', RECOVERY_POINT)), 'Vault'],
    ['a refused one that names none', refusedUnread('backup', 'DeleteRecoveryPoint', RECOVERY_POINT), 'UnnamedVault'],
    [
      'changes of the lock of the vault',
      callEvent('backup', 'PutBackupVaultLockConfiguration', { backupVaultName: 'acme-vault' }),
      'Vault',
    ],
    [
      'a refused deletion of the vault',
      refusedUnread('backup', 'DeleteBackupVault', 'arn:aws:backup:eu-west-1:111122223333:backup-vault:acme-vault'),
      'Vault',
    ],
    [
      'the deletion of a snapshot of AWS Backup in RDS',
      callEvent('rds', 'DeleteDBSnapshot', { dBSnapshotIdentifier: 'awsbackup:job-1' }),
      'DatabaseSnapshots',
    ],
    [
      'that of a cluster',
      callEvent('rds', 'DeleteDBClusterSnapshot', { dBClusterSnapshotIdentifier: 'awsbackup:job-1' }),
      'DatabaseSnapshots',
    ],
    [
      'the deletion of automated backups',
      callEvent('rds', 'DeleteDBClusterAutomatedBackup', { dbClusterResourceId: 'cluster-1' }),
      'AutomatedBackups',
    ],
    ['the deletion of a key by its id', keyDeletion(KEY_ID), 'Keyacmereplica'],
    [
      'the deletion of a key by its ARN',
      keyDeletion(`arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`),
      'Keyacmereplica',
    ],
    [
      'a refused one',
      refusedUnread('kms', 'DisableKey', `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`),
      'Keyacmereplica',
    ],
    [
      'another key under the alias',
      callEvent('kms', 'UpdateAlias', { aliasName: 'alias/acme-replica', targetKeyId: 'x' }),
      'Keyacmereplica',
    ],
    [
      'a refused one of the alias',
      refusedUnread('kms', 'DeleteAlias', 'arn:aws:kms:eu-west-1:111122223333:alias/acme-replica'),
      'Keyacmereplica',
    ],
    ['the deletion of a version of a backup', versionDeletion(KEPT), 'Bucketskept1'],
    ['the deletion of many objects of backups', objectsDeletion(KEPT), 'Bucketskept1'],
    ['changes of a lock', objectCall('PutObjectRetention', { bucketName: KEPT, key: 'a' }), 'Bucketskept1'],
    ['the deletion of a policy', callEvent('s3', 'DeleteBucketPolicy', { bucketName: KEPT }), 'Bucketskept1'],
    ['the deletion of a version of a locked file', versionDeletion(LOCKED), 'BucketslockedFiles1'],
    ['the deletion of a bucket of files', callEvent('s3', 'DeleteBucket', { bucketName: FILES }), 'Bucketsfiles1'],
    [
      'the deletion of a snapshot of a serverless cache',
      callEvent('elasticache', 'DeleteServerlessCacheSnapshot', {
        serverlessCacheSnapshotName: 'redis-20261123-040000',
      }),
      'CacheSnapshots',
    ],
    ['the end of the trail', callEvent('cloudtrail', 'StopLogging', { name: 'acme-deletions' }), 'TrailCalls'],
    [
      'the end of the trail by its ARN',
      callEvent('cloudtrail', 'DeleteTrail', {
        name: 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/acme-deletions',
      }),
      'TrailCalls',
    ],
  ])('%s', (_, event, rule) => {
    expect(rulesFor(whole, event)).toEqual([rule]);
    expect(judgeCall(inputOf(event)).normal).toBeUndefined();
  });

  test('every call of the table, by the rule of what it acts on', () => {
    const heard = resources(whole, 'AWS::Events::Rule').flatMap(([, { Properties }]) => {
      const { eventSource, eventName } = (Properties.EventPattern as { detail: Record<string, string[]> }).detail;
      return eventName?.map((name) => `${eventSource} ${name}`) ?? [];
    });
    const table = Object.values(WATCHED_CALLS).flatMap(({ source, names }) => names.map((name) => `${source} ${name}`));
    expect([...new Set(heard)].sort()).toEqual([...table].sort());
  });
});

test('a key is watched in the same way when its alias is given as AWS writes it', () => {
  const written = watchIn(primaryStack(), (watch, stack) => watch.watchKey(keyOf(stack), 'alias/acme-replica'));
  expect(rulesFor(written, keyDeletion(KEY_ID))).toEqual(['Keyacmereplica']);
  expect(rulesFor(written, callEvent('kms', 'DeleteAlias', { aliasName: 'alias/acme-replica' }))).toEqual([
    'Keyacmereplica',
  ]);
});

describe('passes over', () => {
  test.each<[string, CallEvent]>([
    ['another vault', recoveryPointDeletion('other-vault')],
    [
      'a refusal at another vault',
      refusedUnread('backup', 'DeleteBackupVault', 'arn:aws:backup:eu-west-1:111122223333:backup-vault:other'),
    ],
    ['another key', keyDeletion('11111111-2222-3333-4444-555555555555')],
    ['another alias', callEvent('kms', 'DeleteAlias', { aliasName: 'alias/other' })],
    ['another bucket', versionDeletion('acme-orders')],
    ['a snapshot that somebody took', snapshotDeletion('before-upgrade')],
    [
      'a snapshot of a database that somebody took',
      callEvent('rds', 'DeleteDBSnapshot', { dBSnapshotIdentifier: 'before' }),
    ],
    ['files that an application deletes', objectsDeletion(LOCKED)],
    ['versions of files that are not locked', versionDeletion(FILES)],
    ['another trail', callEvent('cloudtrail', 'StopLogging', { name: 'other' })],
    ['a call that changes nothing of that', callEvent('s3', 'PutBucketTagging', { bucketName: KEPT })],
    [
      'what AWS does by itself',
      { ...recoveryPointDeletion('acme-vault'), 'detail-type': 'AWS Service Event via CloudTrail' },
    ],
  ])('%s', (_, event) => {
    expect(rulesFor(whole, event)).toEqual([]);
  });
});

test('divides many buckets among rules that EventBridge takes', () => {
  const names = Array.from({ length: 40 }, (_, number) => `b${String(number).padStart(62, '0')}`);
  const many = watchIn(
    primaryStack(),
    (watch) => {
      for (const name of names) {
        watch.watchBucket(name, BucketContent.KEPT);
      }
    },
    WatchTrail.EXISTING,
  );
  const found = resources(many, 'AWS::Events::Rule').map(([, { Properties }]) =>
    JSON.stringify(Properties.EventPattern),
  );
  for (const pattern of found) {
    expect(pattern.length).toBeLessThan(2048);
  }
  for (const name of names) {
    expect(found.filter((pattern) => pattern.includes(name))).toHaveLength(1);
  }
  expect(found).toHaveLength(1 + 3);
});

test('hands the function the record and the names of the alarms, in the form that it reads', () => {
  const event = versionDeletion(KEPT);
  const { requestParameters, userIdentity, eventSource, eventName, sourceIPAddress, eventID } = event.detail;
  const [target] = resources(whole, 'AWS::Events::Rule').flatMap(
    ([, { Properties }]) => Properties.Targets as RuleTarget[],
  );
  const { InputPathsMap = {}, InputTemplate = '' } = target?.InputTransformer ?? {};
  const filled = Object.entries(InputPathsMap).reduce(
    (text, [name, path]) => text.replaceAll(`<${name}>`, () => JSON.stringify(event[path.slice(2) as keyof CallEvent])),
    InputTemplate,
  );
  expect(parseDeletionAttemptsInput(JSON.parse(filled))).toEqual({
    ...inputOf(event),
    detail: { eventSource, eventName, eventID, sourceIPAddress, requestParameters, userIdentity },
  });
});

test('the function may publish metrics and write into its alarm and the incident, and nothing else', () => {
  const policy = resources(minimal, 'AWS::IAM::Policy').flatMap(([, each]) => statements(each));
  const alarm = (name: string) => `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:acme-platform-${name}`;
  const may = (action: string, resource: string, context = {}) => allows(policy, { action, resource, context });
  expect(may('cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'Holdfast' })).toBe(true);
  expect(may('cloudwatch:SetAlarmState', alarm('deletionAttempts'))).toBe(true);
  expect(may('cloudwatch:SetAlarmState', alarm('incident'))).toBe(true);
  expect(may('cloudwatch:SetAlarmState', alarm('keysUnusable'))).toBe(false);
  expect([...new Set(policy.flatMap(({ Action }) => Action))].sort()).toEqual([
    'cloudwatch:PutMetricData',
    'cloudwatch:SetAlarmState',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:SendMessage',
  ]);
});

test('the alarm goes off at one attempt, wishes for silence, and pages with the incident', () => {
  minimal.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'acme-platform-deletionAttempts',
    Namespace: 'Holdfast',
    MetricName: 'deletionAttempts',
    Dimensions: [{ Name: 'System', Value: 'platform' }],
    Statistic: 'Sum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });
  minimal.hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
    AlarmName: 'acme-platform-incident',
    AlarmRule: 'ALARM("acme-platform-deletionAttempts")',
  });
});

describe('its own trail', () => {
  test('is watched itself: its bucket and its key', () => {
    const own = watchIn(primaryStack(), () => {});
    const [bucketId] = ids(own, 'AWS::S3::Bucket');
    const keyId = ids(own, 'AWS::KMS::Key').find((id) => id.startsWith('WatchTrail'));
    expect(rulesFor(own, versionDeletion(`<${bucketId}>`))).toEqual(['Bucketskept1']);
    expect(rulesFor(own, keyDeletion(`<${keyId}>`))).toEqual(['Keyacmetrail']);
  });

  test('records deletions in buckets of backups and of locked files', () => {
    const { selectors } = trailOf(whole);
    expect(selectors).toHaveLength(2);
    const [trailBucketId] = ids(whole, 'AWS::S3::Bucket');
    expect(selectors[1]).toContain(`arn:aws:s3:::${KEPT}/`);
    expect(selectors[1]).toContain(`arn:aws:s3:::${LOCKED}/`);
    expect(selectors[1]).toContain(String(trailBucketId));
    expect(selectors[1]).not.toContain(FILES);
  });

  test('records no second copy of calls to services where a trail of the account does', () => {
    const objects = watchIn(primaryStack(), () => {}, WatchTrail.OBJECTS);
    const { selectors } = trailOf(objects);
    expect(selectors).toHaveLength(1);
    expect(selectors[0]).toContain('"Data"');
  });
});

interface RuleTarget {
  readonly InputTransformer?: {
    readonly InputPathsMap: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

function watchIn(stack: Stack, add: (watch: DeletionWatch, stack: Stack) => void, trail?: WatchTrail): Template {
  const paging = new Paging(stack, 'Paging', { prefix: 'acme', routes: {} });
  add(new DeletionWatch(stack, 'Watch', { paging, trail }), stack);
  return Template.fromStack(stack);
}

/** The rules that hand an event to the function, by their ids within the watch. */
function rulesFor(template: Template, event: CallEvent): string[] {
  return resources(template, 'AWS::Events::Rule')
    .filter(([, { Properties }]) => matches(Properties.EventPattern as Readonly<Record<string, unknown>>, event))
    .map(([id]) => id.replace(/^WatchEvents|[0-9A-F]{8}$/g, ''));
}

/** The ids of the resources of a type. */
function ids(template: Template, type: string): string[] {
  return resources(template, type).map(([id]) => id);
}

function refusedUnread(service: 'backup' | 'kms', name: string, resource: string): CallEvent {
  return callEvent(service, name, null, refusal(`${service}:${name}`, resource));
}

function snapshotDeletion(snapshotName: string): CallEvent {
  return callEvent('elasticache', 'DeleteSnapshot', { snapshotName });
}

/** The selectors of the one trail, as text. */
function trailOf(template: Template): { readonly selectors: readonly string[] } {
  const [[, trail] = []] = resources(template, 'AWS::CloudTrail::Trail');
  const selectors = (trail?.Properties.AdvancedEventSelectors ?? []) as object[];
  return { selectors: selectors.map((selector) => JSON.stringify(selector)) };
}
