import { type BlockPart, readBlocks } from './blocks';
import { ByteReader, type ByteSource } from './byte-reader';
import { type ArchiveHeader, readHeader } from './header';
import { type EntryVisitor, readToc, type Toc } from './toc';

/** A custom-format archive that is being read: what it announces, then its data, in the order of the file. */
export interface Archive {
  readonly header: ArchiveHeader;
  readonly toc: Toc;
  /**
   * The data blocks, in parts no larger than the pieces the source gives; to be read once. Leaving the loop closes the
   * source, and so does its end.
   *
   * @throws ArchiveError when the blocks are cut, damaged, not those of the table of contents, or followed by anything.
   */
  blocks(): AsyncGenerator<BlockPart, void, undefined>;
  /** Closes the source of an archive whose blocks are not wanted. */
  close(): Promise<void>;
}

/**
 * Reads header and table of contents of an archive that `pg_dump -Fc` of PostgreSQL 12 to 18 wrote, and gets ready to
 * read its data as a stream. Nothing is sought: a pipe will do. Of the table of contents only the entries with data are
 * kept; who wants the others visits them as they pass.
 *
 * Format: `src/bin/pg_dump/pg_backup_archiver.c` and `pg_backup_custom.c` of PostgreSQL.
 *
 * @throws ArchiveError when it is no such archive, or damaged; the source is then closed.
 */
export async function openArchive(source: ByteSource, visit: EntryVisitor = () => undefined): Promise<Archive> {
  const reader = new ByteReader(source);
  try {
    const header = await readHeader(reader);
    const toc = await readToc(reader, header.minorVersion, visit);
    return { header, toc, blocks: () => readBlocks(reader, toc.dataEntries), close: () => reader.close() };
  } catch (error) {
    await reader.close();
    throw error;
  }
}
