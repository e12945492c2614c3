import type { Retention } from '../contract/retention';
import type { DatabaseFinding } from '../contract/verify-database';
import { critical, spanText } from './finding';
import { newestOf, type RecoveryPoint, standsFor } from './recovery-point';

/** Seconds after its end within which a recovery point is in the recovery vault: a first copy of a large database is a whole one. */
export const COPY_LIMIT_SECONDS = 12 * 3_600;

/** What a vault should hold, and under which key. */
export interface ExpectedKey {
  readonly arn: string;
  /** Whose it is: `the vault acme-recovery-vault`. */
  readonly owner: string;
}

/**
 * The tiers whose newest recovery point, of those that a copy has had time for, is not in the recovery vault. Only the plan copies what
 * it makes, so one that was made by hand is not missed there.
 *
 * A copy does not name what it was made of. So any counts that is of a tier as long, and was begun or finished no earlier than
 * the recovery point.
 */
export function missingCopies(
  points: readonly RecoveryPoint[],
  copies: readonly RecoveryPoint[],
  recoveryVault: string,
  retention: Retention,
  now: number,
): DatabaseFinding[] {
  const due = points.filter(
    ({ isPlanned, completedAt }) => isPlanned && (now - completedAt) / 1_000 > COPY_LIMIT_SECONDS,
  );
  return retention.tiers.flatMap((tier) => {
    const newest = newestOf(due.filter((point) => point.tier === tier));
    if (newest === undefined || copies.some((copy) => isCopyOf(copy, newest, retention))) {
      return [];
    }
    return [
      critical(
        'copyMissing',
        `the ${tier} recovery point of ${new Date(newest.createdAt).toISOString()} is not in the vault ${recoveryVault}, must be within ${spanText(COPY_LIMIT_SECONDS)}: read the newest copy jobs in AWS Backup, then copy it by hand`,
      ),
    ];
  });
}

/** The newest recovery point of each tier, if it is under another key than expected, or under none. */
export function wrongKeys(
  points: readonly RecoveryPoint[],
  vault: string,
  expected: ExpectedKey,
  retention: Retention,
): DatabaseFinding[] {
  return retention.tiers.flatMap((tier) => {
    const newest = newestOf(points.filter((point) => point.tier === tier));
    return newest === undefined || newest.keyArn === expected.arn
      ? []
      : [
          critical(
            'wrongKey',
            `the newest ${tier} recovery point in the vault ${vault} is encrypted with ${newest.keyArn ?? 'no key'}, must be that of ${expected.owner} (${expected.arn}), else it may be unreadable in a disaster: correct the key, then back up again`,
          ),
        ];
  });
}

function isCopyOf(copy: RecoveryPoint, point: RecoveryPoint, retention: Retention): boolean {
  return standsFor(copy.tier, point.tier, retention) && Math.max(copy.createdAt, copy.completedAt) >= point.createdAt;
}
