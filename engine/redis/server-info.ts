/** What the probe reads from one server. */
export interface ServerFigures {
  /** Id of this run of the server: another after each restart. */
  readonly runId: string;
  /** Changes since the server saved itself; undefined where it does not tell, as a serverless cache. */
  readonly changes: number | undefined;
  /** Bytes of the data in memory; undefined where it does not tell. */
  readonly bytes: number | undefined;
}

/**
 * Reads the answer to INFO. The changes are `rdb_changes_since_last_save`, the bytes `used_memory_dataset`, or `used_memory`
 * where the former is not told. A server that tells neither, as one that hides its nodes may, is saved all the same.
 *
 * @param server names the server in errors.
 * @throws Error when the answer has no id of the run.
 * @see https://redis.io/docs/latest/commands/info/
 */
export function readServerInfo(info: string, server: string): ServerFigures {
  const fields = new Map(info.split('\r\n').map(fieldOf));
  const runId = fields.get('run_id');
  const bytes = numberOf(fields.get('used_memory_dataset')) ?? numberOf(fields.get('used_memory'));
  if (runId === undefined || runId === '') {
    throw new Error(`${server} answered INFO without run_id. HINT: let the user call INFO with all its sections.`);
  }
  return { runId, changes: numberOf(fields.get('rdb_changes_since_last_save')), bytes };
}

function fieldOf(line: string): [name: string, value: string] {
  const end = line.indexOf(':');
  return end < 0 ? [line, ''] : [line.slice(0, end), line.slice(end + 1)];
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
