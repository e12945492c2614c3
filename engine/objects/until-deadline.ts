/** A run has no time left. */
export class OutOfTimeError extends Error {}

/**
 * Passes a stream on until a deadline.
 *
 * @param deadline in milliseconds since 1970.
 * @throws OutOfTimeError at the first piece behind it.
 */
export async function* untilDeadline(
  source: AsyncIterable<Buffer>,
  deadline: number,
  now: () => number,
): AsyncGenerator<Buffer, void> {
  for await (const piece of source) {
    if (now() > deadline) {
      throw new OutOfTimeError();
    }
    yield piece;
  }
}
