import { connectionText } from '../dump/globals';
import { startTool, type ToolOptions } from '../postgres/tool';
import { ToolError } from '../postgres/tool-error';
import { EntryFailures } from './entry-failures';

/**
 * Runs `pg_restore` on a database, past entries that fail.
 *
 * @returns the entries that failed.
 * @throws ToolError when it gave up, so that nobody knows what is missing.
 */
export async function runPgRestore(
  tools: ToolOptions,
  database: string,
  args: readonly string[],
): Promise<EntryFailures> {
  const failures = new EntryFailures();
  const tool = startTool(
    'pg_restore',
    ['--verbose', '--no-password', `--dbname=${connectionText(database)}`, ...args],
    {
      ...tools,
      onMessages: (piece) => failures.write(piece),
    },
  );
  tool.stdin.end();
  tool.stdout.resume();
  const [end] = await Promise.allSettled([tool.done]);
  failures.end();
  if (tools.signal?.aborted) {
    throw tools.signal.reason;
  }
  if (end.status === 'rejected' && !failures.isAll) {
    throw withoutChatter(end.reason, failures);
  }
  return failures;
}

/** Only what was wrong, of all that a verbose tool says. */
function withoutChatter(error: unknown, { errors }: EntryFailures): unknown {
  return error instanceof ToolError && errors.length > 0
    ? new ToolError('pg_restore', error.end, errors.join('\n'))
    : error;
}
