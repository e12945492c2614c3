/** Bytes of a stream that wait until a value of known length is there as a whole. */
export class PendingBytes {
  private pieces: Buffer[] = [];
  private bytes = 0;

  /** Bytes that wait. */
  public get length(): number {
    return this.bytes;
  }

  /** Adds the next bytes of the stream; they are not copied before a value needs several pieces. */
  public push(bytes: Buffer): void {
    if (bytes.length > 0) {
      this.pieces.push(bytes);
      this.bytes += bytes.length;
    }
  }

  /** The next bytes, if that many are there; they stay. */
  public peek(length: number): Buffer | undefined {
    if (this.bytes < length) {
      return undefined;
    }
    if (this.pieces.length > 1 && (this.pieces[0]?.length ?? 0) < length) {
      this.pieces = [Buffer.concat(this.pieces, this.bytes)];
    }
    return this.pieces[0]?.subarray(0, length) ?? NOTHING;
  }

  /** Takes the next bytes, if that many are there. */
  public take(length: number): Buffer | undefined {
    const taken = this.peek(length);
    const [first] = this.pieces;
    if (taken !== undefined && first !== undefined) {
      this.bytes -= length;
      if (length < first.length) {
        this.pieces[0] = first.subarray(length);
      } else {
        this.pieces.shift();
      }
    }
    return taken;
  }

  /** Forgets what waits. */
  public clear(): void {
    this.pieces = [];
    this.bytes = 0;
  }
}

const NOTHING = Buffer.alloc(0);
