import { inParallel } from '../objects/in-parallel';
import { errorCode } from '../postgres/error-code';
import type { RestoreContext } from './context';
import { execute, withClient } from './databases';

/**
 * Takes the statistics by which the server plans queries. Archives have none, and until autovacuum comes by, which it never
 * does to a partitioned table as a whole, each query is planned as if nothing were known.
 *
 * What was restored is there and compared already, so that statistics that cannot be taken are a warning.
 *
 * @param schemas schemas whose tables are looked at. @default - all
 */
export async function takeStatistics(
  context: Pick<RestoreContext, 'access' | 'jobs' | 'log' | 'signal'>,
  database: string,
  schemas?: readonly string[],
): Promise<void> {
  const { access, jobs, log, signal } = context;
  try {
    const tables = await withClient(access, database, async (client) => {
      const { rows } = await client.query<{ name: string }>(TABLES, [schemas ?? null]);
      return rows.map(({ name }) => name);
    });
    log.info('taking statistics for the query planner', { tables: tables.length });
    await inParallel(portions(tables), jobs, async (portion) => {
      signal.throwIfAborted();
      await execute(access, database, [`ANALYZE ${portion.join(', ')}`]);
    });
  } catch (error) {
    // The server's text may quote a row, of which a function in an index failed.
    log.warn('cannot take all statistics for the query planner', {
      reason: signal.aborted ? 'stopped' : `SQLSTATE ${errorCode(error) ?? 'unknown'}`,
      hint: 'what was restored is whole; run ANALYZE in the database.',
    });
  }
}

/** With a partitioned table its partitions are looked at as well. */
const TABLES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND ($1::text[] IS NULL OR n.nspname = ANY ($1)) ORDER BY 1`;

const TABLES_OF_A_COMMAND = 100;

function portions(tables: readonly string[]): (readonly string[])[] {
  return Array.from({ length: Math.ceil(tables.length / TABLES_OF_A_COMMAND) }, (_, index) =>
    tables.slice(index * TABLES_OF_A_COMMAND, (index + 1) * TABLES_OF_A_COMMAND),
  );
}
