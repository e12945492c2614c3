import * as z from 'zod/mini';
import type { VerifyFilesEvent } from '../contract/verify-files';
import { parseEvent, refuseSameNames } from '../functions/parse-event';

const name = z.string().check(z.minLength(1));
const location = { bucket: name, region: name };

const verifyFilesEvent = z.object({
  targets: z.array(
    z.object({
      resource: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)),
      source: z.object({ ...location, expireAfterDays: z.optional(z.number().check(z.positive())) }),
      replica: z.object({
        ...location,
        keyArn: z.optional(z.string().check(z.regex(/^arn:[^:]+:kms:[^:]+:\d{12}:(key|alias)\/.+$/))),
      }),
    }),
  ),
  proofs: z.object(location),
  alarmName: name,
  incidentName: z.optional(name),
  readCycleDays: z.number().check(z.positive()),
});

/**
 * Reads the event of the function `verify-files`.
 *
 * @throws Error that names every field that is wrong.
 */
export function parseVerifyFilesEvent(event: unknown): VerifyFilesEvent {
  const parsed = parseEvent('verify-files', verifyFilesEvent, event);
  refuseSameNames('verify-files', parsed.targets);
  return parsed;
}
