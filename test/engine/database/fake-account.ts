import type {
  BackupClient,
  BackupPlan,
  DescribeBackupVaultOutput,
  RecoveryPointByBackupVault,
} from '@aws-sdk/client-backup';
import type { KeyMetadata, KMSClient } from '@aws-sdk/client-kms';
import type { DBCluster, DBInstance, DBInstanceAutomatedBackup, RDSClient } from '@aws-sdk/client-rds';
import { CONTINUOUS_DAYS, lockRange, type PlannedRule, plannedRules } from '../../../engine/contract/backup-plan';
import { DEFAULT_RETENTION, Retention, type Tier } from '../../../engine/contract/retention';
import type {
  DatabaseFindingKind,
  DatabaseTarget,
  VerifyDatabaseEvent,
} from '../../../engine/contract/verify-database';
import type { DatabaseClients, Place } from '../../../engine/database/clients';
import { type VerifiedDatabases, verifyDatabases } from '../../../engine/database/verify-databases';
import { type Answers, FakeSdkClient, sdkError } from '../../fakes/sdk-client';

/** A Monday afternoon: daily and weekly backups are of this morning, the monthly one of the first, the yearly of January. */
export const NOW = Date.parse('2026-11-23T15:00:00Z');

const ACCOUNT = '111122223333';
const kmsArn = (region: string, name: string) => `arn:aws:kms:${region}:${ACCOUNT}:${name}`;
export const KEY = kmsArn('eu-west-1', 'key/database');
export const OTHER_KEY = kmsArn('eu-west-1', 'key/other');
export const VAULT_KEY = kmsArn('eu-west-1', 'key/vault');
export const RECOVERY_KEY = kmsArn('eu-central-1', 'key/recovery');
export const RECOVERY_ALIAS = kmsArn('eu-central-1', 'alias/acme-replica');

export const TARGET: DatabaseTarget = {
  resource: 'orders',
  kind: 'instance',
  identifier: 'orders-db',
  keyArn: KEY,
  hasCrossRegionBackups: false,
};

export const CLUSTER: DatabaseTarget = { ...TARGET, resource: 'bills', kind: 'cluster', identifier: 'bills-db' };

export const EVENT: VerifyDatabaseEvent = {
  targets: [TARGET],
  retention: DEFAULT_RETENTION.counts,
  planTime: { hour: 3, minute: 0, timeZone: 'UTC' },
  planId: 'plan-1',
  lockMode: 'governance',
  vault: { name: 'acme-vault', region: 'eu-west-1', account: ACCOUNT, keyArn: VAULT_KEY },
  recoveryVault: { name: 'acme-recovery-vault', region: 'eu-central-1', account: ACCOUNT, keyArn: RECOVERY_ALIAS },
  proofs: { bucket: 'acme-proofs', region: 'eu-west-1' },
  alarmName: 'acme-database-backupFailed',
  warningAlarmName: 'acme-database-drift',
};

export const instance = (more: Partial<DBInstance> = {}): DBInstance => ({
  DBInstanceIdentifier: 'orders-db',
  DbiResourceId: 'db-ORDERS',
  DBInstanceStatus: 'available',
  Engine: 'postgres',
  LatestRestorableTime: new Date(NOW - 180_000),
  BackupRetentionPeriod: CONTINUOUS_DAYS,
  StorageEncrypted: true,
  KmsKeyId: KEY,
  AwsBackupRecoveryPointArn: `arn:aws:backup:eu-west-1:${ACCOUNT}:recovery-point:continuous:db-orders-1`,
  ...more,
});

export const cluster = (more: Partial<DBCluster> = {}): DBCluster => ({
  DBClusterIdentifier: 'bills-db',
  DbClusterResourceId: 'cluster-BILLS',
  Status: 'available',
  Engine: 'aurora-postgresql',
  LatestRestorableTime: new Date(NOW - 120_000),
  BackupRetentionPeriod: CONTINUOUS_DAYS,
  StorageEncrypted: true,
  KmsKeyId: KEY,
  AwsBackupRecoveryPointArn: `arn:aws:backup:eu-west-1:${ACCOUNT}:recovery-point:continuous:cluster-bills-1`,
  ...more,
});

/** A finished snapshot of the instance that a rule took at a moment. */
export function point(
  rule: Tier | 'continuous',
  at: string,
  more: Partial<RecoveryPointByBackupVault> = {},
): RecoveryPointByBackupVault {
  const createdAt = new Date(at);
  return {
    RecoveryPointArn: `arn:aws:rds:eu-west-1:${ACCOUNT}:snapshot:awsbackup:job-${rule}-${at}`,
    ResourceArn: `arn:aws:rds:eu-west-1:${ACCOUNT}:db:orders-db`,
    CreatedBy: { BackupPlanId: 'plan-1', BackupRuleId: `id-${rule}`, BackupRuleName: rule },
    Status: 'COMPLETED',
    CreationDate: createdAt,
    CompletionDate: new Date(createdAt.getTime() + 1_800_000),
    Lifecycle: { DeleteAfterDays: rule === 'continuous' ? CONTINUOUS_DAYS : DEFAULT_RETENTION.keepDays(rule) },
    EncryptionKeyArn: KEY,
    IsEncrypted: true,
    ...more,
  };
}

