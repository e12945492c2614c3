/**
 * Does the same with many things, so many of them at a time; results come in the order of the things.
 *
 * @throws what the first failure threw, when those that had begun have ended; nothing is begun after a failure.
 */
export async function inParallel<Thing, Result>(
  things: readonly Thing[],
  most: number,
  act: (thing: Thing) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failures = 0;
  const work = async () => {
    while (next < things.length && failures === 0) {
      const index = next;
      next += 1;
      try {
        results[index] = await act(things[index] as Thing);
      } catch (error) {
        failures += 1;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.min(most, things.length) }, work));
  const failed = workers.find((worker) => worker.status === 'rejected');
  if (failed !== undefined) {
    throw failed.reason;
  }
  return results;
}
