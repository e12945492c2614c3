import { ArchiveError } from './archive-error';
import type { BlockPart, DataPart, Spans } from './blocks';
import { CopyRows } from './copy-rows';
import { createDecoder, type Decoder } from './decoder';
import type { Compression } from './header';
import type { DataEntry } from './toc';

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

/** Number of large objects, and their bytes after decompression. */
export interface LargeObjectContents {
  readonly count: number;
  readonly bytes: number;
}

/** What the data blocks of an archive hold. */
export interface BlockContents {
  /** Every table with data, in the order of the archive; a table without rows is among them. */
  readonly tables: readonly TableContents[];
  readonly largeObjects: LargeObjectContents;
}

/** Contents of blocks that are still being read: one for each archive that they are counted for. */
export class ContentsTally implements BlockContents {
  public readonly tables: TableContents[] = [];
  public readonly largeObjects = { count: 0, bytes: 0 };
}

/** Decompresses the data blocks of an archive as they pass, and counts rows, large objects and bytes. */
export class ContentsReader {
  private readonly decoder: Decoder | undefined;
  private readonly rows = new CopyRows();
  private tally = new ContentsTally();
  private entry: DataEntry | undefined;
  private blockOffset = 0;
  private bytes = 0;

  public constructor(compression: Compression) {
    const count = (decoded: Buffer) => this.count(decoded, [0, decoded.length]);
    this.decoder = compression === 'none' ? undefined : createDecoder(compression, count);
  }

  /**
   * Takes the next part of a block; resolves when it is decompressed, which holds back the source.
   *
   * @param tally what the block is counted for.
   * @throws ArchiveError `data` when it does not decompress, or is no complete `COPY`.
   */
  public async read(part: BlockPart, tally: ContentsTally): Promise<void> {
    if (part.kind === 'start') {
      this.tally = tally;
      this.entry = part.entry;
      this.blockOffset = part.offset;
      this.bytes = 0;
    }
    try {
      await this.readPart(part);
    } catch (error) {
      // In which block it showed is known; where exactly inside, decompression cannot tell.
      const problem = error instanceof Error ? error.message : String(error);
      throw new ArchiveError('data', this.blockOffset, `the data block that begins here is damaged: ${problem}`, {
        cause: error,
      });
    }
  }

  /** Lets go of what is held, also in the middle of a block. */
  public close(): void {
    this.decoder?.close();
  }

  private async readPart(part: BlockPart): Promise<void> {
    if (part.kind === 'largeObject') {
      this.tally.largeObjects.count += 1;
    } else if (part.kind === 'data') {
      await this.readData(part);
    } else if (part.kind === 'end') {
      this.endBlock();
    }
  }

  private async readData({ raw, spans, isLast }: DataPart): Promise<void> {
    if (this.decoder === undefined) {
      this.count(raw, spans);
      return;
    }
    if (spans.length > 0) {
      await this.decoder.write(gathered(raw, spans));
    }
    if (isLast) {
      await this.decoder.end();
    }
  }

  private count(content: Buffer, spans: Spans): void {
    this.bytes += bytesWithin(spans);
    if (this.entry?.isCopy) {
      this.rows.write(content, spans);
    }
  }

  private endBlock(): void {
    const { entry, bytes, tally } = this;
    if (entry === undefined) {
      return;
    }
    if (entry.kind === 'BLOBS') {
      tally.largeObjects.bytes += bytes;
    } else {
      const rows = entry.isCopy ? this.rows.finish() : undefined;
      tally.tables.push({ schema: entry.schema ?? '', table: entry.name, rows, bytes });
    }
  }
}

function bytesWithin(spans: Spans): number {
  let bytes = 0;
  for (let index = 0; index < spans.length; index += 2) {
    bytes += (spans[index + 1] ?? 0) - (spans[index] ?? 0);
  }
  return bytes;
}

/** The bytes within the spans, one after the other; they are copied only if there are several spans. */
function gathered(raw: Buffer, spans: Spans): Buffer {
  if (spans.length === 2) {
    return raw.subarray(spans[0], spans[1]);
  }
  const bytes = Buffer.allocUnsafe(bytesWithin(spans));
  let end = 0;
  for (let index = 0; index < spans.length; index += 2) {
    end += raw.copy(bytes, end, spans[index], spans[index + 1]);
  }
  return bytes;
}
