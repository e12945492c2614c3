import * as z from 'zod/mini';
import type { WriteReportEvent } from '../contract/write-report';
import { parseEvent } from '../functions/parse-event';

const writeReportEvent = z.object({
  prefix: z.string().check(z.minLength(1)),
  recoveryRoleArn: z.optional(z.string().check(z.regex(/^arn:[^:]+:iam::\d{12}:role\/.+$/))),
});

/**
 * Reads the event of the function `write-report`.
 *
 * @throws Error that names every field that is wrong.
 */
export const parseWriteReportEvent = (event: unknown): WriteReportEvent =>
  parseEvent('write-report', writeReportEvent, event);