/** When the newest backups of each tier were begun. */
export const NEWEST = {
  yearly: '2026-01-01T03:00:00Z',
  monthly: '2026-11-01T03:00:00Z',
  weekly: '2026-11-23T03:00:00Z',
  daily: '2026-11-22T03:00:00Z',
} as const satisfies Record<Tier, string>;

/** The snapshots that the vault of this Region should hold, among others. */
export const POINTS = (Object.keys(NEWEST) as Tier[]).map((tier) => point(tier, NEWEST[tier]));

/** A copy of a snapshot. */
export const copyOf = (original: RecoveryPointByBackupVault, more: Partial<RecoveryPointByBackupVault> = {}) => ({
  ...original,
  RecoveryPointArn: `${original.RecoveryPointArn}-copy`,
  EncryptionKeyArn: RECOVERY_KEY,
  CompletionDate: new Date((original.CompletionDate?.getTime() ?? 0) + 3_600_000),
  ...more,
});

/** How AWS Backup answers a planned rule. */
export function deployedRule(rule: PlannedRule) {
  return {
    RuleName: rule.name,
    RuleId: `id-${rule.name}`,
    TargetBackupVaultName: 'acme-vault',
    ScheduleExpression: rule.scheduleExpression,
    ScheduleExpressionTimezone: rule.timeZone,
    StartWindowMinutes: rule.startWindowMinutes,
    CompletionWindowMinutes: rule.completionWindowMinutes,
    Lifecycle: { DeleteAfterDays: rule.deleteAfterDays },
    EnableContinuousBackup: rule.isContinuous,
    CopyActions: rule.isCopied
      ? [
          {
            DestinationBackupVaultArn: `arn:aws:backup:eu-central-1:${ACCOUNT}:backup-vault:acme-recovery-vault`,
            Lifecycle: { DeleteAfterDays: rule.deleteAfterDays },
          },
        ]
      : [],
  };
}

export const PLAN: BackupPlan = {
  BackupPlanName: 'acme-databases',
  Rules: plannedRules(DEFAULT_RETENTION, EVENT.planTime).map(deployedRule),
};

export function vault(keyArn: string, more: Partial<DescribeBackupVaultOutput> = {}): DescribeBackupVaultOutput {
  const { leastDays, mostDays } = lockRange(Retention.gfs(EVENT.retention));
  return { EncryptionKeyArn: keyArn, Locked: true, MinRetentionDays: leastDays, MaxRetentionDays: mostDays, ...more };
}

/** What is in the account; everything is as it should be unless told otherwise. */
export interface Inventory {
  readonly instances?: readonly DBInstance[];
  readonly clusters?: readonly DBCluster[];
  readonly points?: readonly RecoveryPointByBackupVault[];
  readonly copies?: readonly RecoveryPointByBackupVault[];
  readonly vault?: DescribeBackupVaultOutput;
  readonly recoveryVault?: DescribeBackupVaultOutput;
  readonly plan?: BackupPlan;
  readonly optIns?: Readonly<Record<string, boolean>>;
  /** What differs of keys, by their ARNs. */
  readonly keys?: Readonly<Record<string, Partial<KeyMetadata>>>;
  /** Days between rotations, by the ARN of the key; 0 for none. @default 365 */
  readonly rotationDays?: Readonly<Record<string, number>>;
  /** ARN of the key that AWS manages for RDS. @default - there is none */
  readonly managedKey?: string;
  readonly automatedBackups?: readonly DBInstanceAutomatedBackup[];
  /** Recovery points on a page. @default 1000 */
  readonly pageSize?: number;
  /** Answers in place of the usual ones, as `<region> <operation>`. */
  readonly answers?: Answers;
}

/** An account with its clients. */
export class FakeAccount {
  /** Clients that were asked for, as `<service> <region> <role>`. */
  readonly asked: string[] = [];
  private readonly made = new Map<string, FakeSdkClient>();

  constructor(private readonly inventory: Inventory = {}) {}

  readonly clients: DatabaseClients = {
    rds: (region) => this.client('rds', { region }) as unknown as RDSClient,
    backup: (place) => this.client('backup', place) as unknown as BackupClient,
    kms: (place) => this.client('kms', place) as unknown as KMSClient,
  };

  /** Inputs of an operation in a Region. */
  inputsOf(service: string, region: string, operation: string): unknown[] {
    return this.made.get(`${service} ${region}`)?.inputsOf(operation) ?? [];
  }

