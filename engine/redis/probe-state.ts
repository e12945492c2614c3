import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { cacheStateKey } from '../contract/redis';
import { READ_HINTS } from '../objects/read-hints';
import { StateObject } from '../objects/state-object';

const instant = z.iso.datetime();
const count = z.int().check(z.nonnegative());

/** A snapshot as the probe remembers it. */
const knownSnapshot = z.object({
  name: z.string(),
  /** When it was begun. */
  at: instant,
  /** The total of changes that are in it for certain. */
  mark: count,
  /** Holdfast began it. */
  isOwn: z.boolean(),
  /** It counts towards the quota. */
  isManual: z.boolean(),
  /** `tried`: asked for, and not seen yet. `deleted`: it was complete, and is gone. */
  status: z.enum(['tried', 'creating', 'saved', 'deleted', 'failed']),
});

const probeState = z.object({
  /** Version of this format. */
  format: z.literal(1),
  /** Names the run that wrote it, so that no other takes it for its own. */
  run: z.string(),
  probedAt: instant,
  /** See `countChanges`. */
  count: z.object({ servers: z.record(z.string(), count), total: count }),
  /** Those of the last day, and the newest that is complete. */
  snapshots: z.array(knownSnapshot),
});

export type KnownSnapshot = z.infer<typeof knownSnapshot>;
export type ProbeState = z.infer<typeof probeState>;

/** What the probe of a cache remembers from minute to minute, in the staging bucket. */
export function probeStateObject(s3: S3Client, stagingBucket: string, resource: string) {
  return new StateObject({
    s3,
    bucket: stagingBucket,
    key: cacheStateKey.probe(resource),
    schema: probeState,
    of: 'probes',
    takenBy: `probes ${resource}`,
    hints: READ_HINTS,
  });
}
