import fc from 'fast-check';
import { CallSource, WATCHED_CALLS } from '../../../engine/contract/deletion-attempts';
import { type JudgedCall, judgeCall } from '../../../engine/deletion/judge-call';
import {
  ACCESS_KEY_ID,
  ACCOUNT,
  type CallEvent,
  callEvent,
  DEPLOYMENT,
  EXPIRY,
  inputOf,
  inRole,
  keyDeletion,
  objectCall,
  objectsDeletion,
  RECOVERY_POINT,
  REPLICATION,
  recoveryPointDeletion,
  refusal,
  SESSION_NAME,
  versionDeletion,
} from './cloudtrail-events';

const judged = (event: CallEvent): JudgedCall => judgeCall(inputOf(event));
const bucketName = 'acme-orders-111122223333-eu-west-1';
const bucketCall = (name: string, more = {}, request = {}) =>
  callEvent('s3', name, { bucketName, Host: 's3.amazonaws.com', ...request }, more);
const vaultCall = (name: string, more = {}) => callEvent('backup', name, { backupVaultName: 'acme-vault' }, more);

describe('an attempt', () => {
  test('says who asked for what, when, from where, how it ended and what to do first', () => {
    expect(judged(recoveryPointDeletion('acme-vault'))).toEqual({
      who: `the role arn:aws:iam::${ACCOUNT}:role/Admin`,
      what: `delete the recovery point ${RECOVERY_POINT} of the vault acme-vault`,
      outcome: 'done',
      text: `In eu-west-1 at 2026-11-23T04:00:00Z, the role arn:aws:iam::${ACCOUNT}:role/Admin asked from 192.0.2.7 to delete the recovery point ${RECOVERY_POINT} of the vault acme-vault: it was done. Record 3c4226b0-1e81-48a8-a333-7fa5f3cbd118 in CloudTrail. HINT: see in AWS Backup that the copy in the other Region is there, and make a backup now.`,
    });
  });

  test('is one although it was refused, and nothing is lost then', () => {
    const refused = judged(keyDeletion('1234abcd', refusal('kms:ScheduleKeyDeletion', 'arn')));
    expect(refused).toMatchObject({
      outcome: 'AccessDenied',
      text: expect.stringMatching(
        /delete the key 1234abcd: it was not done \(AccessDenied\)\. .* HINT: nothing is lost\./,
      ),
    });
    expect(refused.normal).toBeUndefined();
  });

  test('that was refused unread takes what it was about from the message', () => {
    const refused = callEvent(
      'backup',
      'DeleteRecoveryPoint',
      null,
      refusal('backup:DeleteRecoveryPoint', RECOVERY_POINT),
    );
    expect(judged(refused).what).toBe(`delete the recovery point ${RECOVERY_POINT}`);
  });

  test('that names nothing says so', () => {
    expect(judged(callEvent('kms', 'DisableKey', null, { errorCode: 'AccessDenied' })).what).toBe(
      'disable the key that the record does not name',
    );
  });

  test('on many objects tells that CloudTrail does not say which', () => {
    const { what, text } = judged(objectsDeletion(bucketName));
    expect(what).toBe(`delete objects (CloudTrail does not say which) in the bucket ${bucketName}`);
    expect(text).toContain('it was done, except for what is locked');
  });

  test.each([
    [
      'a version',
      versionDeletion(bucketName),
      `delete "daily/orders/20261123T020000Z-0f3c9a1e/manifest.json" in the bucket ${bucketName} (version 3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY)`,
    ],
    [
      'the lock of an object',
      objectCall('PutObjectRetention', { bucketName, key: 'a', retention: '' }),
      `change the lock of "a" in the bucket ${bucketName}`,
    ],
    [
      'a legal hold',
      objectCall('PutObjectLegalHold', { bucketName, key: 'a' }),
      `change the legal hold of "a" in the bucket ${bucketName}`,
    ],
    ['a vault', vaultCall('DeleteBackupVault'), 'delete the vault acme-vault'],
    ['the lock of a vault', vaultCall('DeleteBackupVaultLockConfiguration'), 'take the lock off the vault acme-vault'],
    ['the policy of a bucket', bucketCall('DeleteBucketPolicy'), `delete the policy of the bucket ${bucketName}`],
    [
      'the lifecycle of a bucket',
      bucketCall('PutBucketLifecycle'),
      `replace the lifecycle of the bucket ${bucketName}`,
    ],
    [
      'versioning',
      bucketCall('PutBucketVersioning', {}, { VersioningConfiguration: { Status: 'Suspended' } }),
      `suspend versioning of the bucket ${bucketName}`,
    ],
    [
      'versioning, told in another form',
      bucketCall('PutBucketVersioning', {}, { VersioningConfiguration: 'Enabled' }),
      `suspend versioning of the bucket ${bucketName}`,
    ],
    [
      'the replication of a bucket',
      bucketCall('DeleteBucketReplication'),
      `stop the replication of the bucket ${bucketName}`,
    ],
    [
      'an alias',
      callEvent('kms', 'UpdateAlias', { aliasName: 'alias/acme-replica', targetKeyId: 'x' }),
      'move to another key the alias alias/acme-replica',
    ],
    [
      'a snapshot of a database',
      callEvent('rds', 'DeleteDBClusterSnapshot', { dBClusterSnapshotIdentifier: 'awsbackup:job-1' }),
      'delete the snapshot awsbackup:job-1',
    ],
    [
      'automated backups',
      callEvent('rds', 'DeleteDBInstanceAutomatedBackup', { dbiResourceId: 'db-1' }),
      'delete the automated backups of the instance db-1',
    ],
    [
      'a snapshot of a cache',
      callEvent('elasticache', 'DeleteSnapshot', { snapshotName: 'redis-20261123-040000' }),
      'delete the snapshot of a cache redis-20261123-040000',
    ],
    ['the trail', callEvent('cloudtrail', 'StopLogging', { name: 'acme-deletions' }), 'stop the trail acme-deletions'],
  ])('on %s', (_, event, what) => {
    expect(judged(event)).toMatchObject({ what, outcome: 'done' });
    expect(judged(event).normal).toBeUndefined();
  });

  test('is each call that is listened to, when somebody in a role makes it', () => {
    for (const { source, names } of Object.values(WATCHED_CALLS)) {
      for (const name of names) {
        const service = source.replace('.amazonaws.com', '') as Parameters<typeof callEvent>[0];
        const { normal, what, text } = judged(callEvent(service, name, null, { errorCode: 'AccessDenied' }));
        expect([name, normal]).toEqual([name, undefined]);
        expect(what).not.toContain('undefined');
        expect(text).not.toContain('undefined');
      }
    }
  });
});