  private client(service: string, { region, roleArn }: Place): FakeSdkClient {
    this.asked.push([service, region, ...(roleArn === undefined ? [] : [roleArn])].join(' '));
    const id = `${service} ${region}`;
    const made = this.made.get(id) ?? new FakeSdkClient(this.answers(region));
    this.made.set(id, made);
    return made;
  }

  private answers(region: string): Answers {
    const isPrimary = region === EVENT.vault.region;
    const { inventory } = this;
    const points = isPrimary ? (inventory.points ?? POINTS) : (inventory.copies ?? POINTS.map((each) => copyOf(each)));
    const usual: Answers = {
      DescribeDBInstances: ({ DBInstanceIdentifier: id }: { DBInstanceIdentifier: string }) => {
        const found = (inventory.instances ?? [instance()]).filter((each) => each.DBInstanceIdentifier === id);
        return found.length > 0 ? { DBInstances: found } : sdkError('DBInstanceNotFoundFault', `no ${id}`, 404);
      },
      DescribeDBClusters: ({ DBClusterIdentifier: id }: { DBClusterIdentifier: string }) => {
        const found = (inventory.clusters ?? [cluster()]).filter((each) => each.DBClusterIdentifier === id);
        return found.length > 0 ? { DBClusters: found } : sdkError('DBClusterNotFoundFault', `no ${id}`, 404);
      },
      DescribeDBInstanceAutomatedBackups: () => ({ DBInstanceAutomatedBackups: inventory.automatedBackups ?? [] }),
      DescribeDBClusterAutomatedBackups: () => ({ DBClusterAutomatedBackups: inventory.automatedBackups ?? [] }),
      GetBackupPlan: () => ({ BackupPlan: inventory.plan ?? PLAN }),
      DescribeRegionSettings: () => ({ ResourceTypeOptInPreference: inventory.optIns ?? { RDS: true, Aurora: true } }),
      DescribeBackupVault: () =>
        isPrimary ? (inventory.vault ?? vault(VAULT_KEY)) : (inventory.recoveryVault ?? vault(RECOVERY_KEY)),
      ListRecoveryPointsByBackupVault: ({ NextToken: token = '0' }: { NextToken?: string }) => {
        const start = Number(token);
        const end = start + (inventory.pageSize ?? 1_000);
        return {
          RecoveryPoints: points.slice(start, end),
          ...(end < points.length && { NextToken: String(end) }),
        };
      },
      DescribeKey: ({ KeyId }: { KeyId: string }) => this.describeKey(KeyId),
      GetKeyRotationStatus: ({ KeyId }: { KeyId: string }) => {
        const days = inventory.rotationDays?.[KeyId] ?? 365;
        return { KeyRotationEnabled: days > 0, RotationPeriodInDays: days };
      },
    };
    const given = Object.entries(inventory.answers ?? {}).flatMap(([name, answer]) => {
      const [where, operation = ''] = name.split(' ');
      return where === region ? [[operation, answer] as const] : [];
    });
    return { ...usual, ...Object.fromEntries(given) };
  }

  private describeKey(id: string) {
    if (id === 'alias/aws/rds' && this.inventory.managedKey === undefined) {
      return sdkError('NotFoundException', 'no alias');
    }
    const aliases: Readonly<Record<string, string | undefined>> = {
      'alias/aws/rds': this.inventory.managedKey,
      [RECOVERY_ALIAS]: RECOVERY_KEY,
    };
    const arn = aliases[id] ?? id;
    return { KeyMetadata: { Arn: arn, KeyState: 'Enabled', Origin: 'AWS_KMS', ...this.inventory.keys?.[arn] } };
  }
}

/** What the verification finds in such an account. */
export function verify(
  inventory: Inventory = {},
  event: Partial<VerifyDatabaseEvent> = {},
  now = NOW,
): Promise<VerifiedDatabases> {
  return verifyDatabases({ ...EVENT, ...event }, { clients: new FakeAccount(inventory).clients, now });
}

/** A finding as `kind!: detail`, with `!` when it is critical. */
export const textOf = ({ kind, isCritical, detail }: VerifiedDatabases['common'][number]) =>
  `${kind}${isCritical ? '!' : ''}: ${detail}`;

/** All findings of the verification in such an account, those of databases first. */
export async function findingsIn(...given: Parameters<typeof verify>): Promise<string[]> {
  const { databases, common } = await verify(...given);
  return [...databases.flatMap(({ findings }) => findings), ...common].map(textOf);
}

/** The findings of one kind. */
export async function findingsOf(kind: DatabaseFindingKind, ...given: Parameters<typeof verify>): Promise<string[]> {
  return (await findingsIn(...given)).filter((text) => text.startsWith(kind));
}
