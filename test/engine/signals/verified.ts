import type { TargetResult } from '../../../engine/contract/verify-files';
import type { ProofState } from '../../../engine/files/proof-state';
import type { VerifiedTarget } from '../../../engine/files/verify-files';

export const NOW = Date.parse('2026-11-23T15:00:00Z');

/** A target after a run; proved unless told otherwise. */
export function verified(result: Partial<TargetResult> = {}, more: Partial<VerifiedTarget> = {}): VerifiedTarget {
  return {
    result: {
      resource: 'uploads',
      outcome: 'proved',
      matching: 'versionId',
      proofId: '20261123T144000Z',
      findings: {},
      versions: 3,
      bytes: 100,
      replicationLagSeconds: 0,
      ...result,
    },
    firstFindings: [],
    state: stateOf('proved'),
    ...more,
  };
}

/** A state whose newest proof ended so, 20 minutes ago. */
export function stateOf(outcome: 'proved' | 'damaged'): ProofState {
  return {
    format: 1,
    firstProofAt: '2026-11-23T12:00:00.000Z',
    suspects: [],
    awaited: {},
    proved: { present: '2026-11-23T14:40:00.000Z', intact: '2026-11-23T14:00:00.000Z' },
    lastCompleted: {
      id: '20261123T144000Z',
      startedAt: '2026-11-23T14:40:00.000Z',
      outcome,
      recoveryPoint: '2026-11-23T14:30:00.000Z',
      bytes: 100,
    },
    readingCycle: { startedAt: '2026-11-23T12:00:00.000Z', cursor: 0 },
  };
}

/** A target that failed before its state could be read. */
export function failed(result: Partial<TargetResult> = {}): VerifiedTarget {
  const { state: _, ...rest } = verified({
    outcome: 'failed',
    error: 'Cannot list.',
    versions: 0,
    bytes: 0,
    ...result,
  });
  return rest;
}
