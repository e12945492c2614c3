import { type Archive, openArchive } from './archive-reader';
import type { BlockPart } from './blocks';
import type { ByteSource } from './byte-reader';
import type { ArchiveHeader } from './header';
import { divide, type Share, type TenantOf } from './route';
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
export interface SplitArchive {
  /** Whose archive it is; undefined for what belongs to no tenant. */
  readonly tenant: string | undefined;
  /** Number of entries in its table of contents. */
  readonly entries: number;
}

/**
 * Divides an archive into one for each tenant and one for what they share, in a single pass while it streams. Each has
 * the header of the original, its part of the table of contents, and its data blocks byte for byte: nothing is
 * decompressed, and stock `pg_restore` reads each by itself.
 *
 * An output is opened with its first data block and completed with its last, so that seldom more than a few are open:
 * `pg_dump` sorts tables by schema. Those without data follow at the end. Memory holds the table of contents and one
 * piece of the source.
 *
 * @param open gives the output of a tenant, or of what is shared; called once for each.
 * @throws ArchiveError when the archive is damaged, and whatever an output threw. The outputs that are open are aborted
 *   before; those that were completed are whole archives, though not of a complete split.
 */
export async function splitArchive(
  source: ByteSource,
  tenantOf: TenantOf,
  open: (tenant: string | undefined) => Promise<ArchiveOutput>,
): Promise<SplitArchive[]> {
  const archive = await openArchive(source);
  const parts = divide(archive.toc, tenantOf).map((share) => new Part(archive.header, share, open));
  try {
    await copyBlocks(archive, parts);
    for (const part of parts) {
      await part.completeWithoutData();
    }
  } catch (error) {
    await Promise.allSettled(parts.map((part) => part.abort()));
    throw error;
  }
  return parts.map(({ share }) => ({ tenant: share.tenant, entries: share.entries.length }));
}

async function copyBlocks(archive: Archive, parts: readonly Part[]): Promise<void> {
  const partOf = new Map(parts.flatMap((part) => part.share.entries.map((entry) => [entry.dumpId, part] as const)));
  let current: Part | undefined;
  for await (const block of archive.blocks()) {
    current = block.kind === 'start' ? partOf.get(block.entry.dumpId) : current;
    await current?.write(block);
  }
}

/** One archive of a split while it is written. */
class Part {
  private output: ArchiveOutput | undefined;
  private blocksLeft: number;
  private isComplete = false;

  public constructor(
    private readonly header: ArchiveHeader,
    public readonly share: Share,
    private readonly open: (tenant: string | undefined) => Promise<ArchiveOutput>,
  ) {
    this.blocksLeft = share.entries.filter(({ hasData }) => hasData).length;
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

  private async start(): Promise<ArchiveOutput> {
    if (this.output === undefined) {
      this.output = await this.open(this.share.tenant);
      await this.output.write(archiveHead(this.header, this.share.entries));
    }
    return this.output;
  }

  private async complete(output: ArchiveOutput): Promise<void> {
    await output.end();
    this.isComplete = true;
  }
}
