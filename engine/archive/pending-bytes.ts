/** Bytes of a stream that wait until a value of known length is there as a whole. */
export class PendingBytes {
  private bytes: Buffer = Buffer.alloc(0);

  /** Bytes that wait. */
  public get length(): number {
    return this.bytes.length;
  }

  /** Adds the next bytes of the stream; they are not copied while nothing waits. */
  public push(bytes: Buffer): void {
    this.bytes = this.bytes.length === 0 ? bytes : Buffer.concat([this.bytes, bytes]);
  }

  /** The next bytes, if that many are there; they stay. */
  public peek(length: number): Buffer | undefined {
    return this.bytes.length < length ? undefined : this.bytes.subarray(0, length);
  }

  /** Takes the next bytes, if that many are there. */
  public take(length: number): Buffer | undefined {
    const taken = this.peek(length);
    if (taken !== undefined) {
      this.bytes = this.bytes.subarray(length);
    }
    return taken;
  }

  /** Forgets what waits. */
  public clear(): void {
    this.bytes = Buffer.alloc(0);
  }
}
