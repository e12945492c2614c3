import { errorName } from '../objects/store-error';

/**
 * Turns an error of ElastiCache into one that says what was attempted on which cache, and what to do about it.
 *
 * @param attempt what was done, as a verb that the cache's id completes: `list the snapshots of`.
 */
function explainServiceError(error: unknown, attempt: string, id: string): Error {
  const name = errorName(error);
  const message = error instanceof Error ? error.message.slice(0, 200) : String(error);
  const hint = HINTS.find(([form]) => form.test(name))?.[1] ?? OTHER_HINT;
  return new Error(`Cannot ${attempt} cache ${id}: ${name}: ${message}. HINT: ${hint}`, { cause: error });
}

/** Sends a request, with what {@link explainServiceError} says when ElastiCache refuses. */
export async function explained<Answer>(attempt: string, id: string, send: () => Promise<Answer>): Promise<Answer> {
  try {
    return await send();
  } catch (error) {
    throw explainServiceError(error, attempt, id);
  }
}

/**
 * Sends a request of which some refusals are no failures.
 *
 * @param refusals what they mean, by the name of the error.
 */
export async function outcomeOf<Outcome>(
  attempt: string,
  id: string,
  send: () => Promise<unknown>,
  success: Outcome,
  refusals: Readonly<Record<string, Outcome>>,
): Promise<Outcome> {
  try {
    await send();
    return success;
  } catch (error) {
    const outcome = refusals[errorName(error)];
    if (outcome === undefined) {
      throw explainServiceError(error, attempt, id);
    }
    return outcome;
  }
}

const HINTS: readonly (readonly [form: RegExp, hint: string])[] = [
  [
    /^AccessDenied/,
    'give the role of the function the elasticache action that the error names, on the cache and on its snapshots.',
  ],
  [
    /^(ReplicationGroup|ServerlessCache)NotFound/,
    'correct the id of the cache, or take the cache out of the configuration.',
  ],
  [/NotFound/, 'it was deleted in the meantime; nothing to do if the next run succeeds.'],
  [/^(Throttling|RequestLimitExceeded)/, 'nothing to do if the next run succeeds.'],
  [
    /^Timeout|ENOTFOUND|ECONNREFUSED/,
    'give the subnets of the function a way to the API of ElastiCache: a NAT gateway or an interface endpoint.',
  ],
];
const OTHER_HINT = 'look the error up in the API reference of ElastiCache, and run again.';
