import type { CacheFinding, CacheFindingKind } from '../contract/redis';

/** Something that endangers a restore. */
export const critical = (kind: CacheFindingKind, detail: string): CacheFinding => ({ kind, isCritical: true, detail });

/** Something to mend before it endangers one. */
export const warning = (kind: CacheFindingKind, detail: string): CacheFinding => ({ kind, isCritical: false, detail });

/** What cannot be looked up is a finding: nobody knows. Errors of Holdfast carry their own hint. */
export const unknown = (error: unknown): CacheFinding =>
  critical('unknown', error instanceof Error ? error.message : String(error));

/** A span of time in hours. */
export const hours = (seconds: number): string => `${Math.round(seconds / 360) / 10} h`;
