import { createHash, type Hash } from 'node:crypto';
import { ArchiveError } from './archive-error';
import { type Archive, openArchive } from './archive-reader';
import type { BlockPart } from './blocks';
import type { ByteSource } from './byte-reader';
import { CopyRows } from './copy-rows';
import { createDecoder, type Decoder } from './decoder';
import type { ArchiveHeader } from './header';
import type { TocEntry } from './toc';

/** Data of one table in an archive. */
export interface TableContents {
  /** Schema of the table. */
  readonly schema: string;
  /** Name of the table. */
  readonly table: string;
  /** Number of rows; undefined when the table was dumped as `INSERT` commands, which are not counted. */
  readonly rows: number | undefined;
  /** Bytes of the data after decompression. */
  readonly bytes: number;
}

/** What a complete reading of an archive found. */
export interface ArchiveContents {
  readonly header: ArchiveHeader;
  /** Bytes of the archive. */
  readonly bytes: number;
  /** SHA-256 of the archive, as lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Number of entries in the table of contents. */
  readonly entries: number;
  /** Every table with data, in the order of the archive; a table without rows is among them. */
  readonly tables: readonly TableContents[];
  /** Number of large objects and their bytes after decompression. */
  readonly largeObjects: { readonly count: number; readonly bytes: number };
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
  return { header: archive.header, bytes: digested.bytes, sha256, entries: archive.toc.length, ...contents };
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

type Contents = Pick<ArchiveContents, 'tables' | 'largeObjects'>;

async function readContents(archive: Archive): Promise<Contents> {
  const tally = new Tally();
  const decoder = createDecoder(archive.header.compression, (bytes) => tally.write(bytes));
  let blockOffset = 0;
  try {
    for await (const part of archive.blocks()) {
      if (part.kind === 'start') {
        blockOffset = part.offset;
      }
      await explained(blockOffset, () => readPart(part, tally, decoder));
    }
  } finally {
    decoder.close();
  }
  return tally.contents();
}

async function readPart(part: BlockPart, tally: Tally, decoder: Decoder): Promise<void> {
  if (part.kind === 'start') {
    tally.startBlock(part.entry);
  } else if (part.kind === 'largeObject') {
    tally.startLargeObject();
  } else if (part.kind === 'data') {
    const [first] = part.payload;
    if (first !== undefined) {
      await decoder.write(part.payload.length === 1 ? first : Buffer.concat(part.payload));
    }
    if (part.isLast) {
      await decoder.end();
    }
  } else {
    tally.endBlock();
  }
}

/** Says of a failure in which block it showed; where exactly inside, decompression cannot tell. */
async function explained(blockOffset: number, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ArchiveError('data', blockOffset, `the data block that begins here is damaged: ${problem}`, {
      cause: error,
    });
  }
}

/** Adds up what the blocks hold. */
class Tally {
  private readonly tables: TableContents[] = [];
  private readonly rows = new CopyRows();
  private readonly largeObjects = { count: 0, bytes: 0 };
  private entry: TocEntry | undefined;
  private bytes = 0;

  public startBlock(entry: TocEntry): void {
    this.entry = entry;
    this.bytes = 0;
  }

  public startLargeObject(): void {
    this.largeObjects.count += 1;
  }

  public write(decoded: Buffer): void {
    this.bytes += decoded.length;
    if (this.entry?.isCopy) {
      this.rows.write(decoded);
    }
  }

  public endBlock(): void {
    const { entry, bytes } = this;
    if (entry === undefined) {
      return;
    }
    if (entry.kind === 'BLOBS') {
      this.largeObjects.bytes += bytes;
    } else {
      const rows = entry.isCopy ? this.rows.finish() : undefined;
      this.tables.push({ schema: entry.schema ?? '', table: entry.name, rows, bytes });
    }
  }

  public contents(): Contents {
    return { tables: this.tables, largeObjects: this.largeObjects };
  }
}
