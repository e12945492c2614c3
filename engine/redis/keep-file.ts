import type { ObjectLock, ObjectStore } from '../objects/object-store';
import { untilDeadline } from '../objects/until-deadline';
import type { RdbVerdict } from '../rdb/verify';
import type { RedisFile } from './redis-manifest';

/** Walks an RDB file to its end; throws at the first fault. */
export type WalkRdb = (source: AsyncIterable<Buffer>) => Promise<RdbVerdict>;

/**
 * Writes a file under a key, and walks through it at the same time. The object appears only if its structure is whole to
 * the end.
 *
 * @param deadline when to give up, in milliseconds since 1970.
 * @returns the object and what is in it, also when it was there already with the same bytes.
 * @throws RdbError when the file is damaged; OutOfTimeError at the deadline; Error when S3 refuses.
 */
export async function keepFile(
  store: ObjectStore,
  key: string,
  source: AsyncIterable<Buffer>,
  { walk, lock, deadline, now }: { walk: WalkRdb; lock: ObjectLock; deadline: number; now: () => number },
): Promise<RedisFile> {
  const upload = store.upload(key, { lock });
  try {
    const verdict = await walk(
      (async function* () {
        for await (const piece of untilDeadline(source, deadline, now)) {
          await upload.write(piece);
          yield piece;
        }
      })(),
    );
    await upload.end();
    return { ...(await upload.stored), rdb: factsOf(verdict) };
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

/** What a manifest says of a walk: numbers, no names of keys. */
export function factsOf({ databases, ...verdict }: RdbVerdict): RedisFile['rdb'] {
  const { kind, version, checksum, functions, modules, trailingBytes } = verdict;
  return {
    kind,
    version,
    checksum,
    keys: databases.reduce((sum, { keys }) => sum + keys, 0),
    expires: databases.reduce((sum, { expires }) => sum + expires, 0),
    functions,
    modules: [...modules],
    trailingBytes,
  };
}
