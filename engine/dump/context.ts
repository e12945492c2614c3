import type { TenantDumpsSettings } from '../contract/tenant-dumps';
import type { DatabaseAccess } from '../postgres/connection';
import type { WorkLog } from '../signals/work-log';
import type { ProgressCounter } from './progress';
import type { Stores } from './stores';

/** What a dump works with. */
export interface DumpContext {
  readonly settings: TenantDumpsSettings;
  readonly access: DatabaseAccess;
  /** Folder of the client tools. @default - they are looked for in PATH */
  readonly toolsDirectory?: string | undefined;
  /**
   * The bucket and its catalogue; the same with each call. First called when `pg_dump` runs already: it then works on the
   * catalogue of the database while this process loads the SDK.
   */
  readonly stores: () => Promise<Stores>;
  readonly log: WorkLog;
  readonly progress: ProgressCounter;
  /** Stops the dump; the reason is what it fails of. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Version of Holdfast. */
  readonly software: string;
}
