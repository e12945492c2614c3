import { Duration, type aws_kms as kms, Stack, type aws_s3 as s3, aws_scheduler as scheduler } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { alarmRule } from '../../engine/contract/alarms';
import { type PlanTime, recoveryVaultName } from '../../engine/contract/backup-plan';
import { DATABASE_PREFIX } from '../../engine/contract/layout';
import type { Retention } from '../../engine/contract/retention';
import { System } from '../../engine/contract/signals';
import {
  AWS_MANAGED_KEY_ALIAS,
  type DatabaseTarget,
  type VerifyDatabaseEvent,
} from '../../engine/contract/verify-database';
import type { LockMode } from '../files/lock-mode';
import { FunctionSchedule } from '../functions/function-schedule';
import { HoldfastFunction } from '../functions/holdfast-function';
import { keyInPolicies, throughService } from '../key-conditions';
import type { Paging } from '../paging/paging';
import { roleNames } from '../platform/names';
import type { RecoveryRegion } from '../platform/recovery-region';
import { pagedBy, scheduledAlarms } from '../signals/ruled-alarm';

/** Time between two verifications: the hourly promise is looked at each hour. */
const VERIFY_EVERY = Duration.hours(1);

/** Properties of a {@link DatabaseVerification}. */
export interface DatabaseVerificationProps {
  readonly recovery: RecoveryRegion;
  /** How long recovery points are kept. */
  readonly retention: Retention;
  /** When the plan begins. */
  readonly planTime: PlanTime;
  /** Id of the plan of AWS Backup. */
  readonly planId: string;
  /** How firm the locks of both vaults are. */
  readonly lockMode: LockMode;
  /** The vault of this Region, and the ARN of its key. */
  readonly vault: { readonly name: string; readonly keyArn: string };
  /** Bucket for the reports of verifications. */
  readonly proofsBucket: s3.IBucket;
  /** Key of the proofs bucket. */
  readonly proofsKey: kms.IKey;
  readonly paging: Paging;
}

/**
 * Verifies each hour that RDS and AWS Backup keep of every database what they should, and raises the alarms when they do not, or when
 * nobody knows: silence is a failure. One function and one schedule, however many databases.
 */
