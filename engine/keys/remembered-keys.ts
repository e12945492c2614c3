import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { KEYS_STATE_KEY } from '../contract/verify-keys';
import { READ_HINTS } from '../objects/read-hints';
import { StateObject, StateTakenError } from '../objects/state-object';

/** Which keys were found behind aliases, as an object in the proofs bucket holds it. */
const rememberedKeys = z.object({
  /** Version of this format. */
  format: z.literal(1),
  /** ARNs of the keys by the ARNs of their aliases. */
  keys: z.record(z.string(), z.string()),
});

/** ARNs of keys by the ARNs of their aliases. */
export type KeysByAlias = Readonly<Record<string, string>>;

/**
 * Remembers which keys were found behind aliases: of each alias the first one, for good, so that a key that takes its place stays
 * noticed until somebody says that it is the right one, by deleting the object.
 *
 * @param found what aliases point to now.
 * @returns what they pointed to first.
 * @throws Error when the object cannot be read or written.
 */
export async function rememberKeys(s3: S3Client, bucket: string, found: KeysByAlias): Promise<KeysByAlias> {
  const object = new StateObject({
    s3,
    bucket,
    key: KEYS_STATE_KEY,
    schema: rememberedKeys,
    of: 'keys',
    takenBy: 'verifies the keys',
    hints: READ_HINTS,
  });
  const { state, etag } = await object.read();
  const keys = { ...found, ...state?.keys };
  if (Object.keys(keys).length > 0) {
    // Also when nothing is new: the lifecycle of the bucket removes what was not written for long.
    await object.write({ format: 1, keys }, etag).catch((error: unknown) => {
      // Another run remembers the same at this moment.
      if (!(error instanceof StateTakenError)) {
        throw error;
      }
    });
  }
  return keys;
}
