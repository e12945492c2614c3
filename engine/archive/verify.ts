import { createHash, type Hash } from 'node:crypto';
import { ArchiveError } from './archive-error';
import { type Archive, openArchive } from './archive-reader';
import type { ByteSource } from './byte-reader';
import { type BlockContents, ContentsReader, ContentsTally } from './contents';
import type { ArchiveHeader } from './header';

/** What a complete reading of an archive found. */
export interface ArchiveContents extends BlockContents {
  readonly header: ArchiveHeader;
  /** Bytes of the archive. */
  readonly bytes: number;
  /** SHA-256 of the archive, as lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Number of entries in the table of contents. */
  readonly entries: number;
}

/**
 * Reads an archive from its first byte to its last: walks every block, decompresses it, counts rows and large objects,
 * and takes the digest of the whole on the way. Nothing is written, no server is needed, and memory does not depend on
 * the sizes of the tables.
 *
 * The structure alone finds what was cut, lost, swapped or added, but few flipped bits: uncompressed, lz4 and zstd data
 * carry no checksum, and `pg_restore` overlooks nine of ten flips. All of them are found by the digest that was taken
 * while the archive was written.
 *
 * @param expectedSha256 that digest, as hexadecimal digits; without it only the structure is proved.
 * @throws ArchiveError at the first fault; `digest` when nothing else is wrong than the digest.
 */
export async function verifyArchive(source: ByteSource, expectedSha256?: string): Promise<ArchiveContents> {
  const hash = createHash('sha256');
  const digested = new DigestedSource(source, hash);
  const archive = await openArchive(digested.pieces());
  const contents = await readContents(archive);
  const sha256 = hash.digest('hex');
  if (expectedSha256 !== undefined && sha256 !== expectedSha256.toLowerCase()) {
    throw new ArchiveError(
      'digest',
      digested.bytes,
      `the SHA-256 of the whole file is ${sha256}, must be ${expectedSha256.toLowerCase()}`,
    );
  }
  return { header: archive.header, bytes: digested.bytes, sha256, entries: archive.toc.entries, ...contents };
}

/** Passes a stream on, and takes its digest and its length. */
class DigestedSource {
  public bytes = 0;

  public constructor(
    private readonly source: ByteSource,
    private readonly hash: Hash,
  ) {}

  public async *pieces(): AsyncGenerator<Uint8Array, void> {
    for await (const piece of this.source) {
      this.hash.update(piece);
      this.bytes += piece.length;
      yield piece;
    }
  }
}

async function readContents(archive: Archive): Promise<BlockContents> {
  const reader = new ContentsReader(archive.header.compression);
  const tally = new ContentsTally();
  try {
    for await (const part of archive.blocks()) {
      await reader.read(part, tally);
    }
  } finally {
    reader.close();
  }
  return { tables: tally.tables, largeObjects: tally.largeObjects };
}
