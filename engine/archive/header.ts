import { ArchiveError } from './archive-error';
import { type ByteReader, INT_BYTES } from './byte-reader';
import { readString } from './text';

/** How `pg_dump` compressed the data blocks; one algorithm for all of them. */
export type Compression = 'none' | 'gzip' | 'lz4' | 'zstd';

/** What an archive says about itself, before its table of contents. */
export interface ArchiveHeader {
  /** Version of the format: `1.14` (PostgreSQL 12 to 15), `1.15` (16) or `1.16` (17 and 18). */
  readonly version: string;
  /** Minor number of the format: 14, 15 or 16. */
  readonly minorVersion: number;
  /** Algorithm of all data blocks. */
  readonly compression: Compression;
  /** Name of the database that was dumped. */
  readonly database: string;
  /** Version of its server, such as `15.18 (Debian 15.18-0+deb12u1)`. */
  readonly serverVersion: string;
  /** Version of `pg_dump`. */
  readonly dumpVersion: string;
  /** The header byte for byte. */
  readonly raw: Buffer;
}

/**
 * Most bytes of one string of the header, 8 KiB. PostgreSQL bounds a database's name to 63 bytes; the versions are a
 * few words.
 */
export const HEADER_STRING_LIMIT_BYTES = 8 * 1024;

/**
 * Reads the header (`WriteHead` and `ReadHead` in pg_backup_archiver.c).
 *
 * @throws ArchiveError when this is no custom-format archive 1.14 to 1.16, or its header is damaged.
 */
export async function readHeader(reader: ByteReader): Promise<ArchiveHeader> {
  reader.record();
  await reader.require(FIXED_BYTES, 'the header');
  readMagic(reader);
  const minorVersion = readVersion(reader);
  readSizes(reader);
  const compression = await readCompression(reader, minorVersion);
  await readCreationTime(reader);
  const database = await readString(reader, 'the name of the database', HEADER_STRING_LIMIT_BYTES);
  const serverVersion = await readString(reader, 'the version of the server', HEADER_STRING_LIMIT_BYTES);
  const dumpVersion = await readString(reader, 'the version of pg_dump', HEADER_STRING_LIMIT_BYTES);
  return {
    version: `1.${minorVersion}`,
    minorVersion,
    compression,
    database: database ?? '',
    serverVersion: serverVersion ?? '',
    dumpVersion: dumpVersion ?? '',
    raw: reader.recorded(),
  };
}

const MAGIC = 'PGDMP';
/** Magic, three bytes of version, size of integers, size of offsets, format. */
const FIXED_BYTES = MAGIC.length + 6;
const CUSTOM_FORMAT = 1;
/** From this version on one byte names the algorithm; before, an integer gave the level of gzip, 0 meaning none. */
const COMPRESSION_BYTE_SINCE = 15;
const COMPRESSIONS: readonly Compression[] = ['none', 'gzip', 'lz4', 'zstd'];
const CREATION_TIME_INTS = 7;

function readMagic(reader: ByteReader): void {
  const magic = reader.take(MAGIC.length).toString('latin1');
  if (magic !== MAGIC) {
    throw new ArchiveError('unsupported', 0, `it begins with ${JSON.stringify(magic)}, must begin with "${MAGIC}"`);
  }
}

function readVersion(reader: ByteReader): number {
  const { offset } = reader;
  const major = reader.byte();
  const minor = reader.byte();
  const revision = reader.byte();
  if (major !== 1 || minor < 14 || minor > 16) {
    throw new ArchiveError(
      'unsupported',
      offset,
      `the format's version is ${major}.${minor}.${revision}, known are 1.14 to 1.16`,
    );
  }
  return minor;
}

function readSizes(reader: ByteReader): void {
  const { offset } = reader;
  const [intBytes, offsetBytes, format] = [reader.byte(), reader.byte(), reader.byte()];
  if (intBytes !== 4 || offsetBytes !== 8) {
    throw new ArchiveError(
      'unsupported',
      offset,
      `integers have ${intBytes} bytes and offsets ${offsetBytes}, known are 4 and 8`,
    );
  }
  if (format !== CUSTOM_FORMAT) {
    throw new ArchiveError('unsupported', offset + 2, `the format is ${format}, must be 1 (custom)`);
  }
}

async function readCompression(reader: ByteReader, minorVersion: number): Promise<Compression> {
  const { offset } = reader;
  if (minorVersion < COMPRESSION_BYTE_SINCE) {
    await reader.require(INT_BYTES, 'the level of compression');
    const level = reader.int('the level of compression');
    if (level < -1 || level > 9) {
      throw new ArchiveError('malformed', offset, `the level of compression is ${level}, must be -1 to 9`);
    }
    return level === 0 ? 'none' : 'gzip';
  }
  await reader.require(1, 'the algorithm of compression');
  const algorithm = reader.byte();
  const compression = COMPRESSIONS[algorithm];
  if (compression === undefined) {
    throw new ArchiveError('unsupported', offset, `the algorithm of compression is ${algorithm}, known are 0 to 3`);
  }
  return compression;
}

/** Local time without a zone, so of no use: the caller knows better when it ran the dump. */
async function readCreationTime(reader: ByteReader): Promise<void> {
  await reader.require(CREATION_TIME_INTS * INT_BYTES, 'the time of creation');
  for (let index = 0; index < CREATION_TIME_INTS; index += 1) {
    reader.int('the time of creation');
  }
}
