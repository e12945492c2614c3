import type { Compression } from '../contract/tenant-dumps';
import { ArchiveError } from './archive-error';
import type { ByteReader } from './byte-reader';
import { readString } from './text';

export type { Compression };

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
export function readHeader(reader: ByteReader): Promise<ArchiveHeader> {
  return reader.whole(() => {
    const start = reader.mark();
    readMagic(reader);
    const minorVersion = readVersion(reader);
    readSizes(reader);
    const compression = readCompression(reader, minorVersion);
    readCreationTime(reader);
    const database = readString(reader, 'the name of the database', HEADER_STRING_LIMIT_BYTES);
    const serverVersion = readString(reader, 'the version of the server', HEADER_STRING_LIMIT_BYTES);
    const dumpVersion = readString(reader, 'the version of pg_dump', HEADER_STRING_LIMIT_BYTES);
    return {
      version: `1.${minorVersion}`,
      minorVersion,
      compression,
      database: database ?? '',
      serverVersion: serverVersion ?? '',
      dumpVersion: dumpVersion ?? '',
      raw: Buffer.from(reader.since(start)),
    };
  });
}

const MAGIC = 'PGDMP';
const CUSTOM_FORMAT = 1;
/** From this version on one byte names the algorithm; before, an integer gave the level of gzip, 0 meaning none. */
const COMPRESSION_BYTE_SINCE = 15;
const COMPRESSIONS: readonly Compression[] = ['none', 'gzip', 'lz4', 'zstd'];
const CREATION_TIME_INTS = 7;

function readMagic(reader: ByteReader): void {
  const magic = reader.text(MAGIC.length, 'the header');
  if (magic !== MAGIC) {
    throw new ArchiveError('unsupported', 0, `it begins with ${JSON.stringify(magic)}, must begin with "${MAGIC}"`);
  }
}

function readVersion(reader: ByteReader): number {
  const { offset } = reader;
  const major = reader.byte('the header');
  const minor = reader.byte('the header');
  const revision = reader.byte('the header');
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
  const [intBytes, offsetBytes, format] = [
    reader.byte('the header'),
    reader.byte('the header'),
    reader.byte('the header'),
  ];
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

function readCompression(reader: ByteReader, minorVersion: number): Compression {
  const { offset } = reader;
  if (minorVersion < COMPRESSION_BYTE_SINCE) {
    const level = reader.int('the level of compression');
    if (level < -1 || level > 9) {
      throw new ArchiveError('malformed', offset, `the level of compression is ${level}, must be -1 to 9`);
    }
    return level === 0 ? 'none' : 'gzip';
  }
  const algorithm = reader.byte('the algorithm of compression');
  const compression = COMPRESSIONS[algorithm];
  if (compression === undefined) {
    throw new ArchiveError('unsupported', offset, `the algorithm of compression is ${algorithm}, known are 0 to 3`);
  }
  return compression;
}

/** Local time without a zone, so of no use: the caller knows better when it ran the dump. */
function readCreationTime(reader: ByteReader): void {
  for (let index = 0; index < CREATION_TIME_INTS; index += 1) {
    reader.int('the time of creation');
  }
}
