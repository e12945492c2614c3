import { INT_BYTES } from './byte-reader';
import type { ArchiveHeader } from './header';
import { DATA_POSITION_BYTES, DataPosition, type TocEntry } from './toc';

/**
 * Header and table of contents of an archive that holds entries of another one. Behind them belong the data blocks of
 * the entries, byte for byte and in the same order; `pg_restore` then reads the whole as if `pg_dump` had written it to
 * a pipe.
 *
 * Numbers and dependencies stay: `pg_restore` passes over a dependency on an entry that is not there
 * (`fix_dependencies` in pg_backup_archiver.c).
 *
 * @param entries number of the entries.
 * @param raw the entries byte for byte, each after {@link withoutOffset}.
 */
export function* archiveHead(header: ArchiveHeader, entries: number, raw: Iterable<Buffer>): Generator<Buffer, void> {
  const count = Buffer.alloc(INT_BYTES);
  count.writeUInt32LE(entries, 1);
  yield Buffer.concat([header.raw, count]);
  yield* raw;
}

/** An entry for another archive: where its data lie in this one says nothing about that. */
export function withoutOffset({ dataOffset }: TocEntry, raw: Buffer): Buffer {
  if (dataOffset === undefined) {
    return raw;
  }
  const unset = Buffer.alloc(DATA_POSITION_BYTES);
  unset.writeUInt8(DataPosition.NOT_SET);
  return Buffer.concat([raw.subarray(0, -DATA_POSITION_BYTES), unset]);
}
