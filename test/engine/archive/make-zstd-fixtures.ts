import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { ZSTD_LEVELS, zstdContent } from './zstd-content';

/**
 * Writes test/engine/archive/fixtures/zstd by hand, with the zstd library that Node brings from version 22.15 on:
 *
 *     npm run build
 *     node dist/test/engine/archive/make-zstd-fixtures.js test/engine/archive/fixtures/zstd
 */
function main(folder = ''): void {
  const compress: (bytes: Buffer, options: object) => Buffer = Reflect.get(zlib, 'zstdCompressSync');
  const level: number = Reflect.get(zlib.constants, 'ZSTD_c_compressionLevel');
  mkdirSync(folder, { recursive: true });
  for (const value of ZSTD_LEVELS) {
    writeFileSync(join(folder, `level-${value}.zst`), compress(zstdContent(), { params: { [level]: value } }));
  }
}

main(process.argv[2]);
