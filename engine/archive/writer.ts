import { INT_BYTES } from './byte-reader';
import type { ArchiveHeader } from './header';
import { DATA_POSITION_BYTES, DataPosition, type TocEntry } from './toc';

/**
 * Header and table of contents of an archive that holds these entries of another one. Behind them belong the data
 * blocks of the entries, byte for byte and in the same order; `pg_restore` then reads the whole as if `pg_dump` had
 * written it to a pipe.
 *
 * Numbers and dependencies stay: `pg_restore` passes over a dependency on an entry that is not there
 * (`fix_dependencies` in pg_backup_archiver.c).
 */
export function archiveHead(header: ArchiveHeader, entries: readonly TocEntry[]): Buffer {
  const count = Buffer.alloc(INT_BYTES);
  count.writeUInt32LE(entries.length, 1);
  return Buffer.concat([header.raw, count, ...entries.map(entryWithoutOffset)]);
}

/** Where its data lie in the other archive says nothing about this one. */
function entryWithoutOffset({ raw, dataOffset }: TocEntry): Buffer {
  if (dataOffset === undefined) {
    return raw;
  }
  const unset = Buffer.alloc(DATA_POSITION_BYTES);
  unset.writeUInt8(DataPosition.NOT_SET);
  return Buffer.concat([raw.subarray(0, -DATA_POSITION_BYTES), unset]);
}
