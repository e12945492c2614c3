import { errorName, httpStatus } from '../objects/store-error';

/** The request cannot be carried out as it is; nothing was made. */
export class RestoreRefusedError extends Error {
  public constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RestoreRefusedError';
  }
}

/** The restore has failed; what it made must be taken away. */
export class RestoreFailedError extends Error {
  public constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RestoreFailedError';
  }
}

/** A service could not answer just now: the same step may be made again. Where that is the plan, the state machine knows it by its name. */
export class RestoreBusyError extends Error {
  public constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RestoreBusyError';
  }
}

/** Whether a service says that what was asked for is not there: `DBInstanceNotFoundFault`, `ResourceNotFoundException`, `NoSuchKey`. */
export function isMissing(error: unknown): boolean {
  return /NotFound|^NoSuch/.test(errorName(error));
}

/** Whether a service says that a resource is in the middle of something, so that the same may succeed later. */
export function isInTransition(error: unknown): boolean {
  return /^Invalid(DBInstance|DBCluster|ReplicationGroup|CacheCluster)State/.test(errorName(error));
}

/**
 * Asks a service, and tells a refusal in terms of what was attempted.
 *
 * @param attempt what is done, as a verb with its object: `describe the instance orders`.
 * @throws RestoreBusyError when the same may succeed in a moment; RestoreFailedError when the service refuses. Errors that {@link isMissing}
 *   or {@link isInTransition} tell apart are their `cause`.
 */
export async function asked<Answer>(attempt: string, request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    const name = errorName(error);
    const message = error instanceof Error ? error.message : String(error);
    const text = `Cannot ${attempt}: ${name}: ${message.slice(0, 300)}`;
    if (isBusy(error)) {
      throw new RestoreBusyError(`${text}. HINT: it is tried again by itself.`, { cause: error });
    }
    throw new RestoreFailedError(`${text}. HINT: ${HINTS.find(([form]) => form.test(name))?.[1] ?? OTHER}`, {
      cause: error,
    });
  }
}

/**
 * As {@link asked}, for something that may not be there.
 *
 * @returns undefined when it is not.
 */
export async function found<Answer>(attempt: string, request: () => Promise<Answer>): Promise<Answer | undefined> {
  return asked(attempt, async () => {
    try {
      return await request();
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  });
}

/** The error of the service behind one of {@link asked}. */
export function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function isBusy(error: unknown): boolean {
  return (httpStatus(error) ?? 0) >= 500 || BUSY.test(errorName(error));
}

const BUSY =
  /^(Throttl|RequestLimitExceeded|TooManyRequests|SlowDown|ServiceUnavailable|Internal(Failure|Error|Server)|Request(Timeout|Abort)|Timeout|ECONN|EPIPE|EAI_AGAIN|Networking)/;

const HINTS: readonly (readonly [form: RegExp, hint: string])[] = [
  [/^(AccessDenied|UnauthorizedOperation)/, 'give the role of the restore what is missing, or look for a Deny.'],
  [/KMSKeyNotAccessible|^KMS/, 'enable the key, and let its policy admit the role of the restore.'],
  [
    /Quota|LimitExceeded|InsufficientDBInstanceCapacity|InsufficientCacheClusterCapacity/,
    'ask for a higher quota, or name another class in `placement`.',
  ],
  [/AlreadyExists/, 'choose another new name.'],
  [/NotFound/, 'correct the name in the request.'],
];
const OTHER = 'correct what the message names in `placement`, and start the restore again.';
