import type { ProofFinding } from '../contract/proofs';
import type { Retention, Tier } from '../contract/retention';
import { TenantFinding, warning } from './finding';

/** A backup as its manifest tells of it. Moments are milliseconds since 1970. */
export interface RetainedBackup {
  readonly id: string;
  readonly tier: Tier;
  /** When its run began. */
  readonly at: number;
  readonly lockedUntil: number;
}

/**
 * What differs from the retention: a lock that ends too early, a backup that should have gone, and a newest backup in another tier than it
 * earns. The tiers of older ones were given when others were there, perhaps under another retention; they are not judged by today's.
 *
 * @param backups newest first.
 */
export function retentionFindings(
  backups: readonly RetainedBackup[],
  retention: Retention,
  now: number,
): ProofFinding[] {
  return [...backups.flatMap((backup) => spanFindings(backup, retention, now)), ...tierFindings(backups, retention)];
}

/**
 * Whether a backup may go: its age has come, and its lock has ended. From then on the lifecycle takes it away object by object, in its own
 * time, so that nothing says any more that it must be whole.
 */
export const mayGo = (
  { tier, at, lockedUntil }: Omit<RetainedBackup, 'id'>,
  retention: Retention,
  now: number,
): boolean => now >= Math.max(retention.keptUntil(tier, new Date(at)).getTime(), lockedUntil);

/**
 * Until when a backup must be seen. A retention that has been made shorter since lets the lifecycle hide it although its lock has not
 * ended; a tier that is kept no more has no rule of the lifecycle.
 */
export function mustBeSeenUntil({ tier, at, lockedUntil }: Omit<RetainedBackup, 'id'>, retention: Retention): number {
  const keptUntil = retention.keptUntil(tier, new Date(at)).getTime();
  return retention.counts[tier] > 0 ? Math.min(keptUntil, lockedUntil) : lockedUntil;
}

const DAY_MS = 86_400_000;

/**
 * Days that the lifecycle may take: it rounds up to midnight, and works through a large bucket in its own time.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
const LIFECYCLE_DAYS = 3;

function spanFindings(
  { id, tier, at, lockedUntil }: RetainedBackup,
  retention: Retention,
  now: number,
): ProofFinding[] {
  const keptUntil = retention.keptUntil(tier, new Date(at)).getTime();
  if (now > Math.max(keptUntil, lockedUntil) + LIFECYCLE_DAYS * DAY_MS) {
    return [
      drift(
        `Backup ${id} is still there, as ${tier} backup it should have gone on ${day(keptUntil)}. HINT: look at the lifecycle rules of the bucket; deploy the stack again.`,
      ),
    ];
  }
  return lockedUntil < keptUntil - DAY_MS
    ? [
        drift(
          `Backup ${id} is locked until ${day(lockedUntil)}, as ${tier} backup it must be until ${day(keptUntil)}. HINT: the retention has been made longer since; extend the locks of its objects with s3:PutObjectRetention.`,
        ),
      ]
    : [];
}

function tierFindings([newest, ...earlier]: readonly RetainedBackup[], retention: Retention): ProofFinding[] {
  if (newest === undefined) {
    return [];
  }
  const others = earlier.map(({ tier, at }) => ({ tier, at: new Date(at) }));
  const earned = retention.tierOf(new Date(newest.at), others);
  return earned === newest.tier
    ? []
    : [
        drift(
          `The newest backup, ${newest.id}, is kept as ${newest.tier} backup, the retention makes it a ${earned} one. HINT: the next backup follows the retention; deploy the stack again if it does not.`,
        ),
      ];
}

const drift = (detail: string): ProofFinding => warning(TenantFinding.RETENTION, detail);

const day = (moment: number): string => new Date(moment).toISOString().slice(0, 10);
