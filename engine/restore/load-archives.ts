import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inParallel } from '../objects/in-parallel';
import type { ToolOptions } from '../postgres/tool';
import { type ArchiveEntries, archiveEntries } from './archive-entries';
import type { EntryFailures } from './entry-failures';
import { runPgRestore } from './pg-restore';
import { RestoreError } from './restore-error';

/** An archive on disk that is loaded. */
export interface LoadableArchive {
  /** What it holds, for messages: a tenant, or what is shared. */
  readonly name: string;
  readonly path: string;
  readonly isShared: boolean;
}

/** How archives are loaded. */
export interface LoadOptions {
  /** Asked for with each `pg_restore`: a token of IAM authentication lasts 15 minutes, a restore may take longer. */
  readonly tools: () => Promise<ToolOptions>;
  /** Name of the database, which has nothing yet of what is in the archives. */
  readonly database: string;
  /** Number of archives, or of tables of one, that are loaded at the same time; indexes of one archive are built one by one. */
  readonly jobs: number;
  /** Folder for lists of entries. */
  readonly scratchFolder: string;
  /** Whether what is shared may lack what needs something that is not there: other tenants than those that are loaded. */
  readonly isPartial: boolean;
  /** Told when an archive has gone through a section: how many have, and of how many. */
  readonly onProgress: (section: string, done: number, of: number) => void;
}

/** An entry that was left out, which is no reason to fail. */
export interface LeftOutEntry {
  readonly dumpId: number;
  readonly reason: string;
}

/**
 * Loads archives that were one dump into one database, in parallel.
 *
 * `pg_dump` put the entries of the whole dump into an order in which each finds what it needs; divided by tenants that
 * order is lost wherever a tenant needs what is shared, or the other way round. So the archives are loaded section by
 * section (definitions; data; indexes, constraints and triggers), what is shared first, and entries that fail are
 * repeated after the others as long as any of them succeeds. That finds an order whenever there is one. Event triggers come last:
 * they would fire for everything after them.
 *
 * @returns entries that were left out: what other tenants would be needed for, if `isPartial`, and comments on extensions that
 *   belong to the server's operator.
 * @throws RestoreError that names the entries that cannot be restored; ToolError when `pg_restore` fails otherwise.
 */
export async function loadArchives(
  archives: readonly LoadableArchive[],
  options: LoadOptions,
): Promise<LeftOutEntry[]> {
  const entries = new Map<LoadableArchive, ArchiveEntries>();
  await inParallel(archives, options.jobs, async (archive) => {
    entries.set(archive, await archiveEntries(archive.path));
  });
  const read = [...entries];
  const section = (name: string) => read.map(([archive, { usual }]) => ({ archive, section: name, entries: usual }));
  const tenants = Math.max(1, archives.filter(({ isShared }) => !isShared).length);
  const passes = [
    section('pre-data'),
    read.flatMap(([archive, of]) =>
      dataParts(archive, of, archive.isShared ? options.jobs : Math.floor(options.jobs / tenants)),
    ),
    section('post-data'),
    read.map(([archive, { eventTriggers }]) => ({ archive, entries: eventTriggers })),
  ];
  const leftOut: LeftOutEntry[] = [];
  for (const parts of passes) {
    leftOut.push(...(await loadParts(parts, options)));
  }
  return leftOut;
}

/** Entries of an archive that are loaded at once. */
interface Part {
  readonly archive: LoadableArchive;
  /** Section that alone is loaded of them. @default - all */
  readonly section?: string;
  readonly entries: readonly number[];
}

interface FailedPart extends Part {
  readonly failures: EntryFailures;
}

/**
 * The data of an archive in so many parts. `pg_restore --jobs` would do the same, but its workers write their messages into each other,
 * and which entries failed could not be told.
 */
