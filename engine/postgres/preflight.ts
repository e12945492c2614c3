import type { Compression } from '../contract/tenant-dumps';
import type { ServerDescription } from './snapshot';
import { runTool, type ToolOptions } from './tool';
import { LOCKS_RESTART_HINT } from './tool-error';

/** Version of the client tools. */
export interface ClientDescription {
  /** Version in words, such as `17.10`. */
  readonly version: string;
  /** Major version, such as 17. */
  readonly major: number;
}

/**
 * Asks `pg_dump` for its version.
 *
 * @throws ToolError when it cannot be run, Error when it gives no version.
 */
export async function clientVersion(options: ToolOptions): Promise<ClientDescription> {
  const answer = (await runTool('pg_dump', ['--version'], options, VERSION_LIMIT_BYTES)).toString().trim();
  const [, version, major] = /^pg_dump \(PostgreSQL\) ((\d+)\S*)/.exec(answer) ?? [];
  if (version === undefined) {
    throw new Error(
      `pg_dump --version answered ${JSON.stringify(answer.slice(0, 200))}, which names no version. HINT: look which program HOLDFAST_POSTGRES_BIN or PATH leads to.`,
    );
  }
  return { version, major: Number(major) };
}

/**
 * Makes sure that client tools can dump a server, with a compression that they know.
 *
 * @throws RangeError with a HINT.
 */
export function checkVersions(client: ClientDescription, server: ServerDescription, compression: Compression): void {
  const serverMajor = Math.floor(server.versionNumber / 10_000);
  if (client.major < OLDEST_CLIENT || client.major > NEWEST_CLIENT) {
    throw new RangeError(
      `The client tools are of PostgreSQL ${client.version}, known are ${OLDEST_CLIENT} to ${NEWEST_CLIENT}. HINT: install those of the server's major version, ${serverMajor}.`,
    );
  }
  if (client.major < serverMajor) {
    throw new RangeError(
      `The client tools are of PostgreSQL ${client.version}, the server is of ${server.version}. HINT: install client tools of version ${serverMajor} or newer; the image takes the version as POSTGRES_MAJOR.`,
    );
  }
  checkCompression(client, compression);
}

function checkCompression(client: ClientDescription, compression: Compression): void {
  if ((compression === 'lz4' || compression === 'zstd') && client.major < METHODS_SINCE) {
    throw new RangeError(
      `pg_dump of PostgreSQL ${client.version} does not know the compression ${compression}; ${METHODS_SINCE} and newer do. HINT: choose gzip, or newer client tools.`,
    );
  }
}

/**
 * Makes sure that the server has room for a lock on each relation that is dumped. Beyond it not only the dump fails: every
 * session that needs one more lock does.
 *
 * @param relations number of tables, sequences and views.
 * @throws RangeError with a HINT that names the value to set.
 */
export function checkLockRoom(relations: number, { lockRoom, lockHolders }: ServerDescription): void {
  if (relations <= lockRoom) {
    return;
  }
  const enough = Math.ceil((relations * LOCK_MARGIN) / lockHolders / 64) * 64;
  throw new RangeError(
    `The dump takes a lock on each of ${relations} tables, sequences and views; the server has room for ${lockRoom}. HINT: set max_locks_per_transaction to ${enough} or more. ${LOCKS_RESTART_HINT}`,
  );
}

const VERSION_LIMIT_BYTES = 4 * 1024;
/** Those whose archives Holdfast reads: formats 1.14 to 1.16. libpq has known how to demand a version of TLS since 13. */
const OLDEST_CLIENT = 13;
const NEWEST_CLIENT = 18;
/** First version whose `pg_dump` takes the name of a method. */
const METHODS_SINCE = 16;
/** Room for the locks of other sessions. */
const LOCK_MARGIN = 1.25;
