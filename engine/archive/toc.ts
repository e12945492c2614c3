import { ArchiveError } from './archive-error';
import type { ByteReader } from './byte-reader';
import { readString, skipString } from './text';

/** One entry of an archive's table of contents: an object of the database, or the data of one. */
export interface TocEntry {
  /** Number by which data blocks and dependencies name this entry; unique in an archive, 1 or more. */
  readonly dumpId: number;
  /** Kind of the entry, such as `TABLE`, `TABLE DATA`, `BLOBS`, `SCHEMA`, `FK CONSTRAINT` (`desc` in the format). */
  readonly kind: string;
  /** Name of the entry, such as a table's name (`tag` in the format). */
  readonly name: string;
  /** Schema that the object lies in; undefined when it lies in none, as a schema itself does. */
  readonly schema: string | undefined;
  /** Role that owns the object; empty when there is none. */
  readonly owner: string;
  /** Numbers of the entries that this one depends on. They may name entries that the archive does not hold. */
  readonly dependencies: readonly number[];
  /** Whether a data block belongs to this entry. */
  readonly hasData: boolean;
  /** Whether its data are rows of `COPY`; otherwise they are large objects, or `INSERT` commands. */
  readonly isCopy: boolean;
  /** Byte at which its data block begins; undefined when `pg_dump` wrote to a pipe, which cannot be wound back. */
  readonly dataOffset: number | undefined;
}

/**
 * Most bytes of one entry, 64 MiB: the SQL of one object. PostgreSQL itself could not return a definition above 1 GiB;
 * the largest seen in practice are views and functions of some hundred KiB.
 */
export const ENTRY_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Most bytes of the whole table of contents, 256 MiB. An entry takes about 400 bytes, so this is room for 600,000
 * entries: about 4,000 tenants of 20 tables, each with its data, key, sequence and default.
 */
export const TOC_LIMIT_BYTES = 256 * 1024 * 1024;

/** Bytes at the end of an entry that say where its data are: one flag and eight bytes of offset. */
export const DATA_POSITION_BYTES = 9;

/** Values of the flag: `K_OFFSET_POS_NOT_SET`, `K_OFFSET_POS_SET`, `K_OFFSET_NO_DATA` (pg_backup_archiver.h). */
export const DataPosition = { NOT_SET: 1, SET: 2, NO_DATA: 3 } as const;

/**
 * Receives an entry, its bytes as they stand in the archive, which are only valid during the call, and where in the archive
 * they begin.
 */
export type EntryVisitor = (entry: TocEntry, raw: Buffer, offset: number) => void;

/** An entry as the reading of its data needs it: its dependencies, which can be many, are not kept. */
export type DataEntry = Omit<TocEntry, 'dependencies'>;

/** What is kept of a table of contents to read the data blocks by. */
export interface Toc {
  /** Number of its entries. */
  readonly entries: number;
  /** The entries that data blocks belong to, in the order of the archive. */
  readonly dataEntries: readonly DataEntry[];
}

/**
 * Reads the table of contents (`WriteToc` and `ReadToc` in pg_backup_archiver.c), in the order of the archive.
 *
 * @throws ArchiveError when it is cut, damaged, larger than a bound, or names one number twice.
 */
export async function readToc(reader: ByteReader, minorVersion: number, visit: EntryVisitor): Promise<Toc> {
  const start = reader.offset;
  const entries = await reader.whole(() => reader.int('the number of entries'));
  if (entries < 0) {
    throw new ArchiveError('malformed', start, `the number of entries is ${entries}, must be 0 or more`);
  }
  const dataEntries: DataEntry[] = [];
  const seen = new Set<number>();
  const read = entryReader(reader, minorVersion);
  for (let index = 0; index < entries; index += 1) {
    const { offset } = reader;
    if (offset - start > TOC_LIMIT_BYTES) {
      throw new ArchiveError('limit', offset, `the table of contents exceeds its limit of ${TOC_LIMIT_BYTES} bytes`);
    }
    const { entry, raw } = await reader.whole(read);
    if (seen.has(entry.dumpId)) {
      throw new ArchiveError('malformed', offset, `two entries have the number ${entry.dumpId}`);
    }
    seen.add(entry.dumpId);
    if (entry.hasData) {
      const { dependencies: _, ...kept } = entry;
      dataEntries.push(kept);
    }
    visit(entry, raw, offset);
  }
  return { entries, dataEntries };
}

const RELATION_KIND_SINCE = 16;
const FORMER_OIDS = 'false';
/** More than a table of contents has room for entries: each dependency names one. */
const MOST_DEPENDENCIES = 1_000_000;
/** Strings that are kept once for all entries: room for the schemas of as many tenants. What differs in every entry is not worth it. */
const MOST_NAMES = 50_000;

