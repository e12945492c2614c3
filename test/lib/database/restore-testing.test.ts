import { aws_backup as backup } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RestoreFrequency, RestoreTesting, type RestoreTestingProps } from '../../../lib';
import { restoreNetworkProblems } from '../../../lib/database/restore-testing';
import { managedPolicy, onlyResource, primaryStack, resources } from '../deployment';

const NETWORK = { subnetGroup: 'restore-tests', securityGroupIds: ['sg-0123456789abcdef0'] };

describe('with minimal properties', () => {
  const template = tested();
  const [planId, plan] = onlyResource(template, 'AWS::Backup::RestoreTestingPlan');
  const [roleId] = onlyResource(template, 'AWS::IAM::Role');

  test('restores any recovery point of the last 30 days of its vault, snapshots and logs, each month', () => {
    expect(plan.Properties).toEqual({
      RestoreTestingPlanName: 'acme_restores_monthly',
      ScheduleExpression: 'cron(0 7 2 * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      StartWindowHours: 24,
      RecoveryPointSelection: {
        Algorithm: 'RANDOM_WITHIN_WINDOW',
        IncludeVaults: ['arn:aws:backup:eu-west-1:111122223333:backup-vault:acme-vault'],
        RecoveryPointTypes: ['SNAPSHOT', 'CONTINUOUS'],
        SelectionWindowDays: 30,
      },
    });
  });

  test('restores every instance and cluster, away from the default network', () => {
    const selections = resources(template, 'AWS::Backup::RestoreTestingSelection');
    expect(selections.map(([, { Properties }]) => Properties)).toEqual(
      ['RDS', 'Aurora'].map((type) => ({
        RestoreTestingPlanName: 'acme_restores_monthly',
        RestoreTestingSelectionName: `acme_restores_monthly_${type}`,
        ProtectedResourceType: type,
        ProtectedResourceArns: ['*'],
        IamRoleArn: { 'Fn::GetAtt': [roleId, 'Arn'] },
        RestoreMetadataOverrides: {
          dbSubnetGroupName: 'restore-tests',
          vpcSecurityGroupIds: '["sg-0123456789abcdef0"]',
        },
        ValidationWindowHours: 1,
      })),
    );
    for (const [, { DependsOn }] of selections) {
      expect(DependsOn).toEqual([planId]);
    }
  });

  test('restores under a role of its own', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      ManagedPolicyArns: [
        managedPolicy('service-role/AWSBackupServiceRolePolicyForRestores'),
        managedPolicy('AWSBackupServiceRolePolicyForS3Restore'),
      ],
    });
  });
});

test('maximal properties: each quarter, some hours after the plan in its time zone', () => {
  const template = tested({
    prefix: 'acme-eu',
    frequency: RestoreFrequency.QUARTERLY,
    time: { hour: 22, minute: 30, timeZone: 'Europe/Berlin' },
    network: { subnetGroup: 'restore-tests', securityGroupIds: ['sg-1', 'sg-2'] },
  });
  template.hasResourceProperties('AWS::Backup::RestoreTestingPlan', {
    RestoreTestingPlanName: 'acme_eu_restores_quarterly',
    ScheduleExpression: 'cron(30 2 3 1,4,7,10 ? *)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
  });
  template.hasResourceProperties('AWS::Backup::RestoreTestingSelection', {
    RestoreMetadataOverrides: { vpcSecurityGroupIds: '["sg-1","sg-2"]' },
  });
});

test('names stay within what AWS Backup takes, with the longest prefix', () => {
  const template = tested({ prefix: 'abcdefghijkl', frequency: RestoreFrequency.QUARTERLY });
  for (const [, { Properties }] of resources(template, 'AWS::Backup::RestoreTestingSelection')) {
    expect(Properties.RestoreTestingSelectionName).toMatch(/^[a-zA-Z0-9_]{1,50}$/);
  }
});

test.each([[[]], [['sg-1', 'sg-2', 'sg-3', 'sg-4', 'sg-5', 'sg-6']]])(
  'refuses the security groups %j, of which RDS takes one to five',
  (securityGroupIds) => {
    expect(restoreNetworkProblems({ subnetGroup: 'restore-tests', securityGroupIds }, 'restoreTesting')).toEqual([
      {
        path: 'restoreTesting.securityGroupIds',
        message: `must be a list of 1 to 5, got: ${securityGroupIds.length}`,
      },
    ]);
  },
);

function tested(props: Partial<RestoreTestingProps> = {}): Template {
  const stack = primaryStack();
  new RestoreTesting(stack, 'RestoreTesting', {
    prefix: 'acme',
    frequency: RestoreFrequency.MONTHLY,
    time: { hour: 3, minute: 0, timeZone: 'UTC' },
    vault: backup.BackupVault.fromBackupVaultName(stack, 'Vault', 'acme-vault'),
    network: NETWORK,
    ...props,
  });
  return Template.fromStack(stack);
}
