/**
 * The script of `pg_dump` or `pg_restore` as a server takes it that is older than the tools: those of PostgreSQL 17 and newer
 * set `transaction_timeout`, which older servers do not know. Only the settings at the beginning are looked at.
 *
 * @param serverMajor major version of the server.
 */
export async function* scriptFor(serverMajor: number, script: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let beginning = serverMajor < KNOWN_SINCE ? Buffer.alloc(0) : undefined;
  for await (const piece of script) {
    if (beginning === undefined) {
      yield piece;
    } else {
      beginning = Buffer.concat([beginning, piece]);
      if (beginning.length >= BEGINNING_BYTES) {
        yield withoutTimeout(beginning);
        beginning = undefined;
      }
    }
  }
  if (beginning !== undefined) {
    yield withoutTimeout(beginning);
  }
}

const KNOWN_SINCE = 17;
/** The settings stand within the first 1,000 bytes. */
const BEGINNING_BYTES = 4 * 1024;
const TIMEOUT = '\nSET transaction_timeout = 0;\n';
/** The last of the settings. */
const LAST_SETTING = 'SET row_security = off;';

function withoutTimeout(beginning: Buffer): Buffer {
  const at = beginning.indexOf(TIMEOUT);
  const last = beginning.indexOf(LAST_SETTING);
  const isSetting = at !== -1 && (last === -1 || at < last);
  return isSetting
    ? Buffer.concat([beginning.subarray(0, at + 1), beginning.subarray(at + TIMEOUT.length)])
    : beginning;
}
