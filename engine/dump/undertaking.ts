import { setMaxListeners } from 'node:events';

/**
 * Work in several strands that succeeds or fails as one: the first failure stops all strands, and is the one that is told.
 * What the others then fail of is its consequence.
 */
export class Undertaking {
  private readonly controller = new AbortController();
  private readonly strands: Promise<unknown>[] = [];
  private failure: { readonly error: unknown } | undefined;
  private isSealed = false;

  /** @param outer stops the work from outside; its reason is then the failure. */
  public constructor(private readonly outer: AbortSignal) {
    // Each tool that runs listens: more than the ten that Node.js takes for a leak.
    setMaxListeners(0, this.controller.signal);
    outer.addEventListener('abort', this.stop);
    if (outer.aborted) {
      this.stop();
    }
  }

  /** Aborted by the first failure. */
  public get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Adds a strand that must end before the work does. */
  public strand<Result>(work: Promise<Result>): Promise<Result> {
    this.strands.push(work);
    this.watch(work);
    return work;
  }

  /** Lets a promise stop the work when it rejects; it is not waited for. */
  public watch(promise: Promise<unknown>): void {
    promise.catch((error: unknown) => this.fail(error));
  }

  /**
   * From here on only the main strand decides: its last step, which cannot be half done, is neither stopped nor does what
   * happens beside it make a failure of it.
   *
   * @throws the first failure, when there was one.
   */
  public seal(): void {
    this.signal.throwIfAborted();
    this.isSealed = true;
  }

  /**
   * Waits for the main strand, and for all others.
   *
   * @throws the first failure, when nothing runs any more.
   */
  public async finish<Result>(main: Promise<Result>): Promise<Result> {
    const [result] = await Promise.allSettled([this.strand(main)]);
    await this.settle();
    this.outer.removeEventListener('abort', this.stop);
    if (this.failure !== undefined) {
      throw this.failure.error;
    }
    if (result.status === 'rejected') {
      throw result.reason;
    }
    return result.value;
  }

  private readonly stop = () => this.fail(this.outer.reason);

  /** Strands may be added while others are waited for. */
  private async settle(): Promise<void> {
    for (let known = 0; known < this.strands.length; ) {
      known = this.strands.length;
      await Promise.allSettled(this.strands);
    }
  }

  private fail(error: unknown): void {
    if (this.failure === undefined && !this.isSealed) {
      this.failure = { error };
      this.controller.abort(error);
    }
  }
}
