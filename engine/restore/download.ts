import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { inParallel } from '../objects/in-parallel';
import type { StoredObject } from '../objects/object-store';
import { errorCode } from '../postgres/error-code';
import type { RestoreContext } from './context';
import { RestoreError } from './restore-error';

/**
 * Downloads objects into the scratch folder. When this resolves, each file holds the bytes that were written to the backup:
 * size and SHA-256 were compared.
 *
 * @returns the paths of the files, in the order of the objects.
 * @throws RestoreError when there is no room for all of them; ObjectDamagedError when one is not what was written.
 */
export async function download(
  { objects, scratchFolder, signal }: Pick<RestoreContext, 'objects' | 'scratchFolder' | 'signal'>,
  wanted: readonly StoredObject[],
): Promise<string[]> {
  await requireRoom(scratchFolder, wanted);
  return inParallel(wanted, MOST_DOWNLOADS, async (object) => {
    const path = join(scratchFolder, fileName(object));
    await pipeline(objects.read(object), createWriteStream(path, { mode: 0o600 }), { signal }).catch((error) =>
      explain(error, scratchFolder),
    );
    return path;
  });
}

/** Downloads at the same time: one seldom fills the network. */
const MOST_DOWNLOADS = 4;
/** Room that is left free, 64 MiB: for lists of entries and what else the machine writes. */
const SPARE_BYTES = 64 * 1024 * 1024;

/** There was room when the download began; somebody else may have taken it. */
function explain(error: unknown, folder: string): never {
  throw errorCode(error) === 'ENOSPC'
    ? new RestoreError(`The disk of ${folder} is full. HINT: ${ROOM_HINT}`, { cause: error })
    : error;
}

const ROOM_HINT = 'give the task more ephemeral storage, or name another folder with TMPDIR.';

/** Keys hold names of tenants, which may be longer than a name of a file can be. */
const fileName = ({ key }: StoredObject): string => createHash('sha256').update(key).digest('hex').slice(0, 32);

async function requireRoom(folder: string, wanted: readonly StoredObject[]): Promise<void> {
  const needed = wanted.reduce((total, { bytes }) => total + bytes, SPARE_BYTES);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < needed) {
    throw new RestoreError(`The restore needs ${needed} bytes in ${folder}, and ${free} are free. HINT: ${ROOM_HINT}`);
  }
}
