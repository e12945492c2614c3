import type { Catalog } from '../catalog/catalog';
import type { ObjectStore } from '../objects/object-store';
import type { DatabaseAccess } from '../postgres/connection';
import type { ToolOptions } from '../postgres/tool';
import type { WorkLog } from '../signals/work-log';

/** What a restore works with. */
export interface RestoreContext {
  readonly catalog: Catalog;
  readonly objects: ObjectStore;
  readonly access: DatabaseAccess;
  /** Folder of the client tools. @default - they are looked for in PATH */
  readonly toolsDirectory?: string | undefined;
  /** Folder for archives while they are restored: downloaded and proved before a database is touched. */
  readonly scratchFolder: string;
  /** Number of archives, or of tables of one, that are restored at the same time. */
  readonly jobs: number;
  readonly log: WorkLog;
  /** Stops the restore; the reason is what it fails of. */
  readonly signal: AbortSignal;
}

/** How client tools are run on a database of the server. */
export async function toolOptions(
  { access, toolsDirectory, signal }: Pick<RestoreContext, 'access' | 'toolsDirectory' | 'signal'>,
  database = access.database,
): Promise<ToolOptions> {
  return { environment: await access.environment(database), directory: toolsDirectory, signal };
}
