import type * as z from 'zod/mini';

/**
 * Reads the event of a function.
 *
 * @param functionName as errors call it.
 * @throws Error that names every field that is wrong.
 */
export function parseEvent<Event>(functionName: string, schema: z.ZodMiniType<Event>, event: unknown): Event {
  const parsed = schema.safeParse(event);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'event'}: ${issue.message}`);
    throw new Error(
      `The event of ${functionName} is wrong (${fields.join('; ')}). HINT: send what the schedule or the rule of the function carries as its input.`,
    );
  }
  return parsed.data;
}

/**
 * Refuses targets of the same name, whose metrics and reports could not be told apart.
 *
 * @throws Error that names the first such resource.
 */
export function refuseSameNames(functionName: string, targets: readonly { readonly resource: string }[]): void {
  const resources = targets.map(({ resource }) => resource);
  const twice = resources.find((resource, index) => resources.indexOf(resource) !== index);
  if (twice !== undefined) {
    throw new Error(
      `The event of ${functionName} names the resource ${twice} twice. HINT: give each target a name of its own.`,
    );
  }
}
