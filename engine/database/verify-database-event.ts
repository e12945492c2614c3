import * as z from 'zod/mini';
import { retentionProblem } from '../contract/retention';
import type { VerifyDatabaseEvent } from '../contract/verify-database';
import { parseEvent, refuseSameNames } from '../functions/parse-event';

const name = z.string().check(z.minLength(1));
const count = z.int().check(z.nonnegative());
const keyArn = z.string().check(z.regex(/^arn:[^:]+:kms:[^:]+:\d{12}:(key|alias)\/.+$/));
const account = z.string().check(z.regex(/^\d{12}$/));
const vault = { name, region: name, account, keyArn };

const verifyDatabaseEvent = z.object({
  targets: z.array(
    z.object({
      resource: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)),
      kind: z.enum(['instance', 'cluster']),
      identifier: name,
      keyArn: z.optional(keyArn),
      hasCrossRegionBackups: z.boolean(),
    }),
  ),
  retention: z
    .object({ daily: count, weekly: count, monthly: count, yearly: count })
    .check(z.refine((counts) => retentionProblem(counts) === undefined, 'no retention that can be')),
  planTime: z.object({
    hour: count.check(z.maximum(23)),
    minute: count.check(z.maximum(59)),
    timeZone: name,
  }),
  planId: name,
  lockMode: z.enum(['governance', 'compliance']),
  vault: z.object(vault),
  recoveryVault: z.object({ ...vault, readRoleArn: z.optional(name) }),
  proofs: z.object({ bucket: name, region: name }),
  alarmName: name,
  incidentName: z.optional(name),
  warningAlarmName: name,
  warningIncidentName: z.optional(name),
});

/**
 * Reads the event of the function `verify-database`.
 *
 * @throws Error that names every field that is wrong.
 */
export function parseVerifyDatabaseEvent(event: unknown): VerifyDatabaseEvent {
  const parsed = parseEvent('verify-database', verifyDatabaseEvent, event);
  refuseSameNames('verify-database', parsed.targets);
  return parsed;
}
