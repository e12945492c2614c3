import * as z from 'zod/mini';
import type { VerifyFilesEvent } from '../contract/verify-files';

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
  readCycleDays: z.number().check(z.positive()),
});

/**
 * Reads the event of the function `verify-files`.
 *
 * @throws Error that names every field that is wrong.
 */
export function parseVerifyFilesEvent(event: unknown): VerifyFilesEvent {
  const parsed = verifyFilesEvent.safeParse(event);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'event'}: ${issue.message}`);
    throw new Error(
      `The event of verify-files is wrong (${fields.join('; ')}). HINT: send what the schedule of the function carries as its input.`,
    );
  }
  const resources = parsed.data.targets.map(({ resource }) => resource);
  const twice = resources.find((resource, index) => resources.indexOf(resource) !== index);
  if (twice !== undefined) {
    throw new Error(
      `The event of verify-files names the resource ${twice} twice. HINT: give each target a name of its own.`,
    );
  }
  return parsed.data;
}
