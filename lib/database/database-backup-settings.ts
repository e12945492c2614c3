import { aws_rds as rds, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct, IMixin } from 'constructs';
import { CONTINUOUS_DAYS, DEFAULT_PLAN_TIME, type PlanTime } from '../../engine/contract/backup-plan';
import { otherValueProblems } from '../other-value';
import type { RecoveryRegion } from '../platform/recovery-region';
import { type Problem, refuse } from '../problem';
import { automatedBackupWindow, backupWindowProblems, maintenanceWindowProblems } from './automated-backup-window';
import { crossRegionBackupProblems } from './cross-region-backups';

/** Properties of {@link DatabaseBackupSettings}. */
export interface DatabaseBackupSettingsProps {
  readonly recovery: RecoveryRegion;
  /** When the plan begins, which the database's own backups keep away from. @default DEFAULT_PLAN_TIME */
  readonly planTime?: PlanTime;
  /** Whether RDS replicates the automated backups of an instance to the recovery Region; Aurora does not. @default false */
  readonly crossRegionBackups?: boolean;
}

/** A database of the same app. */
export type CfnDatabase = rds.CfnDBInstance | rds.CfnDBCluster;

/** Retention that RDS and CDK give a database which says nothing itself, in days. */
const DEFAULT_RETENTION_DAYS = 1;

/**
 * Sets a database of the same app as AWS Backup, which owns its automated backups, wants it: `database.with(new
 * DatabaseBackupSettings({ recovery }))`. Otherwise each deployment would set back what AWS Backup has set.
 *
 * Sets 35 days of automated backups that outlive the database, their window, tags on snapshots, protection against deletion and,
 * where wished, automated backups in the recovery Region. Refuses a database that says something else itself, and one that is not
 * encrypted with a customer key, which cannot be changed without making the database anew.
 */
export class DatabaseBackupSettings implements IMixin {
  private readonly planTime: PlanTime;

  constructor(private readonly props: DatabaseBackupSettingsProps) {
    this.planTime = props.planTime ?? DEFAULT_PLAN_TIME;
  }

  /** A cluster, or an instance that is no member of one: a member's backups are the cluster's. */
  public supports(construct: IConstruct): construct is CfnDatabase {
    return (
      rds.CfnDBCluster.isCfnDBCluster(construct) ||
      (rds.CfnDBInstance.isCfnDBInstance(construct) && construct.dbClusterIdentifier === undefined)
    );
  }

  public applyTo(database: CfnDatabase): void {
    refuse(database.node.path, [
      ...encryptionProblems(database),
      ...retentionProblems(database),
      ...otherValueProblems('deletionProtection', database.deletionProtection, true),
      ...otherValueProblems('deleteAutomatedBackups', database.deleteAutomatedBackups, false),
      ...otherValueProblems('copyTagsToSnapshot', database.copyTagsToSnapshot, true),
      ...this.windowProblems(database),
      ...this.crossRegionProblems(database),
    ]);
    database.backupRetentionPeriod = CONTINUOUS_DAYS;
    database.deletionProtection = true;
    database.deleteAutomatedBackups = false;
    database.copyTagsToSnapshot = true;
    database.preferredBackupWindow ??= automatedBackupWindow(this.planTime);
    if (this.props.crossRegionBackups && rds.CfnDBInstance.isCfnDBInstance(database)) {
      this.replicateBackups(database);
    }
  }

  private replicateBackups(instance: rds.CfnDBInstance): void {
    const { recovery } = this.props;
    instance.automaticBackupReplicationRegion = recovery.region;
    instance.automaticBackupReplicationKmsKeyId = recovery.replicaKeyOrAliasArn(instance);
    instance.automaticBackupReplicationRetentionPeriod = CONTINUOUS_DAYS;
  }

  /**
   * What is wrong with the window of a database, or with setting one. Aurora has no hours in which it takes no snapshot.
   * https://docs.aws.amazon.com/aws-backup/latest/devguide/troubleshooting.html
   */
  private windowProblems(database: CfnDatabase): Problem[] {
    const { preferredBackupWindow: window, preferredMaintenanceWindow: maintenance = '' } = database;
    if (window === undefined) {
      return maintenanceWindowProblems(maintenance, automatedBackupWindow(this.planTime), 'preferredMaintenanceWindow');
    }
    return Token.isUnresolved(window) || database.engine?.startsWith('aurora')
      ? []
      : backupWindowProblems(window, this.planTime, 'preferredBackupWindow');
  }

  private crossRegionProblems(database: CfnDatabase): Problem[] {
    const { recovery, crossRegionBackups } = this.props;
    const kind = rds.CfnDBCluster.isCfnDBCluster(database) ? 'cluster' : 'instance';
    const recoveryPlace = { account: recovery.accountOf(database), region: recovery.region };
    return crossRegionBackups
      ? crossRegionBackupProblems(kind, Stack.of(database), recoveryPlace, 'crossRegionBackups')
      : [];
  }
}

/** Copies of what is encrypted with a key of AWS cannot go to another account, and neither can its key be watched. */
function encryptionProblems({ storageEncrypted, kmsKeyId }: CfnDatabase): Problem[] {
  const isEncrypted = storageEncrypted === true || Token.isUnresolved(storageEncrypted);
  return isEncrypted && kmsKeyId !== undefined
    ? []
    : [
        {
          path: 'kmsKeyId',
          message: `must be a customer key on a database whose backups are kept, got: ${isEncrypted ? 'the key of AWS' : 'no encryption'}. HINT: set storageEncryptionKey; a database that is there already must be made anew from a snapshot for it`,
        },
      ];
}

function retentionProblems({ backupRetentionPeriod: days }: CfnDatabase): Problem[] {
  return days === DEFAULT_RETENTION_DAYS ? [] : otherValueProblems('backupRetentionPeriod', days, CONTINUOUS_DAYS);
}
