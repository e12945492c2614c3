import { type aws_iam as iam, Stack } from 'aws-cdk-lib';
import { type DatabaseRestoreSettings, RESTORED_MARK, RestoreTag } from '../../engine/contract/restore-managed';
import type { HoldfastFunction } from '../functions/holdfast-function';

/**
 * What the function needs. It may look at every database, and restore from each, since any may be lost; what it may change and delete
 * bears a name that only something restored has.
 */
export function allowDatabaseRestores(
  steps: HoldfastFunction,
  settings: DatabaseRestoreSettings,
  backupRole: iam.IRole,
): void {
  allowLooks(steps);
  allowRestores(steps);
  allowChanges(steps);
  allowKeysAndSecrets(steps);
  allowRecoveryPoints(steps, settings, backupRole);
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html */
function allowLooks(steps: HoldfastFunction): void {
  steps.allow(
    [
      'rds:DescribeDBClusterAutomatedBackups',
      'rds:DescribeDBClusterParameterGroups',
      'rds:DescribeDBClusters',
      'rds:DescribeDBInstanceAutomatedBackups',
      'rds:DescribeDBInstances',
      'rds:DescribeDBParameterGroups',
      'rds:DescribeDBSubnetGroups',
    ],
    rdsArns(steps, ['auto-backup:*', 'cluster-auto-backup:*', 'cluster-pg:*', 'cluster:*', 'db:*', 'pg:*', 'subgrp:*']),
  );
}

/** A restore makes something new, and nothing else: the source and the groups that it names may be any. */
function allowRestores(steps: HoldfastFunction): void {
  steps.allow(
    ['rds:RestoreDBInstanceToPointInTime'],
    rdsArns(steps, ['auto-backup:*', 'db:*', 'og:*', 'pg:*', 'subgrp:*']),
  );
  steps.allow(
    ['rds:RestoreDBClusterToPointInTime'],
    rdsArns(steps, ['cluster-auto-backup:*', 'cluster-pg:*', 'cluster:*', 'og:*', 'subgrp:*']),
  );
}

function allowChanges(steps: HoldfastFunction): void {
  const restored = [`cluster:*${RESTORED_MARK}*`, `db:*${RESTORED_MARK}*`];
  steps.allow(
    [
      'rds:CreateDBInstance',
      'rds:DeleteDBCluster',
      'rds:DeleteDBInstance',
      'rds:ModifyDBCluster',
      'rds:ModifyDBInstance',
      'rds:RebootDBInstance',
    ],
    rdsArns(steps, restored),
  );
  steps.allow(
    ['rds:CreateDBInstance', 'rds:ModifyDBCluster', 'rds:ModifyDBInstance'],
    rdsArns(steps, ['cluster-pg:*', 'og:*', 'pg:*', 'secgrp:*', 'subgrp:*']),
  );
  steps.allow(['rds:AddTagsToResource'], rdsArns(steps, restored), {
    'ForAllValues:StringEquals': { 'aws:TagKeys': Object.values(RestoreTag) },
  });
}

/**
 * RDS makes the secret of a master password in the name of whoever asks for it, and uses the keys of what it restores likewise; which keys
 * those are is known when something is restored.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-permissions
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html
 */
function allowKeysAndSecrets(steps: HoldfastFunction): void {
  const keys = [arn(steps, 'kms', 'key/*')];
  const { region } = Stack.of(steps);
  steps.allow(['kms:DescribeKey'], keys);
  steps.allow(KEY_USES, keys, {
    StringEquals: { 'kms:ViaService': [`rds.${region}.amazonaws.com`, `secretsmanager.${region}.amazonaws.com`] },
  });
  steps.allow(['kms:CreateGrant'], keys, {
    StringEquals: { 'kms:ViaService': [`rds.${region}.amazonaws.com`, `secretsmanager.${region}.amazonaws.com`] },
    Bool: { 'kms:GrantIsForAWSResource': 'true' },
  });
  steps.allow(
    ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
    [arn(steps, 'secretsmanager', 'secret:rds!*')],
  );
}

/**
 * Recovery points of databases are snapshots of RDS. For jobs, AWS Backup takes no resource.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
 */
function allowRecoveryPoints(
  steps: HoldfastFunction,
  { vaultName, recoveryVault }: DatabaseRestoreSettings,
  backupRole: iam.IRole,
): void {
  const { partition, region, account } = Stack.of(steps);
  const snapshots = (where: string) =>
    ['snapshot', 'cluster-snapshot'].map((kind) => `arn:${partition}:rds:${where}:${account}:${kind}:awsbackup:*`);
  const vault = (where: string, name: string) => `arn:${partition}:backup:${where}:${account}:backup-vault:${name}`;
  steps.allow(['backup:DescribeBackupVault'], [vault(region, vaultName)]);
  steps.allow(
    ['backup:DescribeRecoveryPoint', 'backup:GetRecoveryPointRestoreMetadata'],
    [
      vault(region, '*'),
      vault(recoveryVault.region, recoveryVault.name),
      ...snapshots(region),
      ...snapshots(recoveryVault.region),
    ],
  );
  steps.allow(['backup:StartRestoreJob'], snapshots(region));
  steps.allow(['backup:StartCopyJob'], snapshots(recoveryVault.region));
  steps.allow(
    ['backup:DescribeCopyJob', 'backup:DescribeRestoreJob', 'backup:GetRestoreJobMetadata', 'backup:ListRestoreJobs'],
    ['*'],
  );
  steps.allow(['iam:PassRole'], [backupRole.roleArn], {
    StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' },
  });
}

const KEY_USES = [
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

const rdsArns = (steps: HoldfastFunction, resources: readonly string[]): string[] =>
  resources.map((resource) => arn(steps, 'rds', resource));

function arn(steps: HoldfastFunction, service: string, resource: string): string {
  const { partition, region, account } = Stack.of(steps);
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}
