import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { instant } from '../catalog/manifest-format';
import { cacheProofsPrefix } from '../contract/redis';
import { READ_HINTS } from '../objects/read-hints';
import { StateObject, StateTakenError } from '../objects/state-object';

/** State of the proofs of one cache between runs, as `state.json` in the proofs bucket holds it. */
const provedState = z.object({
  /** Version of this format. */
  format: z.literal(1),
  /** When the first verification was made. */
  firstAt: instant,
  /** When the newest proof began that found the newest backup present, or intact. */
  present: z.optional(instant),
  intact: z.optional(instant),
});

/** What a run has proved. */
export interface Proved {
  readonly present: boolean;
  readonly intact: boolean;
  /** When it began, in milliseconds since 1970: ages count from here. */
  readonly at: number;
  readonly now: number;
}

/** Ages of the newest proofs in seconds; before the first one, since the first verification. */
export interface ProofAges {
  readonly presentSeconds: number;
  readonly intactSeconds: number;
  /** When the newest proof began that found the newest backup intact, an ISO 8601 instant; absent before the first one. */
  readonly intactAt?: string;
}

/**
 * Remembers what a run has proved of a cache, and says how old the newest proofs are.
 *
 * @param bucket of the proofs.
 * @throws Error when the state cannot be read or written.
 */
export async function rememberProof(
  s3: S3Client,
  bucket: string,
  resource: string,
  { present, intact, at: began, now }: Proved,
): Promise<ProofAges> {
  const object = new StateObject({
    s3,
    bucket,
    key: `${cacheProofsPrefix(resource)}state.json`,
    schema: provedState,
    of: 'proofs',
    takenBy: `verifies ${resource}`,
    hints: READ_HINTS,
  });
  const { state, etag } = await object.read();
  const at = new Date(began).toISOString();
  const next = {
    format: 1 as const,
    firstAt: at,
    ...state,
    ...(present && { present: at }),
    ...(intact && { intact: at }),
  };
  await object.write(next, etag).catch((error: unknown) => {
    // Another run remembers what it has proved at the same moment.
    if (!(error instanceof StateTakenError)) {
      throw error;
    }
  });
  const age = (since: string): number => Math.max(0, (now - Date.parse(since)) / 1000);
  return {
    presentSeconds: age(next.present ?? next.firstAt),
    intactSeconds: age(next.intact ?? next.firstAt),
    ...(next.intact !== undefined && { intactAt: next.intact }),
  };
}
