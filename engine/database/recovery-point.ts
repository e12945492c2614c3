import {
  type BackupClient,
  ListRecoveryPointsByBackupVaultCommand,
  type ListRecoveryPointsByBackupVaultCommandOutput,
  type RecoveryPointByBackupVault,
} from '@aws-sdk/client-backup';
import { type Retention, TIERS, type Tier } from '../contract/retention';

/** A finished snapshot in a vault, or a copy of one. */
export interface RecoveryPoint {
  readonly arn: string;
  /** What was backed up, as the last part of its ARN: `db:orders` or `cluster:orders`. */
  readonly resource: string;
  readonly tier: Tier;
  /** Whether a plan made it, or copied it, and nobody by hand. */
  readonly isPlanned: boolean;
  /** When it was begun; of a copy perhaps when the copying was. Milliseconds since 1970. */
  readonly createdAt: number;
  /** When it was finished. Milliseconds since 1970. */
  readonly completedAt: number;
  /** ARN of the key that encrypts it; undefined when it is not encrypted. */
  readonly keyArn?: string;
}

/** Names of the rules of the deployed plan, by their ids. */
export type RuleNames = ReadonlyMap<string, string>;

/**
 * Lists the finished snapshots of some resources in a vault. One list serves all databases; of a continuous backup, whose one
 * recovery point stays as old as it is, RDS itself tells how far it reaches.
 *
 * @param resources the last parts of their ARNs.
 * @throws what AWS Backup throws.
 */
export async function listRecoveryPoints(
  backup: BackupClient,
  vaultName: string,
  resources: ReadonlySet<string>,
  toTier: (point: RecoveryPointByBackupVault) => Tier | undefined,
): Promise<RecoveryPoint[]> {
  const found: RecoveryPoint[] = [];
  let token: string | undefined;
  do {
    const page: ListRecoveryPointsByBackupVaultCommandOutput = await backup.send(
      new ListRecoveryPointsByBackupVaultCommand({
        BackupVaultName: vaultName,
        MaxResults: POINTS_PER_PAGE,
        NextToken: token,
      }),
    );
    for (const point of page.RecoveryPoints ?? []) {
      const resource = resourceOf(point.ResourceArn);
      const tier = toTier(point);
      if (resource !== undefined && tier !== undefined && resources.has(resource) && isFinished(point)) {
        found.push(recoveryPoint(point, resource, tier));
      }
    }
    token = page.NextToken;
  } while (token !== undefined);
  return found;
}

/**
 * The tier of a recovery point: the rule's that made it; made by none that is known, such as by hand, the longest that it is kept as
 * long as. Undefined for a continuous one.
 */
export function tierOfPoint(
  point: RecoveryPointByBackupVault,
  ruleNames: RuleNames,
  retention: Retention,
): Tier | undefined {
  const { BackupRuleName: name, BackupRuleId: id } = point.CreatedBy ?? {};
  const rule = name ?? (id === undefined ? undefined : ruleNames.get(id));
  if (rule === 'continuous' || point.RecoveryPointArn?.includes(CONTINUOUS)) {
    return undefined;
  }
  const keptDays = point.Lifecycle?.DeleteAfterDays ?? Number.POSITIVE_INFINITY;
  return (
    TIERS.find((tier) => tier === rule) ??
    retention.tiers.find((tier) => keptDays >= retention.keepDays(tier)) ??
    'daily'
  );
}

/**
 * Whether a recovery point of one tier serves as one of another: it is kept at least as long, which 60 daily ones are where 4 weekly ones
 * are kept. Of a tier that is not kept any more, its place among the tiers tells.
 */
export function standsFor(tier: Tier, other: Tier, retention: Retention): boolean {
  return retention.tiers.includes(tier)
    ? retention.keepDays(tier) >= retention.keepDays(other)
    : TIERS.indexOf(tier) <= TIERS.indexOf(other);
}

/** The newest of some recovery points. */
export function newestOf(points: readonly RecoveryPoint[]): RecoveryPoint | undefined {
  return points.reduce<RecoveryPoint | undefined>(
    (newest, point) => (newest === undefined || point.createdAt > newest.createdAt ? point : newest),
    undefined,
  );
}

/** Most that AWS Backup lists at a time. */
const POINTS_PER_PAGE = 1_000;

/** https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html */
const CONTINUOUS = ':recovery-point:continuous:';

function recoveryPoint(point: RecoveryPointByBackupVault, resource: string, tier: Tier): RecoveryPoint {
  const createdAt = point.CreationDate?.getTime() ?? 0;
  return {
    arn: point.RecoveryPointArn ?? '',
    resource,
    tier,
    isPlanned: point.CreatedBy?.BackupPlanId !== undefined,
    createdAt,
    completedAt: point.CompletionDate?.getTime() ?? createdAt,
    ...(point.IsEncrypted !== false && point.EncryptionKeyArn && { keyArn: point.EncryptionKeyArn }),
  };
}

/** https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RecoveryPointByBackupVault.html */
function isFinished({ Status: status, CreationDate: createdAt }: RecoveryPointByBackupVault): boolean {
  return (status === 'COMPLETED' || status === 'AVAILABLE') && createdAt !== undefined;
}

/** `cluster:orders` of `arn:aws:rds:eu-west-1:111122223333:cluster:orders`. */
function resourceOf(arn: string | undefined): string | undefined {
  return arn?.split(':').slice(5).join(':');
}
