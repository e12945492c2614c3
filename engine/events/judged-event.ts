import type { Severity } from '../contract/paging';
import type { JobKind } from '../contract/signals';

/** What an event says that somebody should hear of, or that is counted. */
export interface JudgedEvent {
  readonly kind: JobKind;
  /** How loud it is; absent for good news. */
  readonly severity?: Severity;
  /** One sentence for whoever is on call. Texts of others in it are as they came. */
  readonly text: string;
  /** Seconds that a completed job took. */
  readonly durationSeconds?: number;
  /** Bytes of a completed job. */
  readonly bytes?: number;
}
