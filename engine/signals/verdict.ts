import { PROOF_DURATION_LIMIT_SECONDS } from '../contract/signals';
import type { TargetResult } from '../contract/verify-files';
import type { ProofState } from '../files/proof-state';
import type { VerifiedTarget } from '../files/verify-files';

/**
 * Whether a target gives no reason to call anybody. A proof that goes on in the next run is good only while nothing speaks
 * against it: else one that never ends, or one that comes after damage, would pass for a success.
 *
 * @param now milliseconds since 1970.
 */
export function isGood({ result, state }: VerifiedTarget, now: number): boolean {
  switch (result.outcome) {
    case 'proved':
      return true;
    case 'unfinished':
      return (
        findingsOf(result) === 0 &&
        state?.lastCompleted?.outcome !== 'damaged' &&
        (ageSeconds(presentSince(state), now) ?? 0) <= PROOF_DURATION_LIMIT_SECONDS
      );
    default:
      return false;
  }
}

/** Number of findings of all kinds. */
export function findingsOf({ findings }: TargetResult): number {
  return Object.values(findings).reduce((sum, count) => sum + count, 0);
}

/** When the newest proof of presence began, or the first proof while there is none; an ISO 8601 instant. */
export function presentSince(state: ProofState | undefined): string | undefined {
  return state?.proved.present ?? state?.firstProofAt;
}

/** Seconds from an ISO 8601 instant until `now` (milliseconds since 1970), never below 0. */
export function ageSeconds(instant: string | undefined, now: number): number | undefined {
  return instant === undefined ? undefined : Math.max(0, (now - Date.parse(instant)) / 1000);
}