describe('normal is', () => {
  test.each([
    'PutBucketPolicy',
    'PutBucketLifecycle',
    'PutBucketObjectLockConfiguration',
    'PutBucketReplication',
    'DeleteBucketReplication',
  ])('a deployment that sets %s', (name) => {
    expect(judged(bucketCall(name, { userIdentity: DEPLOYMENT })).normal).toBe('a deployment sets it');
  });

  test.each(['PutBackupVaultAccessPolicy', 'PutBackupVaultLockConfiguration'])('a deployment that sets %s', (name) => {
    expect(judged(vaultCall(name, { userIdentity: DEPLOYMENT })).normal).toBe('a deployment sets it');
  });

  test.each(['PutKeyPolicy', 'UpdateAlias', 'DeleteAlias'])('a deployment that calls %s', (name) => {
    expect(judged(callEvent('kms', name, {}, { userIdentity: DEPLOYMENT })).normal).toBe('a deployment sets it');
  });

  test('what AWS Backup deletes when its time is over, there and in RDS', () => {
    const expired = { userIdentity: EXPIRY };
    const snapshot = { dBSnapshotIdentifier: 'awsbackup:job-1' };
    expect(judged(recoveryPointDeletion('acme-vault', expired)).normal).toBe('AWS Backup lets it expire');
    expect(judged(callEvent('rds', 'DeleteDBSnapshot', snapshot, expired)).normal).toBe('AWS Backup lets it expire');
  });

  test.each([
    ['DeleteSnapshot', 'acme-sessions-snapshot-redis'],
    ['DeleteServerlessCacheSnapshot', 'acme-sessions-snapshot-redis'],
  ])('%s by the function that took the snapshot', (name, role) => {
    const event = callEvent(
      'elasticache',
      name,
      { snapshotName: 'redis-20261123-040000' },
      { userIdentity: inRole(role) },
    );
    expect(judged(event).normal).toBe('a function of Holdfast does so by design');
  });

  test.each(['PutBucketReplication', 'DeleteBucketReplication'])('%s by the function that configures it', (name) => {
    expect(judged(bucketCall(name, { userIdentity: inRole('acme-protect-bucket') })).normal).toBe(
      'a function of Holdfast does so by design',
    );
  });

  test('what S3 replicates: delete markers with the id they have, and changes of locks', () => {
    const replicated = { userIdentity: REPLICATION, sourceIPAddress: 's3.amazonaws.com' };
    const lock = objectCall('PutObjectRetention', { bucketName, key: 'a' }, replicated);
    expect(judged(versionDeletion(bucketName, replicated)).normal).toBe('S3 replicates what was done to the source');
    expect(judged(lock).normal).toBe('S3 replicates what was done to the source');
  });

  test('a delete marker, carried out or refused', () => {
    const marker = (more = {}) => judged(objectCall('DeleteObject', { bucketName, key: 'a' }, more)).normal;
    expect(marker()).toBe('a delete marker deletes nothing');
    expect(marker({ errorCode: 'AccessDenied' })).toBe('a delete marker deletes nothing');
  });

  test('that versioning is turned on', () => {
    const on = bucketCall('PutBucketVersioning', {}, { VersioningConfiguration: { Status: 'Enabled' } });
    expect(judged(on).normal).toBe('it lets the bucket keep versions');
  });
});

