import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import {
  DatabasePlan,
  type DatabasePlanProps,
  DEFAULT_RETENTION,
  LockMode,
  ManagedDatabase,
  OptInMode,
  ProtectedVault,
  Retention,
} from '../../../lib';
import {
  keyOf,
  managedPolicy,
  OTHER_ACCOUNT,
  onlyResource,
  primaryStack,
  REPLICA_KEY_ARN,
  recoveryRegion,
  recoveryStack,
  resources,
  statements,
} from '../deployment';

const TIME = { hour: 3, minute: 0, timeZone: 'UTC' };

describe('with minimal properties', () => {
  const template = planned();

  test('has a rule for each tier, longest first, and the continuous one', () => {
    expect(rulesOf(template).map(({ RuleName, Lifecycle }) => [RuleName, Lifecycle.DeleteAfterDays])).toEqual([
      ['yearly', 2557],
      ['monthly', 366],
      ['weekly', 84],
      ['daily', 30],
      ['continuous', 35],
    ]);
  });

  test('stores into its vault, and copies every tier into the vault of the recovery Region, for as long', () => {
    const [vaultId] = onlyResource(template, 'AWS::Backup::BackupVault');
    for (const rule of rulesOf(template)) {
      expect(rule.TargetBackupVault).toEqual({ 'Fn::GetAtt': [vaultId, 'BackupVaultName'] });
      expect(rule.CopyActions).toEqual(
        rule.RuleName === 'continuous'
          ? undefined
          : [
              {
                DestinationBackupVaultArn: 'arn:aws:backup:eu-central-1:111122223333:backup-vault:acme-recovery-vault',
                Lifecycle: rule.Lifecycle,
              },
            ],
      );
    }
  });

  test('keeps logs for any point in time by the continuous rule alone', () => {
    expect(rulesOf(template).map(({ EnableContinuousBackup }) => EnableContinuousBackup)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  test('begins within a window, and gives the job time', () => {
    expect(rulesOf(template).at(-2)).toMatchObject({
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      StartWindowMinutes: 120,
      CompletionWindowMinutes: 720,
    });
  });

  test('marks plan and recovery points, for those who audit them', () => {
    template.hasResourceProperties('AWS::Backup::BackupPlan', {
      BackupPlan: { BackupPlanName: 'acme-databases' },
      BackupPlanTags: { holdfast: 'acme' },
    });
    for (const rule of rulesOf(template)) {
      expect(rule.RecoveryPointTags).toEqual({ holdfast: 'acme' });
    }
  });

  test('has a vault with a key of its own that rotates', () => {
    const [keyId, key] = onlyResource(template, 'AWS::KMS::Key');
    expect(key).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', Properties: { EnableKeyRotation: true } });
    template.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/acme-vault' });
    template.hasResourceProperties('AWS::Backup::BackupVault', {
      BackupVaultName: 'acme-vault',
      EncryptionKeyArn: { 'Fn::GetAtt': [keyId, 'Arn'] },
      LockConfiguration: { MinRetentionDays: 30, MaxRetentionDays: 2557 },
    });
  });

  test('selects the databases by their ARNs, under a role with what RDS, Aurora and S3 need', () => {
    const [roleId] =
      resources(template, 'AWS::IAM::Role').find(
        ([, { Properties }]) => Properties.Description === 'Takes recovery points for acme',
      ) ?? [];
    template.hasResourceProperties('AWS::Backup::BackupSelection', {
      BackupSelection: {
        Resources: [
          'arn:aws:rds:eu-west-1:111122223333:db:billing',
          'arn:aws:rds:eu-west-1:111122223333:cluster:orders',
        ],
        IamRoleArn: { 'Fn::GetAtt': [roleId, 'Arn'] },
      },
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'backup.amazonaws.com' } }],
      },
      ManagedPolicyArns: [
        managedPolicy('service-role/AWSBackupServiceRolePolicyForBackup'),
        managedPolicy('AWSBackupServiceRolePolicyForS3Backup'),
      ],
    });
  });

  test('selects only after the account has opted in for what is selected', () => {
    const [optInId, optIn] = onlyResource(template, 'Custom::HoldfastBackupOptIn');
    expect(optIn.Properties).toMatchObject({ mode: 'check', resourceTypes: ['Aurora', 'RDS'] });
    const [, selection] = onlyResource(template, 'AWS::Backup::BackupSelection');
    expect(selection.DependsOn).toEqual([optInId]);
  });
});

