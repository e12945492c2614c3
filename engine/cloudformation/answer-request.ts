import {
  type CustomResourceOutcome,
  type CustomResourceRequest,
  LONGEST_RESPONSE_MS,
  sendResponse,
} from './custom-resource-response';

/** How a request for a custom resource is carried out. */
export interface CustomResourceWork {
  /** Milliseconds that are left of the run. */
  readonly remainingMs: number;
  /** Service that the work waits for, for the message when it does not answer in time. */
  readonly service: string;
  /** What the resource is called when the work fails. */
  readonly physicalIdOfFailure: string;
  /** Does what was asked for and gives the physical id of the resource. */
  readonly carryOut: (signal: AbortSignal) => Promise<string>;
}

/**
 * Carries a request for a custom resource out, logs how it ended, and tells CloudFormation. The work may fail in any way:
 * CloudFormation waits for an answer, whatever happens.
 *
 * @throws Error when CloudFormation did not take the answer
 */
export async function answerRequest(
  request: CustomResourceRequest & { readonly RequestType: string },
  work: CustomResourceWork,
): Promise<void> {
  const outcome = await outcomeOf(work);
  console.log(JSON.stringify({ request: request.RequestType, resource: request.LogicalResourceId, ...outcome }));
  await sendResponse(request, outcome);
}

async function outcomeOf(work: CustomResourceWork): Promise<CustomResourceOutcome> {
  const timeoutMs = work.remainingMs - LONGEST_RESPONSE_MS;
  const signal = AbortSignal.timeout(Math.max(timeoutMs, 0));
  try {
    return { status: 'SUCCESS', physicalResourceId: await work.carryOut(signal) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      status: 'FAILED',
      physicalResourceId: work.physicalIdOfFailure,
      reason: signal.aborted ? `${work.service} did not answer within ${timeoutMs} ms. HINT: deploy again.` : reason,
    };
  }
}
