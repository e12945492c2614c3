import { ArchiveError } from './archive-error';
import { type ByteReader, INT_BYTES } from './byte-reader';

/**
 * Reads a string: its length, then its bytes (`WriteStr` in pg_backup_archiver.c); undefined for NULL.
 *
 * Bytes are taken as UTF-8. An archive of a database with another encoding is read just as well, and copied byte for
 * byte; only its names outside ASCII are shown with replacement characters.
 *
 * @param what names the value in errors.
 * @param limitBytes the longest that is accepted; memory is taken only for bytes that arrive.
 * @throws ArchiveError `limit` when it claims to be longer, `truncated` when the stream ends inside it.
 */
export async function readString(reader: ByteReader, what: string, limitBytes: number): Promise<string | undefined> {
  return (await readBytes(reader, what, limitBytes))?.toString('utf8');
}

/** Passes over a string, and says whether it held anything. For values that can be long and are not looked at. */
export async function skipString(reader: ByteReader, what: string, limitBytes: number): Promise<boolean> {
  const bytes = await readBytes(reader, what, limitBytes);
  return bytes !== undefined && bytes.length > 0;
}

async function readBytes(reader: ByteReader, what: string, limitBytes: number): Promise<Buffer | undefined> {
  if (reader.available < INT_BYTES) {
    await reader.require(INT_BYTES, `the length of ${what}`);
  }
  const { offset } = reader;
  const length = reader.int(`the length of ${what}`);
  if (length === -1) {
    return undefined;
  }
  if (length < 0) {
    throw new ArchiveError('malformed', offset, `the length of ${what} is ${length}, must be -1 or more`);
  }
  if (length > limitBytes) {
    throw new ArchiveError('limit', offset, `the length of ${what} is ${length} bytes, the limit is ${limitBytes}`);
  }
  if (reader.available < length) {
    await reader.require(length, what);
  }
  return reader.take(length);
}
