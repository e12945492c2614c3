import { ProofOutcome, type ProofRecord, ProofSystem } from '../../../engine/contract/proofs';
import { ProofLevel } from '../../../engine/contract/signals';
import type { Evidence, LevelEvidence } from '../../../engine/status/evidence';

/** The moment at which tests look. */
export const NOW = new Date('2026-11-23T12:00:00Z');

export const HOUR = 3600;

/** A moment so many seconds ago. */
export const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);

/** A record of a proof that began so many seconds ago. */
export const record = (seconds: number, more: Partial<ProofRecord> = {}): ProofRecord => ({
  format: 1,
  system: ProofSystem.TENANTS,
  resource: 'shop',
  level: ProofLevel.PRESENT,
  outcome: ProofOutcome.PROVED,
  startedAt: ago(seconds).toISOString(),
  finishedAt: ago(seconds).toISOString(),
  software: '0.1.0',
  findingCount: more.findings?.length ?? 0,
  findings: [],
  ...more,
});

/** What a listing and the reading of the newest records of a level come to. @param provedRecord the newest that succeeded. */
export function level(newestRecord: ProofRecord, provedRecord?: ProofRecord): LevelEvidence {
  const proved = newestRecord.outcome === ProofOutcome.PROVED ? newestRecord : provedRecord;
  const entry = ({ startedAt, outcome, level: name }: ProofRecord) => ({
    key: `${name}/${startedAt}-${outcome}`,
    at: new Date(startedAt),
    outcome,
  });
  return {
    level: newestRecord.level,
    newest: entry(newestRecord),
    newestRecord,
    ...(proved && { newestProved: entry(proved), provedRecord: proved }),
  };
}

/** What is known of a resource: nothing but what is given. */
export const evidence = (more: Partial<Evidence> = {}): Evidence => ({ levels: [], unread: [], damaged: [], ...more });