describe('not normal is', () => {
  test.each([
    'DeleteBucket',
    'DeleteBackupVault',
    'DisableKey',
    'ScheduleKeyDeletion',
    'DeleteRecoveryPoint',
    'DeleteObjects',
  ])('%s through a deployment: what is kept stays when its stack goes', (name) => {
    const source = Object.values(WATCHED_CALLS).find(({ names }) => names.some((each) => each === name))?.source;
    const service = source?.replace('.amazonaws.com', '') as Parameters<typeof callEvent>[0];
    expect(judged(callEvent(service, name, {}, { userIdentity: DEPLOYMENT })).normal).toBeUndefined();
  });

  test('what S3 has no reason to do by itself', () => {
    expect(judged(bucketCall('DeleteBucketPolicy', { userIdentity: REPLICATION })).normal).toBeUndefined();
  });

  test('a vault that AWS Backup is said to delete', () => {
    expect(judged(vaultCall('DeleteBackupVault', { userIdentity: EXPIRY })).normal).toBeUndefined();
  });

  test.each([
    ['of another account', inRole('acme-sessions-snapshot-redis', { account: '444455556666' })],
    ['of another deployment', inRole('other-sessions-snapshot-redis')],
    ['with another end', inRole('acme-sessions-snapshot-redis-2')],
    ['below a path', inRole('team/acme-sessions-snapshot-redis')],
  ])('what a role %s does', (_, userIdentity) => {
    const event = callEvent(
      'elasticache',
      'DeleteSnapshot',
      { snapshotName: 'redis-20261123-040000' },
      { userIdentity },
    );
    expect(judged(event).normal).toBeUndefined();
  });

  test('what a function of Holdfast has no reason to do', () => {
    const userIdentity = inRole('acme-sessions-snapshot-redis');
    expect(judged(recoveryPointDeletion('acme-vault', { userIdentity })).normal).toBeUndefined();
    expect(judged(bucketCall('PutBucketReplication', { userIdentity })).normal).toBeUndefined();
  });

  test('the deletion of an object of which nobody knows whether a version was meant', () => {
    expect(judged(callEvent('s3', 'DeleteObject', null)).normal).toBeUndefined();
    expect(judged(objectCall('DeleteObject', { bucketName, key: 'a', versionId: ['b'] })).normal).toBeUndefined();
  });

  test('a caller that only calls itself CloudFormation', () => {
    const pretended = {
      userAgent: 'cloudformation.amazonaws.com',
      userIdentity: inRole('cloudformation.amazonaws.com'),
    };
    expect(judged(bucketCall('PutBucketPolicy', pretended)).normal).toBeUndefined();
  });
});

test.each([
  ['an unknown call', 'kms', 'CreateKey'],
  ['a call of the same name of another service', 'rds', 'DeleteSnapshot'],
] as const)('%s is an error', (_, service, name) => {
  expect(() => judged(callEvent(service, name, {}))).toThrow(
    `The function deletion-attempts cannot judge ${name} of ${service}.amazonaws.com. HINT: `,
  );
});

test('whatever a record holds, a deletion by nobody known is an attempt, and no name of a session or key is told', () => {
  const fields = fc.dictionary(fc.string(), fc.jsonValue());
  const identity = fc.record({ type: fc.string(), arn: fc.string(), accountId: fc.string() }, { requiredKeys: [] });
  const refused = fc.option(fc.string(), { nil: undefined });
  fc.assert(
    fc.property(fields, identity, refused, refused, (request, who, errorCode, errorMessage) => {
      const userIdentity = { ...inRole('Admin'), ...who };
      const event = callEvent('backup', 'DeleteRecoveryPoint', request, { userIdentity, errorCode, errorMessage });
      const { normal, text } = judged(event);
      expect(normal).toBeUndefined();
      expect(text).not.toContain(SESSION_NAME);
      expect(text).not.toContain(ACCESS_KEY_ID);
    }),
    { numRuns: 200 },
  );
});

test('each service is told by a name that CloudTrail uses', () => {
  expect(Object.values(CallSource).every((source) => /^[a-z0-9]+\.amazonaws\.com$/.test(source))).toBe(true);
});
