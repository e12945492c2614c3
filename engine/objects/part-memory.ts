/**
 * Memory of parts that were sent, for the next ones. Parts of the usual size come by the hundred; without this the garbage
 * collector takes a quarter of an upload's time, and gigabytes pass through memory that could be megabytes.
 */
export class PartMemory {
  private readonly idle: Buffer[] = [];

  /**
   * @param usualBytes size of the parts whose memory is kept.
   * @param most how many are kept idle.
   */
  public constructor(
    private readonly usualBytes: number,
    private readonly most: number,
  ) {}

  /** Memory of so many bytes, with any content. */
  public take(bytes: number): Buffer {
    const idle = bytes === this.usualBytes ? this.idle.pop() : undefined;
    return idle ?? Buffer.allocUnsafeSlow(bytes);
  }

  /** Gives memory back that nobody reads any more. */
  public give(memory: Buffer): void {
    if (memory.length === this.usualBytes && this.idle.length < this.most) {
      this.idle.push(memory);
    }
  }
}
