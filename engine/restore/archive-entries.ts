import { createReadStream } from 'node:fs';
import { openArchive } from '../archive/archive-reader';

/** Which entries of an archive are restored when: by their numbers, in the order of the archive. */
export interface ArchiveEntries {
  /** All but the event triggers. */
  readonly usual: readonly number[];
  /** Those of {@link usual} that are data of tables: none needs another. */
  readonly tableData: readonly number[];
  /** Event triggers, which would fire for whatever is restored after them. */
  readonly eventTriggers: readonly number[];
}

/** Reads the table of contents of an archive; its data are not read. */
export async function archiveEntries(path: string): Promise<ArchiveEntries> {
  const [usual, tableData, eventTriggers]: [number[], number[], number[]] = [[], [], []];
  const archive = await openArchive(createReadStream(path), ({ dumpId, kind }) => {
    (kind === 'EVENT TRIGGER' ? eventTriggers : usual).push(dumpId);
    if (kind === 'TABLE DATA') {
      tableData.push(dumpId);
    }
  });
  await archive.close();
  return { usual, tableData, eventTriggers };
}
