/**
 * Runs tasks side by side and hands their results on in the order in which the tasks were given, so that a report does
 * not depend on which request happened to be answered first.
 */
export class OrderedTasks<Result> {
  private readonly running: Promise<Result>[] = [];

  /**
   * @param most number of tasks that may run at once.
   * @param deliver receives each result, one after the other.
   */
  public constructor(
    private readonly most: number,
    private readonly deliver: (result: Result) => Promise<void> | undefined,
  ) {}

  /**
   * Starts a task; waits only while too many run.
   *
   * @throws what an earlier task threw.
   */
  public async add(task: () => Promise<Result>): Promise<void> {
    const result = task();
    // Its failure is thrown where the result is awaited; until then it must not count as unhandled.
    result.catch(() => undefined);
    this.running.push(result);
    if (this.running.length >= this.most) {
      await this.deliverOldest();
    }
  }

  /**
   * Waits for all tasks.
   *
   * @throws what the first failed task threw.
   */
  public async finish(): Promise<void> {
    while (this.running.length > 0) {
      await this.deliverOldest();
    }
  }

  /** Waits until no task runs any more, whatever came of them. */
  public async settle(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  private async deliverOldest(): Promise<void> {
    const oldest = this.running.shift();
    if (oldest !== undefined) {
      await this.deliver(await oldest);
    }
  }
}