function dataParts(archive: LoadableArchive, { usual, tableData }: ArchiveEntries, jobs: number): Part[] {
  if (jobs <= 1) {
    return [{ archive, section: 'data', entries: usual }];
  }
  const ofTables = new Set(tableData);
  const others = { archive, section: 'data', entries: usual.filter((dumpId) => !ofTables.has(dumpId)) };
  const parts = Array.from({ length: jobs }, (_, job) => ({
    archive,
    entries: tableData.filter((_, index) => index % jobs === job),
  }));
  return [others, ...parts];
}

/** Loads parts, and what failed of them again as long as that helps. */
async function loadParts(parts: readonly Part[], options: LoadOptions): Promise<LeftOutEntry[]> {
  let failed = await loadOnce(parts, options);
  for (let before = Number.POSITIVE_INFINITY; failed.length > 0 && entriesIn(failed) < before; ) {
    before = entriesIn(failed);
    failed = await loadOnce(failed, options);
  }
  return failed.flatMap((part) => excuse(part, options));
}

const entriesIn = (parts: readonly Part[]): number => parts.reduce((total, { entries }) => total + entries.length, 0);

/** What is shared first: tenants seldom need each other, but nearly all need something of it. */
async function loadOnce(parts: readonly Part[], options: LoadOptions): Promise<FailedPart[]> {
  const wanted = parts.filter(({ entries }) => entries.length > 0);
  const steps = [wanted.filter(({ archive }) => archive.isShared), wanted.filter(({ archive }) => !archive.isShared)];
  const failed: FailedPart[] = [];
  let done = 0;
  for (const step of steps) {
    const ends = await inParallel(step, options.jobs, async (part) => {
      const end = await loadPart(part, options);
      done += 1;
      options.onProgress(part.section ?? 'part', done, wanted.length);
      return end;
    });
    failed.push(...ends.filter((end) => end !== undefined));
  }
  return failed;
}

/** @returns the entries that failed, without their section: one by one they tell it no longer; undefined when none did */
async function loadPart(part: Part, options: LoadOptions): Promise<FailedPart | undefined> {
  const { archive, section, entries } = part;
  const list = join(options.scratchFolder, `${randomUUID()}.list`);
  // `SortTocFromFile` reads no more of a line than the number before the semicolon.
  await writeFile(list, entries.map((dumpId) => `${dumpId};\n`).join(''));
  try {
    const failures = await runPgRestore(await options.tools(), options.database, [
      `--use-list=${list}`,
      ...(section === undefined ? [] : [`--section=${section}`]),
      archive.path,
    ]);
    return failures.byEntry.size === 0 ? undefined : { archive, entries: sorted(failures, entries), failures };
  } finally {
    await rm(list, { force: true });
  }
}

function sorted({ byEntry }: EntryFailures, entries: readonly number[]): number[] {
  return entries.filter((dumpId) => byEntry.has(dumpId));
}

/** What is shared may need other tenants than the one that is restored; anything else that is missing is a failure. */
function excuse({ archive, entries, failures }: FailedPart, { isPartial }: LoadOptions): LeftOutEntry[] {
  const reasons = entries.map((dumpId) => ({ dumpId, reason: failures.byEntry.get(dumpId) ?? '' }));
  const isExcused = ({ reason }: LeftOutEntry) =>
    (isPartial && archive.isShared && MISSING.test(reason)) || EXTENSION_OF_OPERATOR.test(reason);
  const [first] = reasons.filter((entry) => !isExcused(entry));
  if (first !== undefined) {
    const count = reasons.filter((entry) => !isExcused(entry)).length;
    throw new RestoreError(
      `${count} of the entries of ${archive.name} cannot be restored; entry ${first.dumpId}: ${first.reason}. HINT: look at what it needs: an extension, a role, or an object of another tenant; restore the whole database where tenants need each other.`,
    );
  }
  return reasons;
}

const MISSING = /does not exist/;
/** On RDS extensions belong to `rdsadmin`; nobody else may comment on them. */
const EXTENSION_OF_OPERATOR = /must be owner of extension/;
