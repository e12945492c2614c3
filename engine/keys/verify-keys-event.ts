import * as z from 'zod/mini';
import type { VerifyKeysEvent } from '../contract/verify-keys';
import { parseEvent, refuseSameNames } from '../functions/parse-event';

const name = z.string().check(z.minLength(1));
const keyTarget = z
  .object({
    name,
    region: name,
    keyArn: z.optional(z.string().check(z.regex(/^arn:[^:]+:kms:[^:]+:\d{12}:key\/.+$/))),
    aliasArn: z.optional(z.string().check(z.regex(/^arn:[^:]+:kms:[^:]+:\d{12}:alias\/.+$/))),
  })
  .check(z.refine(({ keyArn, aliasArn }) => (keyArn ?? aliasArn) !== undefined, 'neither keyArn nor aliasArn'));

const verifyKeysEvent = z.object({
  keys: z.array(keyTarget),
  knownAccounts: z.array(z.string().check(z.regex(/^\d{12}$/))),
  proofs: z.object({ bucket: name, region: name }),
  alarmName: name,
  incidentName: z.optional(name),
  warningAlarmName: name,
  warningIncidentName: z.optional(name),
});

/**
 * Reads the event of the function `verify-keys`.
 *
 * @throws Error that names every field that is wrong.
 */
export function parseVerifyKeysEvent(event: unknown): VerifyKeysEvent {
  const parsed = parseEvent('verify-keys', verifyKeysEvent, event);
  refuseSameNames(
    'verify-keys',
    parsed.keys.map((key) => ({ resource: `${key.name} in ${key.region}` })),
  );
  return parsed;
}
