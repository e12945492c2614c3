import { openArchive } from '../archive/archive-reader';
import type { ArchiveOutput } from '../archive/split';
import type { TocEntry } from '../archive/toc';

/**
 * Takes what a `pg_dump` of single schemas wrote that lies in none of them. It is not kept: settings and the database
 * itself come with every archive, and the first group dumps them. Anything else would be in no archive at all.
 */
export class UnclaimedObjects implements ArchiveOutput {
  private readonly pieces: Buffer[] = [];

  public async write(bytes: Buffer): Promise<void> {
    this.pieces.push(Buffer.from(bytes));
  }

  /** @throws Error when there is more than what every archive has. */
  public async end(): Promise<void> {
    const lost: TocEntry[] = [];
    const archive = await openArchive(this.read(), (entry) => isInEveryArchive(entry) || lost.push(entry));
    await archive.close();
    if (lost.length > 0) {
      throw new Error(
        `pg_dump of single schemas wrote ${lost.length} objects that lie in none of them, the first is of kind ${lost[0]?.kind}. HINT: set groups to 1, which dumps the database as a whole.`,
      );
    }
  }

  public async abort(): Promise<void> {
    this.pieces.length = 0;
  }

  private async *read(): AsyncGenerator<Buffer, void> {
    yield* this.pieces;
  }
}

const SETTINGS: ReadonlySet<string> = new Set(['ENCODING', 'STDSTRINGS', 'SEARCHPATH']);
const DATABASE: ReadonlySet<string> = new Set(['DATABASE', 'DATABASE PROPERTIES']);

/** Comments and grants of the database are named after it: `DATABASE orders` (`dumpDatabase` in pg_dump.c). */
const isInEveryArchive = ({ kind, name }: TocEntry): boolean =>
  SETTINGS.has(kind) || DATABASE.has(kind) || name.startsWith('DATABASE ');