/** A function that reads one entry, to be called within {@link ByteReader.whole}. */
function entryReader(reader: ByteReader, minorVersion: number): () => { entry: TocEntry; raw: Buffer } {
  // Kinds, schemas and owners repeat in every entry: one string each is kept for all of them.
  const names = new Map<string, string>();
  return () => {
    const start = reader.mark();
    const entry = new EntryReader(reader, minorVersion, names).read();
    return { entry, raw: reader.since(start) };
  };
}

class EntryReader {
  private readonly start: number;

  public constructor(
    private readonly reader: ByteReader,
    private readonly minorVersion: number,
    private readonly names: Map<string, string>,
  ) {
    this.start = reader.offset;
  }

  public read(): TocEntry {
    const dumpId = this.reader.int('the number of an entry');
    if (dumpId <= 0) {
      throw new ArchiveError('malformed', this.start, `the number of an entry is ${dumpId}, must be 1 or more`);
    }
    const hasData = this.hasData();
    this.skip('the catalog of an object');
    this.skip('the OID of an object');
    const name = this.string('the name of an entry') ?? '';
    const kind = this.repeated('the kind of an entry') ?? '';
    this.reader.int('the section of an entry');
    this.skip('a definition');
    this.skip('a DROP command');
    const isCopy = this.skip('a COPY command');
    const schema = this.repeated('the schema of an entry');
    this.skip('a tablespace');
    this.skip('a table access method');
    if (this.minorVersion >= RELATION_KIND_SINCE) {
      this.reader.int('the kind of a relation');
    }
    const owner = this.repeated('the owner of an entry') ?? '';
    this.formerOids();
    const dependencies = this.dependencies();
    const dataOffset = this.dataOffset(hasData);
    return { dumpId, kind, name, schema: schema || undefined, owner, dependencies, hasData, isCopy, dataOffset };
  }

  private hasData(): boolean {
    const { offset } = this.reader;
    const flag = this.reader.int('the data flag of an entry');
    if (flag !== 0 && flag !== 1) {
      throw new ArchiveError('malformed', offset, `the data flag of an entry is ${flag}, must be 0 or 1`);
    }
    return flag === 1;
  }

  /** Where "WITH OIDS" was recorded until PostgreSQL 11; since then every entry says "false". */
  private formerOids(): void {
    const { offset } = this.reader;
    const value = this.repeated('the OIDs flag of an entry');
    if (value !== FORMER_OIDS) {
      throw new ArchiveError('malformed', offset, `the OIDs flag of an entry is ${quoted(value)}, must be "false"`);
    }
  }

  private dependencies(): number[] {
    const dependencies: number[] = [];
    for (;;) {
      const { offset } = this.reader;
      const text = this.string('a dependency');
      if (text === undefined) {
        return dependencies;
      }
      if (!/^\d{1,10}$/.test(text)) {
        throw new ArchiveError('malformed', offset, `a dependency is ${quoted(text)}, must be a number`);
      }
      if (dependencies.length === MOST_DEPENDENCIES) {
        throw new ArchiveError(
          'limit',
          offset,
          `an entry has more dependencies than the limit of ${MOST_DEPENDENCIES}`,
        );
      }
      dependencies.push(Number(text));
    }
  }

  private dataOffset(hasData: boolean): number | undefined {
    const { offset } = this.reader;
    const bytes = this.reader.bytes(DATA_POSITION_BYTES, 'the data position of an entry');
    const flag = bytes.readUInt8();
    const position = bytes.readBigUInt64LE(1);
    const isKnown = flag === DataPosition.NOT_SET || flag === DataPosition.SET || flag === DataPosition.NO_DATA;
    if (!isKnown || hasData === (flag === DataPosition.NO_DATA)) {
      const allowed = hasData ? '1 or 2 as it has data' : '3 as it has no data';
      throw new ArchiveError(
        'malformed',
        offset,
        `the data position of an entry is of kind ${flag}, must be ${allowed}`,
      );
    }
    return flag === DataPosition.SET ? Number(position) : undefined;
  }

  private string(what: string): string | undefined {
    return readString(this.reader, what, this.bytesLeft());
  }

  private repeated(what: string): string | undefined {
    const text = this.string(what);
    if (text === undefined) {
      return undefined;
    }
    const known = this.names.get(text);
    if (known === undefined && this.names.size < MOST_NAMES) {
      this.names.set(text, text);
    }
    return known ?? text;
  }

  private skip(what: string): boolean {
    return skipString(this.reader, what, this.bytesLeft());
  }

  private bytesLeft(): number {
    return Math.max(0, ENTRY_LIMIT_BYTES - (this.reader.offset - this.start));
  }
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'NULL' : JSON.stringify(text.slice(0, 40));
}
