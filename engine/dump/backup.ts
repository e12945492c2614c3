import type { BackupManifest } from '../catalog/manifest';
import { ToolError } from '../postgres/tool-error';
import type { DumpContext } from './context';
import { backUpDatabases } from './databases-backup';
import { backUpSchemas } from './schema-backup';
import { Undertaking } from './undertaking';

/**
 * Backs up all tenants of a database, in this process. The backup exists when this resolves; when it rejects there is
 * none, `pg_dump` has ended, and no upload goes on.
 *
 * A table or schema that is dropped while `pg_dump` reads the catalogue makes it fail: the dump is then tried once more, from
 * a new snapshot and under an id of its own.
 *
 * @throws Error with a HINT; the first one, where one failure brought about others.
 */
export async function backUp(context: DumpContext): Promise<BackupManifest> {
  try {
    return await attempt(context);
  } catch (error) {
    if (!isWorthAnotherTry(error) || context.signal.aborted) {
      throw error;
    }
    context.log.warn('a table or schema was dropped meanwhile; dumping again from a new snapshot', {
      reason: error.message,
    });
    context.progress.reset();
    return attempt(context);
  }
}

async function attempt(context: DumpContext): Promise<BackupManifest> {
  const { tenants } = context.settings;
  const run = new Undertaking(context.signal);
  return run.finish(
    tenants.kind === 'databasesLike' ? backUpDatabases(context, run, tenants) : backUpSchemas(context, run, tenants),
  );
}

const isWorthAnotherTry = (error: unknown): error is ToolError =>
  error instanceof ToolError && error.fault === 'vanished';
