import * as z from 'zod/mini';
import type { CheckRoutesEvent } from '../contract/check-routes';
import { SEVERITIES } from '../contract/paging';
import { parseEvent } from '../functions/parse-event';

const name = z.string().check(z.minLength(1));

const checkRoutesEvent = z
  .object({
    topics: z
      .array(
        z.object({
          arn: z.string().check(z.regex(/^arn:[^:]+:sns:[^:]+:\d{12}:[\w-]+$/)),
          severity: z.enum(SEVERITIES),
          keyArn: z.string().check(z.regex(/^arn:[^:]+:kms:[^:]+:\d{12}:(key|alias)\/.+$/)),
        }),
      )
      .check(z.minLength(1)),
    receivers: z.object({
      emails: z.int().check(z.nonnegative()),
      hasPager: z.boolean(),
      slack: z.optional(z.object({ workspaceId: name, channelId: name })),
    }),
    proofs: z.optional(z.object({ bucket: name, region: name })),
    alarmName: name,
    incidentName: z.optional(name),
    heartbeat: z.optional(z.boolean()),
  })
  .check(
    z.refine(({ heartbeat, proofs }) => heartbeat !== true || proofs !== undefined, {
      path: ['proofs'],
      error: 'must be given, to remember the heartbeat in',
    }),
  );

/**
 * Reads the event of the function `check-routes`.
 *
 * @throws Error that names every field that is wrong.
 */
export const parseCheckRoutesEvent = (event: unknown): CheckRoutesEvent =>
  parseEvent('check-routes', checkRoutesEvent, event);
