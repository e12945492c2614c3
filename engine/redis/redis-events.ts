import * as z from 'zod/mini';
import type { ExportRedisEvent, SnapshotRedisEvent, VerifyRedisEvent } from '../contract/redis';
import { retentionProblem } from '../contract/retention';
import { parseEvent, refuseSameNames } from '../functions/parse-event';

const name = z.string().check(z.minLength(1));
const count = z.int().check(z.nonnegative());
const location = { bucket: name, region: name };
const keyArn = z.string().check(z.regex(/^arn:[^:]+:kms:[^:]+:\d{12}:(key|alias)\/.+$/));
const resource = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/));

const cache = z.object({
  target: z.object({
    resource,
    kind: z.enum(['replicationGroup', 'serverless']),
    id: name,
    login: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('secret'), secretArn: name }),
      z.object({ kind: z.literal('open') }),
    ]),
    savePoints: z.array(z.object({ changes: z.int().check(z.positive()), seconds: z.int().check(z.positive()) })),
    snapshotRetentionDays: z.int().check(z.positive()),
    snapshotWindow: z.string().check(z.regex(/^\d\d:\d\d-\d\d:\d\d$/)),
  }),
  store: z.object({
    ...location,
    keyArn,
    lockMode: z.enum(['governance', 'compliance']),
    retention: z
      .object({ daily: count, weekly: count, monthly: count, yearly: count })
      .check(z.refine((counts) => retentionProblem(counts) === undefined, { error: 'is no retention' })),
    stagingBucket: name,
  }),
});

const verification = z.object({
  targets: z.array(cache),
  replicas: z.record(z.string(), z.object({ ...location, keyArn })),
  proofs: z.object(location),
  alarmName: name,
  incidentName: z.optional(name),
});

/**
 * Reads the event of `snapshot-redis`.
 *
 * @throws Error that names every field that is wrong.
 */
export const parseSnapshotRedisEvent = (event: unknown): SnapshotRedisEvent =>
  parseEvent('snapshot-redis', cache, event);

/**
 * Reads the event of `export-redis`.
 *
 * @throws Error that names every field that is wrong.
 */
export const parseExportRedisEvent = (event: unknown): ExportRedisEvent => parseEvent('export-redis', cache, event);

/**
 * Reads the event of `verify-redis`.
 *
 * @throws Error that names every field that is wrong, or a cache that is named twice or has no replica.
 */
export function parseVerifyRedisEvent(event: unknown): VerifyRedisEvent {
  const parsed = parseEvent('verify-redis', verification, event);
  const targets = parsed.targets.map(({ target }) => target);
  refuseSameNames('verify-redis', targets);
  const alone = targets.find(({ resource: named }) => parsed.replicas[named] === undefined);
  if (alone !== undefined) {
    throw new Error(
      `The event of verify-redis names no replica of ${alone.resource}. HINT: send what the schedule of the function carries as its input.`,
    );
  }
  return parsed;
}
