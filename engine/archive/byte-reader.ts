import { ArchiveError } from './archive-error';

/** Pieces of bytes as they arrive: a readable stream, a socket, the output of `pg_dump`. */
export type ByteSource = AsyncIterable<Uint8Array>;

/** An integer of an archive: one byte of sign, four of magnitude (`WriteInt` in pg_backup_archiver.c). */
export const INT_BYTES = 5;

/**
 * Reads a stream of bytes in order, pulling the next piece only when it is needed: a slow reader slows its source down.
 *
 * Waiting and reading are apart, so that the many small values of an archive cost no promise each: {@link whole} and
 * {@link require} wait until enough bytes are there, the other methods take them at once. Memory holds one piece of the
 * source, plus what is required at once; lengths that a file merely claims allocate nothing.
 */
export class ByteReader {
  private readonly pieces: AsyncIterator<Uint8Array>;
  private buffer: Buffer = Buffer.alloc(0);
  private position = 0;
  private bytesBeforeBuffer = 0;

  public constructor(source: ByteSource) {
    this.pieces = source[Symbol.asyncIterator]();
  }

  /** Bytes read so far, from the start of the stream. */
  public get offset(): number {
    return this.bytesBeforeBuffer + this.position;
  }

  /** Bytes that can be taken without waiting. */
  public get available(): number {
    return this.buffer.length - this.position;
  }

  /**
   * Reads a value of many parts that must be there as a whole: as long as one is missing, waits for more and begins
   * anew.
   *
   * @param read takes the parts, and does nothing else that would be wrong twice.
   * @throws ArchiveError `truncated` when the stream ends before the value does.
   */
  public async whole<Value>(read: () => Value): Promise<Value> {
    for (;;) {
      const start = this.position;
      try {
        return read();
      } catch (error) {
        if (!(error instanceof MissingBytes)) {
          throw error;
        }
        const taken = this.position - start;
        this.position = start;
        await this.waitFor(taken + error.bytes, taken, error.what);
      }
    }
  }

  /**
   * Waits until that many bytes can be taken.
   *
   * @param what the value that is read, for the error.
   * @throws ArchiveError `truncated` when the stream ends before.
   */
  public async require(bytes: number, what: string): Promise<void> {
    if (this.available < bytes) {
      await this.waitFor(bytes, 0, what);
    }
  }

  /** Whether the stream has ended, after waiting for one byte more. */
  public async atEnd(): Promise<boolean> {
    return this.available === 0 && !(await this.fill(1, 1));
  }

  /** The bytes that can be taken without waiting; they are not taken. */
  public peek(): Buffer {
    return this.buffer.subarray(this.position);
  }

  /** Takes that many bytes without copying them. To be called within {@link whole}, or after {@link require}. */
  public bytes(count: number, what: string): Buffer {
    const from = this.skip(count, what);
    return this.buffer.subarray(from, this.position);
  }

  /** Takes that many bytes as text in UTF-8. To be called within {@link whole}, or after {@link require}. */
  public text(count: number, what: string): string {
    const from = this.skip(count, what);
    return this.buffer.toString('utf8', from, this.position);
  }

  /** Passes over bytes; where they begin in the buffer. To be called within {@link whole}, or after {@link require}. */
  public skip(count: number, what: string): number {
    const from = this.position;
    if (this.buffer.length - from < count) {
      throw new MissingBytes(count, what);
    }
    this.position = from + count;
    return from;
  }

  /** Takes one byte. To be called within {@link whole}, or after {@link require}. */
  public byte(what: string): number {
    return this.buffer.readUInt8(this.skip(1, what));
  }

  /**
   * Takes one integer, {@link INT_BYTES} long. To be called within {@link whole}, or after {@link require}.
   *
   * @throws ArchiveError `malformed` when its sign is neither 0 nor 1.
   */
  public int(what: string): number {
    const from = this.skip(INT_BYTES, what);
    const sign = this.buffer[from];
    if (sign !== 0 && sign !== 1) {
      const offset = this.bytesBeforeBuffer + from;
      throw new ArchiveError('malformed', offset, `the sign of ${what} is ${sign}, must be 0 or 1`);
    }
    const magnitude = this.buffer.readUInt32LE(from + 1);
    return sign === 1 ? -magnitude : magnitude;
  }

  /** What was taken since a position that {@link mark} gave, as long as nothing was waited for in between. */
  public since(mark: number): Buffer {
    return this.buffer.subarray(mark, this.position);
  }

  /** The present position, for {@link since}. */
  public mark(): number {
    return this.position;
  }

  /** Tells the source that no more is wanted, so that it can close what it holds. */
  public async close(): Promise<void> {
    await this.pieces.return?.();
  }

  /** Waits for bytes of a value of which `taken` were there already, when it was read for the last time. */
  private async waitFor(bytes: number, taken: number, what: string): Promise<void> {
    // What is there of a long value is read again each time: waiting for as much again keeps the total linear.
    if (!(await this.fill(bytes, Math.max(bytes, 2 * taken)))) {
      throw new ArchiveError(
        'truncated',
        this.offset + this.available,
        `the file ends inside ${what}: ${bytes - taken} bytes needed, ${this.available - taken} there`,
      );
    }
  }

  /** Pulls pieces until `wanted` bytes can be taken or the stream ends; false when `least` cannot then. */
  private async fill(least: number, wanted: number): Promise<boolean> {
    const pieces: Uint8Array[] = [this.buffer.subarray(this.position)];
    let { available } = this;
    while (available < wanted) {
      const next = await this.pieces.next();
      if (next.done) {
        break;
      }
      pieces.push(next.value);
      available += next.value.length;
    }
    this.bytesBeforeBuffer += this.position;
    this.position = 0;
    this.buffer = asBuffer(pieces, available);
    return available >= least;
  }
}

/** Thrown by the methods that take bytes, for {@link ByteReader.whole}. */
class MissingBytes {
  public constructor(
    public readonly bytes: number,
    public readonly what: string,
  ) {}
}

function asBuffer(pieces: readonly Uint8Array[], length: number): Buffer {
  const filled = pieces.filter((piece) => piece.length > 0);
  const [only] = filled;
  return filled.length === 1 && only !== undefined
    ? Buffer.from(only.buffer, only.byteOffset, only.byteLength)
    : Buffer.concat(filled, length);
}
