import { ProofOutcome } from '../contract/proofs';
import type { ProofLevel } from '../contract/signals';
import { spanText } from '../report/quantities';
import { Health, type ObjectiveStatus, type ProofStatus } from './model';

/** What is wrong comes before what nobody knows, and that before what only should be looked at. */
const WORST_FIRST: readonly Health[] = [Health.CRITICAL, Health.UNKNOWN, Health.WARNING, Health.HEALTHY];

/** Clocks of who writes and who reads may differ by so much, in milliseconds; what is dated later cannot be trusted. */
export const TOLERATED_CLOCK_MS = 3_600_000;

/** The health of a whole, from that of its parts: the worst; healthy without any. Critical is worst, then unknown, then warning. */
export function worst(healths: Iterable<Health>): Health {
  const seen = new Set(healths);
  return WORST_FIRST.find((health) => seen.has(health)) ?? Health.HEALTHY;
}

/** Compares for sorting: the worse one first. */
export const byWorst = (left: Health, right: Health): number => WORST_FIRST.indexOf(left) - WORST_FIRST.indexOf(right);

/** Seconds from a moment to now; 0 for what a clock that is slightly ahead has written. */
export const ageSeconds = (at: Date, now: Date): number => Math.max(0, (now.getTime() - at.getTime()) / 1000);

/** Whether a moment lies further ahead than clocks may differ. */
export const isFuture = (at: Date, now: Date): boolean => at.getTime() > now.getTime() + TOLERATED_CLOCK_MS;

/** What is judged, and why it is not healthy, in sentences without their full stops; none when it is. */
export interface Judged<Status> {
  readonly status: Status;
  readonly reasons: readonly string[];
}

/** What is known of the proofs of a level. */
export interface LevelFacts {
  readonly level: ProofLevel;
  /** Oldest that the newest proof may be. @default - the level is not asked for */
  readonly limitSeconds?: number;
  /** The newest proof of all. @default - there is none */
  readonly newest?: { readonly at: Date; readonly outcome: ProofOutcome };
  /** When the newest proof that succeeded began. @default - there is none */
  readonly provedAt?: Date;
}

/**
 * Judges the proofs of a level at a moment: damage is critical; what was never proved, or not for too long, nobody knows; a proof that
 * could not be carried out is a warning while an earlier one still counts.
 */
export function judgeProof(facts: LevelFacts, now: Date): Judged<ProofStatus> {
  const { level, limitSeconds, newest, provedAt } = facts;
  const age = provedAt === undefined || isFuture(provedAt, now) ? undefined : ageSeconds(provedAt, now);
  const verdicts = [...futureProofs(facts, now), ...lastProof(facts, now), ...proofAge(facts, age)];
  return {
    status: {
      level,
      ...(provedAt !== undefined && { provedAt: provedAt.toISOString() }),
      ...(age !== undefined && { ageSeconds: age }),
      ...(limitSeconds !== undefined && { limitSeconds }),
      ...(newest !== undefined && { lastOutcome: newest.outcome }),
      health: worst(verdicts.map(([health]) => health)),
    },
    reasons: verdicts.map(([, reason]) => reason),
  };
}

/** A figure to judge. */
export interface ObjectiveFacts {
  /** What it is, as a sentence begins: `the newest backup is`. */
  readonly what: string;
  /** @default - it is not known */
  readonly seconds?: number;
  /** @default - none is asked for */
  readonly limitSeconds?: number;
  /** How bad it is to be above the limit. */
  readonly above: Health;
  /** How bad it is when it is not known, though it is asked for. @default Health.UNKNOWN */
  readonly unknown?: Health;
  /** What is said when it is not known: `there is no backup`. */
  readonly absent: string;
  /** What follows the span of time in a sentence: ` old`. @default - nothing */
  readonly ending?: string;
}

/** Judges a figure by its objective. */
export function judgeObjective(facts: ObjectiveFacts): Judged<ObjectiveStatus> {
  const { seconds, limitSeconds, what, above, unknown = Health.UNKNOWN, absent, ending = '' } = facts;
  const shown = {
    ...(seconds !== undefined && { seconds }),
    ...(limitSeconds !== undefined && { limitSeconds }),
  };
  if (limitSeconds === undefined || (seconds !== undefined && seconds <= limitSeconds)) {
    return { status: { ...shown, health: Health.HEALTHY }, reasons: [] };
  }
  return seconds === undefined
    ? { status: { ...shown, health: unknown }, reasons: [absent] }
    : {
        status: { ...shown, health: above },
        reasons: [`${what} ${spanText(seconds)}${ending}, at most ${spanText(limitSeconds)}`],
      };
}

type Verdict = readonly [health: Health, reason: string];

/** A wrong clock would keep a proof fresh for ever. */
function futureProofs({ level, newest, provedAt }: LevelFacts, now: Date): Verdict[] {
  const moments = [newest?.at, provedAt].filter((at) => at !== undefined && isFuture(at, now));
  const dates = new Set(moments.map((at) => at?.toISOString()));
  return [...dates].map((date) => [Health.UNKNOWN, `a proof "${level}" is dated ${date}, which is yet to come`]);
}

function lastProof({ level, newest }: LevelFacts, now: Date): Verdict[] {
  if (newest === undefined || isFuture(newest.at, now)) {
    return [];
  }
  const ago = `${spanText(ageSeconds(newest.at, now))} ago`;
  switch (newest.outcome) {
    case ProofOutcome.DAMAGED:
      return [[Health.CRITICAL, `the newest proof "${level}", ${ago}, found damage`]];
    case ProofOutcome.FAILED:
      return [[Health.WARNING, `the newest proof "${level}", ${ago}, could not be carried out`]];
    case ProofOutcome.PROVED:
      return [];
  }
}

function proofAge({ level, limitSeconds, provedAt }: LevelFacts, age: number | undefined): Verdict[] {
  if (limitSeconds === undefined) {
    return [];
  }
  if (provedAt === undefined) {
    return [[Health.UNKNOWN, `"${level}" was never proved`]];
  }
  return age !== undefined && age > limitSeconds
    ? [[Health.UNKNOWN, `"${level}" was proved ${spanText(age)} ago, at most ${spanText(limitSeconds)}`]]
    : [];
}
