import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, 'fixtures');

/** Names of the archives that pg_dump wrote of a database. */
export function fixtureNames(database: 'shop' | 'tiny' | 'objects'): string[] {
  return readdirSync(FOLDER).filter((name) => name.includes(`-${database}-`) && name.endsWith('.dump'));
}

/** An archive that pg_dump wrote. */
export function fixture(name: string): Buffer {
  return readFileSync(join(FOLDER, name));
}

/** Gives bytes as a stream does, in pieces of that many. */
export async function* pieces(bytes: Uint8Array, pieceBytes = 65_536): AsyncGenerator<Uint8Array, void> {
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    yield bytes.subarray(start, start + pieceBytes);
  }
}
