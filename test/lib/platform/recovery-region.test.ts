import { replicaBucketName, sourceBucketName } from '../../../engine/contract/bucket-names';
import { roleNames } from '../../../lib/platform/names';
import { OTHER_ACCOUNT, primaryStack, REPLICA_KEY_ARN, recoveryRegion } from '../deployment';

describe('in the same account', () => {
  const recovery = recoveryRegion();
  const scope = primaryStack();

  test('names replicas by prefix, resource, account and Region', () => {
    expect(recovery.replicaBucketName(scope, 'documents')).toBe('acme-documents-replica-111122223333-eu-central-1');
  });

  test('finds the replica key by its alias', () => {
    expect(recovery.replicaKeyOrAliasArn(scope)).toBe('arn:aws:kms:eu-central-1:111122223333:alias/acme-replica');
  });

  test('finds the key of the recovery vault by its alias', () => {
    expect(recovery.vaultKeyAliasArn(scope)).toBe('arn:aws:kms:eu-central-1:111122223333:alias/acme-recovery-vault');
  });

  test('names the replica key in policies by a condition, since IAM does not resolve aliases', () => {
    expect(recovery.replicaKeyInPolicies(scope)).toEqual({
      resource: 'arn:aws:kms:eu-central-1:111122223333:key/*',
      condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/acme-replica' } },
    });
  });

  test('lies in no other account', () => {
    expect(recovery.accountOf(scope)).toBe('111122223333');
    expect(recovery.isOtherAccountThan('111122223333')).toBe(false);
    expect(recoveryRegion({ account: '111122223333' }).isOtherAccountThan('111122223333')).toBe(false);
  });
});

describe('in another account', () => {
  const recovery = recoveryRegion({ account: OTHER_ACCOUNT, replicaKeyArn: REPLICA_KEY_ARN });
  const scope = primaryStack();

  test('names replicas by that account', () => {
    expect(recovery.replicaBucketName(scope, 'documents')).toBe(`acme-documents-replica-${OTHER_ACCOUNT}-eu-central-1`);
    expect(recovery.isOtherAccountThan('111122223333')).toBe(true);
  });

  test('takes the replica key by its ARN, since an alias does not resolve there', () => {
    expect(recovery.replicaKeyOrAliasArn(scope)).toBe(REPLICA_KEY_ARN);
    expect(recovery.replicaKeyInPolicies(scope)).toEqual({ resource: REPLICA_KEY_ARN, condition: {} });
  });
});

test('both Regions make the same names of the same values', () => {
  expect(sourceBucketName('acme', 'documents', '111122223333', 'eu-west-1')).toBe(
    'acme-documents-111122223333-eu-west-1',
  );
  expect(replicaBucketName('acme', 'documents', '111122223333', 'eu-central-1')).toBe(
    recoveryRegion().replicaBucketName(primaryStack(), 'documents'),
  );
});

test('the vault lies where the replicas are', () => {
  expect(recoveryRegion().vaultArn(primaryStack())).toBe(
    'arn:aws:backup:eu-central-1:111122223333:backup-vault:acme-recovery-vault',
  );
  expect(recoveryRegion({ account: OTHER_ACCOUNT }).vaultArn(primaryStack())).toBe(
    `arn:aws:backup:eu-central-1:${OTHER_ACCOUNT}:backup-vault:acme-recovery-vault`,
  );
});

test('the longest names of roles fit into the 64 characters that IAM takes', () => {
  const prefix = 'p'.repeat(12);
  const resource = 'r'.repeat(32);
  expect(roleNames.replication(prefix, resource).length).toBeLessThanOrEqual(64);
  expect(roleNames.verifyFiles(prefix).length).toBeLessThanOrEqual(64);
  expect(roleNames.readRecoveryVault(prefix).length).toBeLessThanOrEqual(64);
});

test.each(['Acme', 'a', 'acme_backups', 'acme-production'])('refuses the prefix %s', (prefix) => {
  expect(() => recoveryRegion({ prefix })).toThrow(
    `RecoveryRegion: prefix: must be 2 to 12 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, got: "${prefix}"`,
  );
});
