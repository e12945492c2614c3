/** Undoes what a run has started, newest first, exactly once. */
export class Teardown {
  private readonly actions: (() => Promise<void> | void)[] = [];
  private running: Promise<void> | undefined;

  /** Remembers how to undo something. The returned function forgets it again. */
  defer(action: () => Promise<void> | void): () => void {
    this.actions.push(action);
    return () => {
      const at = this.actions.indexOf(action);
      if (at >= 0) this.actions.splice(at, 1);
    };
  }

  /** Undoes everything. An action that fails does not stop the others; the first error is thrown at the end. */
  run(): Promise<void> {
    this.running ??= this.undoAll();
    return this.running;
  }

  private async undoAll(): Promise<void> {
    const errors: unknown[] = [];
    for (let action = this.actions.pop(); action; action = this.actions.pop()) {
      try {
        await action();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