export class DatabaseVerification extends Construct {
  private readonly targets: DatabaseTarget[] = [];
  private readonly verifier: HoldfastFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseVerificationProps,
  ) {
    super(scope, id);
    const { prefix } = props.recovery;
    this.verifier = new HoldfastFunction(this, 'Verifier', {
      bundle: 'verify-database',
      functionName: `${prefix}-verify-database`,
      roleName: roleNames.verifyDatabase(prefix),
      description: 'Verifies the snapshots, logs and copies of the managed databases',
      timeout: Duration.minutes(5),
      memorySizeMiB: 512,
    });
    new FunctionSchedule(this, 'Schedule', {
      name: `${prefix}-verify-database`,
      description: 'Verifies the snapshots, logs and copies of the managed databases',
      function: this.verifier.function,
      schedule: scheduler.ScheduleExpression.rate(VERIFY_EVERY),
      event: () => this.event,
      retryAttempts: 2,
      maxEventAge: VERIFY_EVERY,
    });
    scheduledAlarms(this, {
      paging: props.paging,
      system: System.DATABASE,
      without: props.retention.tiers.includes('daily') ? [] : ['backupAge'],
    });
    this.allowOwnResources();
    this.allowPlanAndVault();
    this.allowRecoveryVault();
    this.node.addValidation({
      validate: () => (this.targets.length > 0 ? [] : ['nothing to verify: protect at least one database']),
    });
  }

  /** Adds a database to what is verified. */
  public verify(target: DatabaseTarget): void {
    this.targets.push(target);
    const isInstance = target.kind === 'instance';
    this.verifier.allow(
      [isInstance ? 'rds:DescribeDBInstances' : 'rds:DescribeDBClusters'],
      [this.rdsArn(isInstance ? 'db' : 'cluster', target.identifier)],
    );
    this.allowDescribingKey(target.keyArn ?? this.managedKeyAliasArn);
  }

  private get event(): VerifyDatabaseEvent {
    const { retention, planTime, planId, lockMode, vault, recovery, proofsBucket, paging } = this.props;
    const warning = pagedBy(paging, DRIFT);
    const { region, account } = Stack.of(this);
    return {
      targets: this.targets,
      retention: retention.counts,
      planTime,
      planId,
      lockMode,
      vault: { ...vault, region, account },
      recoveryVault: {
        name: recoveryVaultName(recovery.prefix),
        region: recovery.region,
        account: recovery.accountOf(this),
        keyArn: recovery.vaultKeyAliasArn(this),
        readRoleArn: this.readRoleArn,
      },
      proofs: { bucket: proofsBucket.bucketName, region },
      ...pagedBy(paging, BACKUP_FAILED),
      warningAlarmName: warning.alarmName,
      warningIncidentName: warning.incidentName,
    };
  }

  private allowOwnResources(): void {
    const { proofsBucket, proofsKey, paging } = this.props;
    const { region } = Stack.of(this);
    this.verifier.allow(['s3:ListBucket'], [proofsBucket.bucketArn]);
    this.verifier.allow(['s3:PutObject'], [proofsBucket.arnForObjects(`${DATABASE_PREFIX}*`)]);
    this.verifier.allow(['s3:GetObject'], [proofsBucket.arnForObjects(`${DATABASE_PREFIX}*/proofs/*`)]);
    this.verifier.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [proofsKey.keyArn], throughService('s3', region));
    this.verifier.allowMetrics();
    for (const { alarmName, incidentName } of [pagedBy(paging, BACKUP_FAILED), pagedBy(paging, DRIFT)]) {
      this.verifier.allowAlarmStates(alarmName, incidentName);
    }
  }

  /** Where automated backups are looked up, RDS takes no narrower resource: they have names of their own. */
  private allowPlanAndVault(): void {
    const { planId, vault, recovery } = this.props;
    const { region } = Stack.of(this);
    this.verifier.allow(['backup:GetBackupPlan'], [this.backupArn('backup-plan', planId)]);
    this.verifier.allow(['backup:DescribeRegionSettings'], ['*']);
    this.verifier.allow(VAULT_ACTIONS, [this.backupArn('backup-vault', vault.name)]);
    this.allowDescribingKey(vault.keyArn);
    this.verifier.allow(
      ['rds:DescribeDBClusterAutomatedBackups', 'rds:DescribeDBInstanceAutomatedBackups'],
      [region, recovery.region].flatMap((each) =>
        ['auto-backup', 'cluster', 'cluster-auto-backup', 'db'].map((type) => this.rdsArn(type, '*', each)),
      ),
    );
  }

  private allowRecoveryVault(): void {
    const { recovery } = this.props;
    const { readRoleArn } = this;
    if (readRoleArn !== undefined) {
      this.verifier.allow(['sts:AssumeRole'], [readRoleArn]);
      return;
    }
    this.verifier.allow(VAULT_ACTIONS, [recovery.vaultArn(this)]);
    this.allowDescribingKey(recovery.vaultKeyAliasArn(this));
  }

  /** Role to look into the recovery vault with, where it lies in another account. */
  private get readRoleArn(): string | undefined {
    const { recovery } = this.props;
    const { account, partition } = Stack.of(this);
    return recovery.isOtherAccountThan(account)
      ? `arn:${partition}:iam::${recovery.accountOf(this)}:role/${roleNames.readRecoveryVault(recovery.prefix)}`
      : undefined;
  }

  private allowDescribingKey(keyArn: string): void {
    const { resource, condition } = keyInPolicies(keyArn);
    this.verifier.allow(['kms:DescribeKey', 'kms:GetKeyRotationStatus'], [resource], condition);
  }

  private get managedKeyAliasArn(): string {
    const { partition, region, account } = Stack.of(this);
    return `arn:${partition}:kms:${region}:${account}:${AWS_MANAGED_KEY_ALIAS}`;
  }

  private rdsArn(type: string, name: string, region = Stack.of(this).region): string {
    const { partition, account } = Stack.of(this);
    return `arn:${partition}:rds:${region}:${account}:${type}:${name}`;
  }

  private backupArn(type: string, name: string): string {
    const { partition, region, account } = Stack.of(this);
    return `arn:${partition}:backup:${region}:${account}:${type}:${name}`;
  }
}

const VAULT_ACTIONS = ['backup:DescribeBackupVault', 'backup:ListRecoveryPointsByBackupVault'];

const BACKUP_FAILED = alarmRule(System.DATABASE, 'backupFailed');
const DRIFT = alarmRule(System.DATABASE, 'drift');
