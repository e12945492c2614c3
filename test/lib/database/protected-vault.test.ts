import { DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DEFAULT_RETENTION, LockMode, ProtectedVault, type ProtectedVaultProps, Retention } from '../../../lib';
import {
  app,
  keyOf,
  OTHER_ACCOUNT,
  onlyResource,
  PRIMARY,
  primaryStack,
  type Statement,
  statements,
} from '../deployment';
import { allows, denies } from '../tenants/policy-simulation';

const VAULT = 'AWS::Backup::BackupVault';
const ADMINISTRATOR = 'arn:aws:iam::111122223333:user/administrator';
const DEPLOYMENT = 'arn:aws:iam::111122223333:role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1';

describe('with minimal properties', () => {
  const [, vault] = onlyResource(template(), VAULT);

  test('is encrypted with its key and locked to the range of the retention, in governance mode', () => {
    expect(vault.Properties).toMatchObject({
      BackupVaultName: 'acme-vault',
      EncryptionKeyArn: expect.stringMatching(/^arn:aws:kms:eu-west-1:/),
      LockConfiguration: { MinRetentionDays: 30, MaxRetentionDays: 2557 },
    });
    expect(vault.Properties.LockConfiguration).not.toHaveProperty('ChangeableForDays');
  });

  test('stays when its stack goes', () => {
    expect(vault).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  test('admits no other account', () => {
    expect(policyOf(vault).map(({ Effect }) => Effect)).toEqual(['Deny', 'Deny']);
  });
});

describe('with maximal properties', () => {
  const [, vault] = onlyResource(
    template({
      lockMode: LockMode.COMPLIANCE,
      retention: Retention.gfs({ daily: 7, weekly: 0, monthly: 0, yearly: 0 }),
      copiesFrom: OTHER_ACCOUNT,
    }),
    VAULT,
  );

  test('becomes irrevocable after days in which it can be taken back', () => {
    expect(vault.Properties.LockConfiguration).toEqual({
      ChangeableForDays: 7,
      MinRetentionDays: 7,
      MaxRetentionDays: 35,
    });
  });

  test('lets the other account copy into it, and no more', () => {
    const copy = { action: 'backup:CopyIntoBackupVault', resource: '*' };
    expect(policyOf(vault).at(-1)?.Principal).toEqual({ AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` });
    expect(allows(policyOf(vault), copy)).toBe(true);
    expect(allows(policyOf(vault), { ...copy, action: 'backup:StartRestoreJob' })).toBe(false);
  });
});

describe('its access policy', () => {
  const [, vault] = onlyResource(template(), VAULT);
  const refused = (action: string, context: Record<string, string>) =>
    denies(policyOf(vault), { action, resource: '*', context });

  test.each([
    'backup:DeleteRecoveryPoint',
    'backup:DisassociateRecoveryPoint',
    'backup:DisassociateRecoveryPointFromParent',
    'backup:UpdateRecoveryPointLifecycle',
  ])('refuses %s to everyone, CloudFormation too', (action) => {
    for (const principal of [ADMINISTRATOR, DEPLOYMENT]) {
      expect(refused(action, { 'aws:PrincipalArn': principal })).toBe(true);
    }
    expect(
      refused(action, { 'aws:PrincipalArn': ADMINISTRATOR, 'aws:CalledVia': 'cloudformation.amazonaws.com' }),
    ).toBe(true);
  });

  test.each([
    'backup:DeleteBackupVault',
    'backup:DeleteBackupVaultAccessPolicy',
    'backup:DeleteBackupVaultLockConfiguration',
    'backup:PutBackupVaultAccessPolicy',
    'backup:PutBackupVaultLockConfiguration',
  ])('refuses %s to everyone but CloudFormation', (action) => {
    expect(refused(action, { 'aws:PrincipalArn': ADMINISTRATOR })).toBe(true);
    expect(refused(action, { 'aws:PrincipalArn': ADMINISTRATOR, 'aws:CalledVia': 'athena.amazonaws.com' })).toBe(true);
    expect(refused(action, { 'aws:PrincipalArn': DEPLOYMENT })).toBe(false);
    expect(
      refused(action, { 'aws:PrincipalArn': ADMINISTRATOR, 'aws:CalledVia': 'cloudformation.amazonaws.com' }),
    ).toBe(false);
  });

  test('is not lifted by a role of another account that is called like that of CloudFormation', () => {
    const principal = DEPLOYMENT.replace('::111122223333', `::${OTHER_ACCOUNT}`);
    expect(refused('backup:DeleteBackupVault', { 'aws:PrincipalArn': principal })).toBe(true);
  });

  test('lets a role of your own deploy, where that is what CloudFormation gets', () => {
    const own = new Stack(app(), 'Own', {
      env: PRIMARY,
      synthesizer: new DefaultStackSynthesizer({
        cloudFormationExecutionRole: 'arn:aws:iam::111122223333:role/deployment',
      }),
    });
    const [, ofOwn] = onlyResource(template({}, own), VAULT);
    expect(policyOf(ofOwn)[1]?.Condition?.ArnNotLike).toEqual({
      'aws:PrincipalArn': [
        'arn:aws:iam::111122223333:role/cdk-*-cfn-exec-role-*',
        { 'Fn::Sub': expect.stringMatching(/:role\/deployment$/) },
      ],
    });
  });

  test.each(['backup:StartBackupJob', 'backup:StartRestoreJob', 'backup:StartCopyJob', 'backup:DescribeBackupVault'])(
    'does not touch %s',
    (action) => {
      expect(refused(action, { 'aws:PrincipalArn': ADMINISTRATOR })).toBe(false);
    },
  );

  test('names everyone and everything, as AWS Config wants to see it', () => {
    for (const statement of policyOf(vault)) {
      expect(statement).toMatchObject({ Principal: { AWS: '*' }, Resource: '*' });
    }
  });
});

function template(props: Partial<ProtectedVaultProps> = {}, stack: Stack = primaryStack()): Template {
  new ProtectedVault(stack, 'Vault', {
    vaultName: 'acme-vault',
    encryptionKey: keyOf(stack),
    retention: DEFAULT_RETENTION,
    ...props,
  });
  return Template.fromStack(stack);
}

function policyOf(vault: Parameters<typeof statements>[0]): readonly Statement[] {
  return statements(vault, 'AccessPolicy');
}
