import { aws_backup as backup, type aws_kms as kms, Lazy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { OptInMode } from '../../engine/contract/backup-opt-in';
import {
  backupPlanName,
  type PlannedRule,
  type PlanTime,
  plannedRules,
  vaultName,
} from '../../engine/contract/backup-plan';
import type { Retention } from '../../engine/contract/retention';
import { EncryptionKey } from '../encryption-key';
import type { LockMode } from '../files/lock-mode';
import type { RecoveryRegion } from '../platform/recovery-region';
import { BACKUP_TAG } from './backup-audit';
import { BackupOptIn } from './backup-opt-in';
import { BackupServiceRole } from './backup-service-role';
import type { ManagedDatabase } from './managed-database';
import { ProtectedVault } from './protected-vault';

/** Properties of {@link DatabasePlan}. */
export interface DatabasePlanProps {
  readonly recovery: RecoveryRegion;
  /** How long recovery points are kept, in both Regions. */
  readonly retention: Retention;
  /** When each day backups begin. */
  readonly time: PlanTime;
  /** How firm the lock of the vault is. @default LockMode.GOVERNANCE */
  readonly lockMode?: LockMode;
  /** What to do where the account has not opted in to AWS Backup for a service. @default OptInMode.CHECK */
  readonly serviceOptIn?: OptInMode;
}

/**
 * The plan of AWS Backup for databases on RDS and Aurora: a rule for each tier of the retention and one for continuous backup, the
 * locked vault with its key, copies of every tier into the vault of the recovery Region, and the role that does it. One plan and one
 * vault, however many databases. The vault of the recovery Region is the recovery stack's.
 */
export class DatabasePlan extends Construct {
  /** Id of the plan. */
  public readonly planId: string;
  public readonly vault: backup.BackupVault;
  /** Key of the vault. */
  public readonly vaultKey: kms.IKey;
  private readonly databases: ManagedDatabase[] = [];
  private readonly optIn: BackupOptIn;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabasePlanProps,
  ) {
    super(scope, id);
    const { recovery } = props;
    const { prefix } = recovery;
    const account = recovery.isOtherAccountThan(Stack.of(this).account) ? recovery.accountOf(this) : undefined;
    this.vaultKey = new EncryptionKey(this, 'VaultKey', {
      alias: `${prefix}-vault`,
      description: `Encrypts the vault of ${prefix}`,
    });
    this.vault = new ProtectedVault(this, 'Vault', {
      vaultName: vaultName(prefix),
      encryptionKey: this.vaultKey,
      retention: props.retention,
      lockMode: props.lockMode,
      // What was copied to the other account must find its way back.
      copiesFrom: account,
    }).vault;
    this.optIn = new BackupOptIn(this, 'OptIn', { prefix, mode: props.serviceOptIn });
    const plan = this.plan();
    this.planId = plan.attrBackupPlanId;
    this.select(plan);
    this.node.addValidation({
      validate: () => (this.databases.length > 0 ? [] : ['nothing to back up: add at least one database']),
    });
  }

  /** Adds a database to what is backed up. */
  public backUp(database: ManagedDatabase): void {
    this.databases.push(database);
    this.optIn.need(database.resourceType);
  }

  private plan(): backup.CfnBackupPlan {
    const { recovery, retention, time } = this.props;
    const tags = { [BACKUP_TAG]: recovery.prefix };
    return new backup.CfnBackupPlan(this, 'Plan', {
      backupPlan: {
        backupPlanName: backupPlanName(recovery.prefix),
        backupPlanRule: plannedRules(retention, time).map((rule) => ({ ...this.rule(rule), recoveryPointTags: tags })),
      },
      backupPlanTags: tags,
    });
  }

  private rule(rule: PlannedRule): backup.CfnBackupPlan.BackupRuleResourceTypeProperty {
    const lifecycle = { deleteAfterDays: rule.deleteAfterDays };
    return {
      ruleName: rule.name,
      targetBackupVault: this.vault.backupVaultName,
      scheduleExpression: rule.scheduleExpression,
      scheduleExpressionTimezone: rule.timeZone,
      startWindowMinutes: rule.startWindowMinutes,
      completionWindowMinutes: rule.completionWindowMinutes,
      enableContinuousBackup: rule.isContinuous,
      lifecycle,
      copyActions: rule.isCopied
        ? [{ destinationBackupVaultArn: this.props.recovery.vaultArn(this), lifecycle }]
        : undefined,
    };
  }

  /** By ARN: tags would let whoever may tag a database take it out of the plan. */
  private select(plan: backup.CfnBackupPlan): void {
    const { prefix } = this.props.recovery;
    const selection = new backup.CfnBackupSelection(this, 'Selection', {
      backupPlanId: plan.attrBackupPlanId,
      backupSelection: {
        selectionName: backupPlanName(prefix),
        iamRoleArn: BackupServiceRole.ofBackups(this, 'Role', prefix).roleArn,
        resources: Lazy.list({ produce: () => this.databases.map((database) => database.arn(this)) }),
      },
    });
    selection.node.addDependency(this.optIn.resource);
  }
}
