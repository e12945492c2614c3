import { setTimeout as sleep } from 'node:timers/promises';

/** What CloudFormation sends with every request for a custom resource and wants back verbatim. */
export interface CustomResourceRequest {
  /** Pre-signed address that takes the answer. Whoever knows it can answer, so it is a secret: it is never printed. */
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
}

/** How a request ended. */
export type CustomResourceOutcome = {
  /** What the resource is called; another name than before makes CloudFormation delete the resource of the old name. */
  readonly physicalResourceId: string;
} & (
  | { readonly status: 'SUCCESS' }
  /** The reason is what CloudFormation shows as the cause of the failed deployment. */
  | { readonly status: 'FAILED'; readonly reason: string }
);

/**
 * Longest that {@link sendResponse} takes, in milliseconds: whoever must answer before a deadline stops this much earlier.
 */
export const LONGEST_RESPONSE_MS = 20_000;

/**
 * Tells CloudFormation how a request for a custom resource ended. Repeats what fails: a stack waits for an answer that
 * never comes until its own timeout.
 *
 * @param waitsMs milliseconds between the attempts
 * @throws Error when CloudFormation did not take the answer; it names neither the address nor what could contain it
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export async function sendResponse(
  request: CustomResourceRequest,
  outcome: CustomResourceOutcome,
  waitsMs: readonly number[] = [500, 1_000, 2_000],
): Promise<void> {
  const body = responseBody(request, outcome);
  let failure = await attempt(request.ResponseURL, body);
  for (const waitMs of waitsMs) {
    if (failure === undefined) {
      return;
    }
    await sleep(waitMs);
    failure = await attempt(request.ResponseURL, body);
  }
  if (failure !== undefined) {
    throw new Error(
      `CloudFormation did not take the answer ${outcome.status} for ${request.LogicalResourceId} in ${waitsMs.length + 1} attempts, at last: ${failure}. HINT: let the function reach S3 over HTTPS; the stack goes on when the timeout of the resource has passed.`,
    );
  }
}

/** Four attempts of this length and the waits between them stay below {@link LONGEST_RESPONSE_MS}. */
const ATTEMPT_TIMEOUT_MS = 4_000;

/** The whole answer may have 4,096 bytes; the ids need less than 1,000 of them, and a character at most three. */
const LONGEST_REASON_CHARACTERS = 1_000;

function responseBody(request: CustomResourceRequest, outcome: CustomResourceOutcome): Buffer {
  const { StackId, RequestId, LogicalResourceId } = request;
  return Buffer.from(
    JSON.stringify({
      Status: outcome.status,
      ...(outcome.status === 'FAILED' && { Reason: outcome.reason.slice(0, LONGEST_REASON_CHARACTERS) }),
      PhysicalResourceId: outcome.physicalResourceId,
      StackId,
      RequestId,
      LogicalResourceId,
    }),
  );
}

/**
 * One PUT. The body is bytes because the address is signed for a request without `Content-Type`, which `fetch` would add
 * to text.
 *
 * @returns why it failed, if it did: messages of `fetch` can contain the address, so only the name of the error is told
 */
async function attempt(url: string, body: Buffer): Promise<string | undefined> {
  try {
    const response = await fetch(url, { method: 'PUT', body, signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS) });
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    return (error as Error).name;
  }
}
