import type { RestoreAnswer, RestoreResult, RestoreStep } from '../contract/restore-managed';
import { RestoreBusyError, RestoreFailedError } from './restore-error';
import { type Removable, takeBack } from './taking-back';

/** What every restore keeps between two steps beside its own. */
export interface KeptProgress {
  /** ISO 8601; when the restore began to be taken back. */
  readonly takingBackSince?: string;
  /** What came of it, once it is ready. */
  readonly result?: RestoreResult;
}

/** A kind of restore. */
export interface RestoreWork<Progress extends object> {
  /** Makes sure of everything, and makes nothing. */
  plan(): Promise<Progress>;
  /** Makes the next step. */
  advance(progress: Progress): Promise<Advance<Progress>>;
  /** Everything that the steps may have made until now. */
  removables(progress: Progress): readonly Removable[];
}

/** What a step came to. */
export interface Advance<Progress> {
  readonly progress: Progress;
  readonly waitSeconds: number;
  /** Once there is no further step. */
  readonly result?: Omit<RestoreResult, 'durationSeconds'>;
}

/** Tells the monitoring what came of a restore. */
export interface RestoreSignals {
  succeeded(durationSeconds: number): Promise<void>;
  failed(leftBehind: number): Promise<void>;
}

/**
 * Makes one step of a restore, as the state machine asks for it: plans, goes on, reports, or takes back.
 *
 * @param now milliseconds since 1970.
 * @throws RestoreRefusedError, RestoreFailedError, or RestoreBusyError while it plans; Error when the outcome cannot be published.
 */
export async function runRestoreStep<Progress extends object>(
  step: RestoreStep<unknown, { readonly timeoutSeconds: number }>,
  work: RestoreWork<Progress>,
  signals: RestoreSignals,
  now: number,
): Promise<RestoreAnswer> {
  const progress = step.progress as (Progress & KeptProgress) | undefined;
  if (progress === undefined) {
    return { progress: await work.plan(), isDone: false, waitSeconds: 0 };
  }
  if (step.failure !== undefined) {
    return takeBackStep(progress, step.failure, work, signals, now);
  }
  if (step.isReport === true) {
    await signals.succeeded(progress.result?.durationSeconds ?? 0);
    return { progress, isDone: true, waitSeconds: 0, result: progress.result };
  }
  const seconds = (now - Date.parse(step.execution.startedAt)) / 1000;
  if (seconds > step.settings.timeoutSeconds) {
    throw new RestoreFailedError(
      `The restore is not ready after ${Math.round(seconds)} s, it may take ${step.settings.timeoutSeconds} s. HINT: look at the status of what was being made in CloudTrail and the events of the service, then start it again.`,
    );
  }
  const { result, ...outcome } = await unlessBusy(progress, () => work.advance(progress));
  if (result === undefined) {
    return { ...outcome, isDone: false };
  }
  const complete = { ...result, durationSeconds: Math.round(seconds) };
  return { progress: { ...outcome.progress, result: complete }, isDone: true, waitSeconds: 0, result: complete };
}

/** When a service is too busy, the same step comes again; the timeout of the whole bounds how often. */
async function unlessBusy<Progress>(
  progress: Progress,
  advance: () => Promise<Advance<Progress>>,
): Promise<Advance<Progress>> {
  try {
    return await advance();
  } catch (error) {
    if (error instanceof RestoreBusyError) {
      return { progress, waitSeconds: BUSY_SECONDS };
    }
    throw error;
  }
}

async function takeBackStep<Progress extends object>(
  progress: Progress & KeptProgress,
  failure: Failure,
  work: RestoreWork<Progress>,
  signals: RestoreSignals,
  now: number,
): Promise<RestoreAnswer> {
  const takingBackSince = progress.takingBackSince ?? new Date(now).toISOString();
  const { isDone, leftBehind } = await takeBack(work.removables(progress), Date.parse(takingBackSince), now);
  const answer = { progress: { ...progress, takingBackSince }, isDone, waitSeconds: isDone ? 0 : LOOK_AGAIN_SECONDS };
  if (!isDone) {
    return answer;
  }
  await signals.failed(leftBehind.length);
  const remains = leftBehind.length === 0 ? '' : ` Left behind, to be deleted by hand: ${leftBehind.join('; ')}`;
  return { ...answer, failure: { Error: failure.Error, Cause: `${firstCause(failure)}${remains}` } };
}

type Failure = NonNullable<RestoreStep<unknown, unknown>['failure']>;

/** The message of an error of a function, which Step Functions gives as JSON with its name and its stack. */
function firstCause({ Error: name, Cause: cause = '' }: Failure): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause || name;
  }
}

/** Seconds to let a busy service alone. */
const BUSY_SECONDS = 15;

/** Seconds between two looks at what is being deleted. */
const LOOK_AGAIN_SECONDS = 30;
