import type { aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type PlanTime, vaultName } from '../../engine/contract/backup-plan';
import type { Retention } from '../../engine/contract/retention';
import { LockMode } from '../files/lock-mode';
import type { Paging } from '../paging/paging';
import { alarmedNameProblems } from '../platform/names';
import type { RecoveryRegion } from '../platform/recovery-region';
import { type Problem, refuse } from '../problem';
import { BackupAudit } from './backup-audit';
import { BackupEvents } from './backup-events';
import { type DatabaseBackupOptions, planTime, recoveryVaultProblems } from './database-backup-options';
import { DatabasePlan } from './database-plan';
import { DatabaseVerification } from './database-verification';
import type { ManagedDatabase } from './managed-database';
import { RestoreFrequency, RestoreTesting } from './restore-testing';

/** Properties of {@link DatabaseProtection}. */
export interface DatabaseProtectionProps extends DatabaseBackupOptions {
  readonly recovery: RecoveryRegion;
  /** How long recovery points are kept, in both Regions. */
  readonly retention: Retention;
  /** Bucket of the reports, of the verification and of AWS Backup. */
  readonly proofsBucket: s3.Bucket;
  /** Key of that bucket. */
  readonly proofsKey: kms.IKey;
  readonly paging: Paging;
}

/**
 * Everything that keeps the snapshots and logs of databases on RDS and Aurora, in the primary Region: the plan with its vault, the
 * verification and its alarms, what tells of jobs that fail, restores that are tested each month, and evidence for auditors. One of
 * each, however many databases.
 */
export class DatabaseProtection extends Construct {
  /** When each day AWS Backup begins. */
  private readonly time: PlanTime;
  private readonly plan: DatabasePlan;
  private readonly verification: DatabaseVerification;
  private readonly events: BackupEvents;
  /** What is protected, by the names of the resources. */
  private readonly databases = new Map<string, ManagedDatabase>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseProtectionProps,
  ) {
    super(scope, id);
    refuse(this.node.path, recoveryVaultProblems(props, 'databaseBackups'));
    const { recovery, retention, paging, proofsBucket, proofsKey, lockMode, restoreTesting } = props;
    const { prefix } = recovery;
    this.time = planTime(props);
    this.plan = new DatabasePlan(this, 'Plan', {
      recovery,
      retention,
      time: this.time,
      lockMode,
      serviceOptIn: props.serviceOptIn,
    });
    this.verification = new DatabaseVerification(this, 'Verification', {
      recovery,
      retention,
      planTime: this.time,
      planId: this.plan.planId,
      lockMode: lockMode ?? LockMode.GOVERNANCE,
      vault: { name: vaultName(prefix), keyArn: this.plan.vaultKey.keyArn },
      proofsBucket,
      proofsKey,
      paging,
    });
    this.events = new BackupEvents(this, 'Events', { prefix, paging, vaultName: vaultName(prefix) });
    new BackupAudit(this, 'Audit', { recovery, retention, proofsBucket, proofsKey, controls: props.auditControls });
    if (restoreTesting) {
      new RestoreTesting(this, 'RestoreTesting', {
        prefix,
        frequency: RestoreFrequency.MONTHLY,
        time: this.time,
        vault: this.plan.vault,
        network: restoreTesting,
      });
    }
  }

  /** Key of the vault; its alias is the vault's name. */
  public get vaultKey(): kms.IKey {
    return this.plan.vaultKey;
  }

  /**
   * Adds a database; one of the same app is set as AWS Backup wants it.
   *
   * @param resource name of the protected database: lower-case letters, digits and hyphens
   */
  public protect(resource: string, database: ManagedDatabase): void {
    refuse(`${this.node.path}/${resource}`, [
      ...alarmedNameProblems(resource),
      ...database.problems(this, this.props.recovery),
      ...this.repetitionProblems(resource, database),
    ]);
    this.databases.set(resource, database);
    database.configure({ recovery: this.props.recovery, planTime: this.time });
    this.plan.backUp(database);
    this.verification.verify(database.target(resource));
    this.events.watch(database);
  }

  /** No construct of a database's own would refuse the second of the same name. */
  private repetitionProblems(resource: string, { kind, identifier }: ManagedDatabase): Problem[] {
    if (this.databases.has(resource)) {
      return [{ path: 'resource', message: `must be unique, a database has it already, got: "${resource}"` }];
    }
    const [taken] =
      [...this.databases].find(([, other]) => other.kind === kind && other.identifier === identifier) ?? [];
    return taken === undefined
      ? []
      : [{ path: 'database', message: `must be protected once, "${taken}" is the same ${kind}, got: "${identifier}"` }];
  }
}
