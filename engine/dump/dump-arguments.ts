import type { Compression } from '../contract/tenant-dumps';
import { namePatterns } from './pattern';

/** What one `pg_dump` is to read. */
export interface DumpScope {
  /** Schemas that alone are dumped. @default - all */
  readonly onlySchemas?: readonly string[];
  /** Schemas that are left out. */
  readonly withoutSchemas: readonly string[];
}

/** How one `pg_dump` reads and writes. */
export interface DumpForm {
  /** Name of the exported snapshot. */
  readonly snapshot: string;
  readonly compression: Compression;
  /** Encoding of the database. */
  readonly serverEncoding: string;
}

/** Arguments of a `pg_dump` that writes a custom-format archive to its standard output. */
export function dumpArguments(scope: DumpScope, { snapshot, compression, serverEncoding }: DumpForm): string[] {
  return [
    '--format=custom',
    '--no-password',
    `--snapshot=${snapshot}`,
    `--lock-wait-timeout=${LOCK_WAIT_MS}`,
    ...COMPRESSION_ARGUMENTS[compression],
    ...encodingArguments(serverEncoding),
    ...namePatterns(scope.onlySchemas ?? []).map((pattern) => `--schema=${pattern}`),
    ...namePatterns(scope.withoutSchemas).map((pattern) => `--exclude-schema=${pattern}`),
  ];
}

/**
 * Arguments by which `pg_dump` takes the names in its arguments for UTF-8, and writes UTF-8: the server converts. Without them both
 * are in the encoding of the database, and a name that is not in ASCII is not found in one of another encoding. SQL_ASCII
 * names no encoding to convert from: what lies there need not be UTF-8.
 *
 * @param serverEncoding encoding of the database, as PostgreSQL names it.
 */
export const encodingArguments = (serverEncoding: string): readonly string[] =>
  serverEncoding === 'SQL_ASCII' ? [] : ['--encoding=UTF8'];

/**
 * A dump waits so long for a table that something holds exclusively, in milliseconds. Longer than a migration that is
 * quick enough for a platform in use, shorter than what would let a forgotten session pass for a slow dump.
 */
const LOCK_WAIT_MS = 600_000;

/** gzip is what `pg_dump` does by itself, at zlib's default level; before PostgreSQL 16 it takes no name of a method. */
const COMPRESSION_ARGUMENTS: Readonly<Record<Compression, readonly string[]>> = {
  none: ['--compress=0'],
  gzip: [],
  lz4: ['--compress=lz4'],
  zstd: ['--compress=zstd'],
};