describe('with maximal properties', () => {
  const template = planned({
    recovery: recoveryRegion({ account: OTHER_ACCOUNT, replicaKeyArn: REPLICA_KEY_ARN }),
    retention: Retention.gfs({ daily: 60, weekly: 0, monthly: 6, yearly: 0 }),
    time: { hour: 22, minute: 15, timeZone: 'Europe/Berlin' },
    lockMode: LockMode.COMPLIANCE,
    serviceOptIn: OptInMode.SET,
  });

  test('leaves out tiers of which nothing is kept, at the time and in the zone it is told', () => {
    expect(rulesOf(template)).toMatchObject([
      { RuleName: 'monthly', ScheduleExpression: 'cron(15 22 1 * ? *)', ScheduleExpressionTimezone: 'Europe/Berlin' },
      { RuleName: 'daily', ScheduleExpression: 'cron(15 22 * * ? *)' },
      { RuleName: 'continuous', ScheduleExpression: 'cron(15 10 * * ? *)' },
    ]);
  });

  test('copies into the vault of the other account, which may copy back', () => {
    expect(rulesOf(template)[0]?.CopyActions?.[0]?.DestinationBackupVaultArn).toBe(
      `arn:aws:backup:eu-central-1:${OTHER_ACCOUNT}:backup-vault:acme-recovery-vault`,
    );
    const [, vault] = onlyResource(template, 'AWS::Backup::BackupVault');
    expect(statements(vault, 'AccessPolicy').at(-1)).toMatchObject({
      Effect: 'Allow',
      Action: 'backup:CopyIntoBackupVault',
      Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` },
    });
  });

  test('locks for good, to a range that holds the logs beside longer snapshots', () => {
    template.hasResourceProperties('AWS::Backup::BackupVault', {
      LockConfiguration: { ChangeableForDays: 7, MinRetentionDays: 35, MaxRetentionDays: 183 },
    });
  });

  test('opts in where the account has not', () => {
    template.hasResourceProperties('Custom::HoldfastBackupOptIn', { mode: 'set' });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: ['backup:DescribeRegionSettings', 'backup:UpdateRegionSettings'] }),
        ]),
      },
    });
  });
});

test('every rule, and every copy, lies within the lock ranges of both vaults, for any retention', () => {
  const counts = fc.record({
    daily: fc.integer({ min: 1, max: 36_500 }),
    weekly: fc.integer({ min: 0, max: 5_214 }),
    monthly: fc.integer({ min: 0, max: 1_199 }),
    yearly: fc.integer({ min: 0, max: 99 }),
  });
  fc.assert(
    fc.property(counts, (each) => {
      const retention = Retention.gfs(each);
      const template = planned({ retention });
      const primary = lockOf(template);
      const recovery = lockOf(recoveryVault(retention));
      const tiers = Object.values(each).filter((count) => count > 0).length;
      expect(rulesOf(template)).toHaveLength(tiers + 1);
      for (const { Lifecycle, CopyActions = [] } of rulesOf(template)) {
        expect(Lifecycle.DeleteAfterDays).toBeGreaterThanOrEqual(primary.MinRetentionDays);
        expect(Lifecycle.DeleteAfterDays).toBeLessThanOrEqual(primary.MaxRetentionDays);
        for (const copy of CopyActions) {
          expect(copy.Lifecycle.DeleteAfterDays).toBeGreaterThanOrEqual(recovery.MinRetentionDays);
          expect(copy.Lifecycle.DeleteAfterDays).toBeLessThanOrEqual(recovery.MaxRetentionDays);
        }
      }
      expect(primary.MinRetentionDays).toBeGreaterThanOrEqual(1);
      expect(primary.MaxRetentionDays).toBeLessThanOrEqual(36_500);
    }),
    { numRuns: 25 },
  );
});

test('a retention that no vault could be locked to is refused with the number and the limit', () => {
  const counts = { daily: 36_501, weekly: 0, monthly: 0, yearly: 0 };
  expect(() => planned({ retention: Retention.gfs(counts) })).toThrow(
    'daily must be a whole number from 1 to 36500, got: 36501',
  );
});

test('a plan without a database is refused', () => {
  const stack = primaryStack();
  new DatabasePlan(stack, 'Plan', { recovery: recoveryRegion(), retention: DEFAULT_RETENTION, time: TIME });
  expect(() => Template.fromStack(stack)).toThrow(/nothing to back up: add at least one database/);
});

function planned(props: Partial<DatabasePlanProps> = {}): Template {
  const stack = primaryStack();
  const plan = new DatabasePlan(stack, 'Plan', {
    recovery: recoveryRegion(),
    retention: DEFAULT_RETENTION,
    time: TIME,
    ...props,
  });
  plan.backUp(ManagedDatabase.instance('billing'));
  plan.backUp(ManagedDatabase.cluster('orders'));
  return Template.fromStack(stack);
}

function recoveryVault(retention: Retention): Template {
  const stack: Stack = recoveryStack();
  new ProtectedVault(stack, 'Vault', { vaultName: 'acme-recovery-vault', encryptionKey: keyOf(stack), retention });
  return Template.fromStack(stack);
}

interface Rule {
  readonly RuleName: string;
  readonly TargetBackupVault: unknown;
  readonly ScheduleExpression: string;
  readonly EnableContinuousBackup: boolean;
  readonly RecoveryPointTags: unknown;
  readonly Lifecycle: { readonly DeleteAfterDays: number };
  readonly CopyActions?: readonly {
    readonly DestinationBackupVaultArn: unknown;
    readonly Lifecycle: Rule['Lifecycle'];
  }[];
}

function rulesOf(template: Template): readonly Rule[] {
  const [, plan] = onlyResource(template, 'AWS::Backup::BackupPlan');
  return (plan.Properties.BackupPlan as { readonly BackupPlanRule: readonly Rule[] }).BackupPlanRule;
}

function lockOf(template: Template) {
  const [, vault] = onlyResource(template, 'AWS::Backup::BackupVault');
  return vault.Properties.LockConfiguration as { readonly MinRetentionDays: number; readonly MaxRetentionDays: number };
}
