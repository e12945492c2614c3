import { Duration, aws_iam as iam, Stack, type aws_stepfunctions as sfn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { recoveryVaultName, vaultName } from '../../engine/contract/backup-plan';
import { type DatabaseRestoreSettings, restoreDatabaseName } from '../../engine/contract/restore-managed';
import { System } from '../../engine/contract/signals';
import type { Paging } from '../paging/paging';
import type { RecoveryRegion } from '../platform/recovery-region';
import { allowDatabaseRestores } from './database-restore-access';
import { RESTORE_TIMEOUT, RestoreStateMachine } from './restore-state-machine';

/** Properties of a {@link DatabaseRestore}. */
export interface DatabaseRestoreProps {
  readonly recovery: RecoveryRegion;
  readonly paging: Paging;
}

/**
 * Restores RDS instances and Aurora clusters beside what is there: to a point in time, from a recovery point, or from a copy of one in
 * the recovery vault. Started with a `RestoreDatabaseRequest`.
 */
export class DatabaseRestore extends Construct {
  /** What is started. */
  public readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, { recovery, paging }: DatabaseRestoreProps) {
    super(scope, id);
    const { prefix, region } = recovery;
    const backupRole = this.backupRole();
    const settings: DatabaseRestoreSettings = {
      timeoutSeconds: RESTORE_TIMEOUT.toSeconds(),
      vaultName: vaultName(prefix),
      recoveryVault: { name: recoveryVaultName(prefix), region, account: recovery.accountOf(this) },
      backupRoleArn: backupRole.roleArn,
    };
    const machine = new RestoreStateMachine(this, 'Restore', {
      name: restoreDatabaseName(prefix),
      bundle: 'restore-database',
      what: 'a database',
      system: System.DATABASE,
      stepTimeout: Duration.minutes(5),
      memorySizeMiB: 512,
      settings,
      paging,
    });
    allowDatabaseRestores(machine.function, settings, backupRole);
    this.stateMachine = machine.stateMachine;
  }

  /**
   * What AWS Backup restores under; copies back need what backups need.
   * https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
   */
  private backupRole(): iam.Role {
    return new iam.Role(this, 'BackupRole', {
      description: `Restores and copies recovery points for ${Stack.of(this).stackName}`,
      assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'),
      managedPolicies: ['Backup', 'Restores'].map((what) =>
        iam.ManagedPolicy.fromAwsManagedPolicyName(`service-role/AWSBackupServiceRolePolicyFor${what}`),
      ),
    });
  }
}
