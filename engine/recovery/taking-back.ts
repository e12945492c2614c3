import { causeOf, isInTransition, RestoreBusyError } from './restore-error';

/** Something that a restore may have made. */
export interface Removable {
  /** What it is and is called, such as `instance orders-restored`. */
  readonly name: string;
  /**
   * Takes it away, if it is there and this restore made it.
   *
   * @returns whether it is gone, or on its way; a look later tells.
   * @throws Error when the service refuses.
   */
  remove(): Promise<'gone' | 'going'>;
}

/** How far a restore that failed is taken back. */
export interface TakenBack {
  readonly isDone: boolean;
  /** What is still there when it is done, with the reason. */
  readonly leftBehind: readonly string[];
}

/** Seconds within which everything must be gone: RDS takes minutes to delete, and ends what it began before. */
export const TAKE_BACK_SECONDS = 5400;

/**
 * Takes away what a restore made, as far as it can be now.
 *
 * @param since milliseconds since 1970 when this was done first.
 * @returns done when all is gone, or what is not never will be.
 */
export async function takeBack(removables: readonly Removable[], since: number, now: number): Promise<TakenBack> {
  const isOver = now - since >= TAKE_BACK_SECONDS * 1000;
  const leftBehind: string[] = [];
  let going = 0;
  for (const { name, remove } of removables) {
    const outcome = await attempt(remove);
    if (outcome === 'going' && !isOver) {
      going += 1;
    } else if (outcome !== 'gone') {
      leftBehind.push(
        `${name}: ${outcome === 'going' ? `still there after ${TAKE_BACK_SECONDS} s` : outcome.replace(/\s*HINT:.*$/s, '')}`,
      );
    }
  }
  return { isDone: going === 0, leftBehind };
}

/** @returns why it was refused, if it was */
async function attempt(remove: Removable['remove']): Promise<string> {
  try {
    return await remove();
  } catch (error) {
    if (error instanceof RestoreBusyError || isInTransition(causeOf(error))) {
      return 'going';
    }
    return error instanceof Error ? error.message : String(error);
  }
}
