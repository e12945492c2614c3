import { type Archive, openArchive } from './archive-reader';
import type { BlockPart } from './blocks';
import type { ByteSource } from './byte-reader';
import { type BlockContents, ContentsReader, ContentsTally } from './contents';
import type { ArchiveHeader } from './header';
import { type Share, Shares, type TenantOf } from './route';
import type { DataEntry } from './toc';
import { archiveHead } from './writer';

/** Where one archive of a split goes, such as an upload. */
export interface ArchiveOutput {
  /** Takes the next bytes; resolves when more are welcome, which holds back the source and with it `pg_dump`. */
  write(bytes: Buffer): Promise<void>;
  /** The archive is complete. */
  end(): Promise<void>;
  /** The split failed and the archive will never be complete: what was written of it must not be kept. */
  abort(): Promise<void>;
}

/** An archive that a split has completed. */
export interface SplitArchive extends BlockContents {
  /** Whose archive it is; undefined for what belongs to no tenant. */
  readonly tenant: string | undefined;
  /** Number of entries in its table of contents. */
  readonly entries: number;
}

/** What a split has made of an archive. */
export interface Split {
  /** Header of the archive that was split; each part has the same. */
  readonly header: ArchiveHeader;
  /** What is shared first, then the tenants in the order in which they appear. */
  readonly archives: readonly SplitArchive[];
}

/**
 * Divides an archive into one for each tenant and one for what they share, in a single pass while it streams. Each has
 * the header of the original, its part of the table of contents, and its data blocks byte for byte: nothing is
 * compressed anew, and stock `pg_restore` reads each by itself. Rows and large objects are counted on the way.
 *
 * An output is opened with its first data block and completed with its last, so that seldom more than a few are open:
 * `pg_dump` sorts tables by schema. Those without data follow at the end. Memory holds the table of contents, the larger
 * part of a large one compressed, and one piece of the source.
 *
 * @param open gives the output of a tenant, or of what is shared; called once for each.
 * @throws ArchiveError when the archive is damaged, and whatever an output threw. The outputs that are open are aborted
 *   before; those that were completed are whole archives, though not of a complete split.
 */
export async function splitArchive(
  source: ByteSource,
  tenantOf: TenantOf,
  open: (tenant: string | undefined) => Promise<ArchiveOutput>,
): Promise<Split> {
  const shares = new Shares(tenantOf);
  const archive = await openArchive(source, (entry, raw, offset) => shares.add(entry, raw, offset));
  const parts = new Map(shares.all.map((share) => [share, new Part(archive.header, share, open)]));
  try {
    await copyBlocks(archive, (entry) => parts.get(shares.of(entry)));
    for (const part of parts.values()) {
      await part.completeWithoutData();
    }
  } catch (error) {
    await Promise.allSettled([...parts.values()].map((part) => part.abort()));
    throw error;
  }
  return { header: archive.header, archives: [...parts.values()].map((part) => part.result()) };
}

async function copyBlocks(archive: Archive, partOf: (entry: DataEntry) => Part | undefined): Promise<void> {
  const contents = new ContentsReader(archive.header.compression);
  let current: Part | undefined;
  try {
    for await (const block of archive.blocks()) {
      current = block.kind === 'start' ? partOf(block.entry) : current;
      if (current !== undefined) {
        await contents.read(block, current.tally);
        await current.write(block);
      }
    }
  } finally {
    contents.close();
  }
}

/** One archive of a split while it is written. */
class Part {
  public readonly tally = new ContentsTally();
  private output: ArchiveOutput | undefined;
  private blocksLeft: number;
  private isComplete = false;

  public constructor(
    private readonly header: ArchiveHeader,
    public readonly share: Share,
    private readonly open: (tenant: string | undefined) => Promise<ArchiveOutput>,
  ) {
    this.blocksLeft = share.dataEntries;
  }

  public async write(part: BlockPart): Promise<void> {
    const output = await this.start();
    if (part.raw.length > 0) {
      await output.write(part.raw);
    }
    if (part.kind === 'end') {
      this.blocksLeft -= 1;
      if (this.blocksLeft === 0) {
        await this.complete(output);
      }
    }
  }

  public async completeWithoutData(): Promise<void> {
    if (!this.isComplete) {
      await this.complete(await this.start());
    }
  }

  public async abort(): Promise<void> {
    if (!this.isComplete) {
      await this.output?.abort();
    }
  }

  public result(): SplitArchive {
    const { tables, largeObjects } = this.tally;
    return { tenant: this.share.tenant, entries: this.share.entries, tables, largeObjects };
  }

  private async start(): Promise<ArchiveOutput> {
    if (this.output === undefined) {
      this.output = await this.open(this.share.tenant);
      for (const bytes of archiveHead(this.header, this.share.entries, this.share.release())) {
        await this.output.write(bytes);
      }
    }
    return this.output;
  }

  private async complete(output: ArchiveOutput): Promise<void> {
    await output.end();
    this.isComplete = true;
  }
}
