import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RdbError } from '../../../engine/rdb/rdb-error';
import { type RdbVerdict, verifyRdb } from '../../../engine/rdb/verify';
import { PACKAGE_ROOT } from '../../../lib/package-root';

/** Found from the sources and from `dist`. */
const FOLDER = join(PACKAGE_ROOT, 'test', 'engine', 'rdb', 'fixtures');

/** Names of the files of one kind that servers wrote. */
export function fixtureNames(kind: 'tiny' | 'idle' | 'types' | 'plain'): string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith(`-${kind}.rdb`));
}

/** A file that a server wrote. */
export function fixture(name: string): Buffer {
  return readFileSync(join(FOLDER, name));
}

/** Gives bytes as a stream does, in pieces of that many. */
export async function* pieces(bytes: Uint8Array, pieceBytes = 65_536): AsyncGenerator<Uint8Array, void> {
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    yield bytes.subarray(start, start + pieceBytes);
  }
}

/** The verdict on bytes. */
export const verdictOn = (bytes: Uint8Array, pieceBytes?: number): Promise<RdbVerdict> =>
  verifyRdb(pieces(bytes, pieceBytes));

/** The fault that a reading ends with, or `none`; anything but an RdbError is thrown on. */
export async function faultOf(bytes: Uint8Array, pieceBytes?: number): Promise<string> {
  try {
    await verdictOn(bytes, pieceBytes);
    return 'none';
  } catch (error) {
    if (error instanceof RdbError) return error.fault;
    throw error;
  }
}
