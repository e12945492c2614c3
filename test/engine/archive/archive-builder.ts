import { deflateSync } from 'node:zlib';
import type { Compression } from '../../../engine/archive/header';

/** An entry to be written: what a test says of it, the rest being as pg_dump would write it. */
export interface BuiltEntry {
  readonly dumpId: number;
  readonly kind: string;
  readonly name: string;
  readonly schema?: string;
  readonly owner?: string;
  readonly dependencies?: readonly number[];
  readonly definition?: string;
  /** Content of a table, in chunks; or of large objects by OID. */
  readonly rows?: readonly string[];
  readonly largeObjects?: ReadonlyMap<number, string>;
}

/** How an archive is written. */
export interface BuildOptions {
  readonly minorVersion: number;
  readonly compression: Compression;
}

/** Writes an archive as pg_dump does into a pipe; written independently of the reader it is to test. */
export function buildArchive(options: BuildOptions, entries: readonly BuiltEntry[]): Buffer {
  return Buffer.concat([
    buildHeader(options),
    int(entries.length),
    ...entries.map((entry) => buildEntry(entry, options.minorVersion)),
    ...entries.flatMap((entry) => buildBlock(entry, options.compression)),
  ]);
}

/** An integer as an archive holds it. */
export function int(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(value < 0 ? 1 : 0, 0);
  bytes.writeUInt32LE(Math.abs(value), 1);
  return bytes;
}

/** A string as an archive holds it. */
export function text(value: string | undefined): Buffer {
  const bytes = Buffer.from(value ?? '');
  return value === undefined ? int(-1) : Buffer.concat([int(bytes.length), bytes]);
}

/** The header alone. */
export function buildHeader({ minorVersion, compression }: BuildOptions): Buffer {
  const algorithm = ['none', 'gzip', 'lz4', 'zstd'].indexOf(compression);
  return Buffer.concat([
    Buffer.from('PGDMP'),
    Buffer.from([1, minorVersion, 0, 4, 8, 1]),
    minorVersion < 15 ? int(compression === 'none' ? 0 : -1) : Buffer.from([algorithm]),
    ...[30, 15, 9, 23, 10, 126, 0].map(int),
    ...['shop', '17.10', '17.10'].map(text),
  ]);
}

/** The data block of an entry; empty if it has none. */
export function buildBlock(entry: BuiltEntry, compression: Compression): Buffer[] {
  if (entry.rows !== undefined) {
    const content = Buffer.from([...entry.rows.map((row) => `${row}\n`), '\\.\n\n\n'].join(''));
    return [Buffer.from([1]), int(entry.dumpId), ...chunks(compress(content, compression))];
  }
  if (entry.largeObjects !== undefined) {
    const objects = [...entry.largeObjects].map(([oid, content]) =>
      Buffer.concat([int(oid | 0), ...chunks(compress(Buffer.from(content), compression))]),
    );
    return [Buffer.from([3]), int(entry.dumpId), ...objects, int(0)];
  }
  return [];
}

function buildEntry(entry: BuiltEntry, minorVersion: number): Buffer {
  const hasData = entry.rows !== undefined || entry.largeObjects !== undefined;
  return Buffer.concat([
    int(entry.dumpId),
    int(hasData ? 1 : 0),
    ...['1259', '16385', entry.name, entry.kind].map(text),
    int(2),
    ...[entry.definition ?? '', ''].map(text),
    text(entry.rows === undefined ? '' : `COPY ${entry.name} FROM stdin;\n`),
    ...[entry.schema, '', ''].map(text),
    ...(minorVersion >= 16 ? [int(114)] : []),
    text(entry.owner ?? 'postgres'),
    text('false'),
    ...(entry.dependencies ?? []).map((dependency) => text(String(dependency))),
    text(undefined),
    Buffer.from([hasData ? 1 : 3, 0, 0, 0, 0, 0, 0, 0, 0]),
  ]);
}

/** Cuts content into chunks of a few bytes, as an archive may. */
function chunks(content: Buffer): Buffer[] {
  const cut: Buffer[] = [];
  for (let start = 0; start < content.length; start += 50) {
    const chunk = content.subarray(start, start + 50);
    cut.push(int(chunk.length), chunk);
  }
  return [...cut, int(0)];
}

/** Compresses, or for lz4 and zstd packs the content as it is into a valid frame. */
function compress(content: Buffer, compression: Compression): Buffer {
  switch (compression) {
    case 'none':
      return content;
    case 'gzip':
      return deflateSync(content);
    case 'lz4': {
      const size = Buffer.alloc(4);
      size.writeUInt32LE(content.length + 0x80000000);
      const block = content.length === 0 ? [] : [size, content];
      return Buffer.concat([Buffer.from('04224d184040c0', 'hex'), ...block, Buffer.alloc(4)]);
    }
    case 'zstd': {
      const header = Buffer.alloc(3);
      header.writeUIntLE(content.length * 8 + 1, 0, 3);
      return Buffer.concat([Buffer.from('28b52ffd0058', 'hex'), header, content]);
    }
  }
}
