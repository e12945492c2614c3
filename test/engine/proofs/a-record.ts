import type { ProofRecord } from '../../../engine/contract/proofs';
import { type ProvedFacts, proofRecord } from '../../../engine/proofs/write-record';

/** Facts of a proof that found nothing wrong. */
export const FACTS: ProvedFacts = {
  system: 'files',
  resource: 'uploads',
  level: 'present',
  outcome: 'proved',
  startedAt: new Date('2026-11-23T02:00:00Z'),
  finishedAt: new Date('2026-11-23T02:04:30Z'),
  findings: [],
};

/** A record of a proof that found nothing wrong. */
export const aRecord = (facts: Partial<ProvedFacts> = {}): ProofRecord => proofRecord({ ...FACTS, ...facts });
