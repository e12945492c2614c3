import { ArchiveError } from './archive-error';
import type { ByteReader } from './byte-reader';

/**
 * Reads a string: its length, then its bytes (`WriteStr` in pg_backup_archiver.c); undefined for NULL. To be called
 * within {@link ByteReader.whole}.
 *
 * Bytes are taken as UTF-8. An archive of a database with another encoding is read just as well, and copied byte for
 * byte; only its names outside ASCII are shown with replacement characters.
 *
 * @param what names the value in errors.
 * @param limitBytes the longest that is accepted; memory is taken only for bytes that arrive.
 * @throws ArchiveError `limit` when it claims to be longer.
 */
export function readString(reader: ByteReader, what: string, limitBytes: number): string | undefined {
  const length = readLength(reader, what, limitBytes);
  return length === undefined ? undefined : reader.text(length, what);
}

/** Passes over a string, and says whether it held anything. For values that can be long and are not looked at. */
export function skipString(reader: ByteReader, what: string, limitBytes: number): boolean {
  const length = readLength(reader, what, limitBytes) ?? 0;
  reader.skip(length, what);
  return length > 0;
}

function readLength(reader: ByteReader, what: string, limitBytes: number): number | undefined {
  const { offset } = reader;
  const length = reader.int(what);
  if (length === -1) {
    return undefined;
  }
  if (length < 0) {
    throw new ArchiveError('malformed', offset, `the length of ${what} is ${length}, must be -1 or more`);
  }
  if (length > limitBytes) {
    throw new ArchiveError('limit', offset, `the length of ${what} is ${length} bytes, the limit is ${limitBytes}`);
  }
  return length;
}
