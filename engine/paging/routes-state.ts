import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { ROUTES_STATE_KEY } from '../contract/check-routes';
import { READ_HINTS } from '../objects/read-hints';
import { StateObject } from '../objects/state-object';

const instant = z.iso.datetime();
const count = z.int().check(z.nonnegative());

/** A heartbeat as it was sent along one topic. */
const sentHeartbeat = z.object({
  arn: z.string(),
  /** Subscriptions that were confirmed then. @default - it was not known */
  receivers: z.optional(count),
  /** Why it was not sent. */
  error: z.optional(z.string()),
});

/** State of the routes between runs, in the proofs bucket. */
const routesState = z.object({
  /** Version of this format. */
  format: z.literal(1),
  /** When the routes were first looked at: until a heartbeat was sent, its absence counts from here. */
  watchedSince: instant,
  /** The newest heartbeat. */
  heartbeat: z.optional(z.object({ sentAt: instant, topics: z.array(sentHeartbeat) })),
});

export type SentHeartbeat = z.infer<typeof sentHeartbeat>;
export type RoutesState = z.infer<typeof routesState>;

/** The object that holds the state. @param bucket of the proofs. */
export function routesStateObject(s3: S3Client, bucket: string): StateObject<typeof routesState> {
  return new StateObject({
    s3,
    bucket,
    key: ROUTES_STATE_KEY,
    schema: routesState,
    of: 'routes',
    takenBy: 'checks the routes of pages',
    hints: READ_HINTS,
  });
}
