import * as z from 'zod/mini';
import type { DeletionAttemptsInput } from '../contract/deletion-attempts';
import { parseEvent } from '../functions/parse-event';

const name = z.string().check(z.minLength(1));

/** A field that is not as it should be counts as absent, and then as suspicious. */
const text = z.catch(z.optional(z.string()), undefined);
const fields = z.catch(z.optional(z.nullable(z.record(z.string(), z.unknown()))), undefined);

const deletionAttemptsInput = z.object({
  prefix: name,
  account: name,
  region: name,
  time: z.string().check(z.refine((time) => !Number.isNaN(Date.parse(time)), 'no moment')),
  alarmName: name,
  incidentName: name,
  detail: z.object({
    eventSource: name,
    eventName: name,
    eventID: text,
    sourceIPAddress: text,
    errorCode: text,
    errorMessage: text,
    requestParameters: fields,
    userIdentity: fields,
  }),
});

/**
 * Reads the event of the function `deletion-attempts`.
 *
 * @throws Error that names every field that is wrong.
 */
export function parseDeletionAttemptsInput(event: unknown): DeletionAttemptsInput {
  return parseEvent('deletion-attempts', deletionAttemptsInput, event);
}
