/** A restore that was refused, or that failed; what was wrong, and what to do. */
export class RestoreError extends Error {
  public constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RestoreError';
  }
}
