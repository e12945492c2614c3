/**
 * Collects small writes into one stretch of memory, which grows by doubling up to a known end. The writes are copied: a
 * few bytes of a pipe's buffer would otherwise hold all of it in memory.
 */
export class GrowingBuffer {
  private used = 0;

  /**
   * @param mostBytes how much is collected at most.
   * @param memory where to begin. @default - new memory, of few bytes
   */
  public constructor(
    private readonly mostBytes: number,
    private memory: Buffer = Buffer.allocUnsafeSlow(Math.min(FIRST_BYTES, mostBytes)),
  ) {}

  /** Bytes collected so far. */
  public get length(): number {
    return this.used;
  }

  /** Whether no more fits. */
  public get isFull(): boolean {
    return this.used === this.mostBytes;
  }

  /** Copies as many of the bytes as fit; returns how many those are. */
  public append(bytes: Buffer): number {
    const taken = Math.min(bytes.length, this.mostBytes - this.used);
    this.grow(this.used + taken);
    bytes.copy(this.memory, this.used, 0, taken);
    this.used += taken;
    return taken;
  }

  /** What was collected, without a copy; nothing may be appended after. */
  public contents(): Buffer {
    return this.memory.subarray(0, this.used);
  }

  private grow(needed: number): void {
    if (needed > this.memory.length) {
      const bytes = Math.min(this.mostBytes, Math.max(needed, this.memory.length * 2));
      const larger = Buffer.allocUnsafeSlow(bytes);
      this.memory.copy(larger, 0, 0, this.used);
      this.memory = larger;
    }
  }
}

const FIRST_BYTES = 16 * 1024;
