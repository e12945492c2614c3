import { ArchiveError } from './archive-error';

/** Pieces of bytes as they arrive: a readable stream, a socket, the output of `pg_dump`. */
export type ByteSource = AsyncIterable<Uint8Array>;

/** An integer of an archive: one byte of sign, four of magnitude (`WriteInt` in pg_backup_archiver.c). */
export const INT_BYTES = 5;

/**
 * Reads a stream of bytes in order, pulling the next piece only when it is needed: a slow reader slows its source down.
 *
 * Waiting and reading are apart, so that the many small values of an archive cost no promise each: {@link require}
 * waits until enough bytes are there, the other methods take them at once. Memory holds one piece of the source, plus
 * what was required at once or is being recorded; lengths that a file merely claims allocate nothing.
 */
export class ByteReader {
  private readonly pieces: AsyncIterator<Uint8Array>;
  private buffer: Buffer = Buffer.alloc(0);
  private position = 0;
  private recordedFrom: number | undefined;
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
   * Waits until that many bytes can be taken.
   *
   * @param what the value that is read, for the error.
   * @throws ArchiveError `truncated` when the stream ends before.
   */
  public async require(bytes: number, what: string): Promise<void> {
    if (this.available < bytes && !(await this.fill(bytes))) {
      throw new ArchiveError(
        'truncated',
        this.offset + this.available,
        `the file ends inside ${what}: ${bytes} bytes needed, ${this.available} there`,
      );
    }
  }

  /** Whether the stream has ended, after waiting for one byte more. */
  public async atEnd(): Promise<boolean> {
    return this.available === 0 && !(await this.fill(1));
  }

  /** Takes bytes that are there, at most `most`, without copying them. */
  public take(most: number): Buffer {
    const from = this.position;
    this.position = Math.min(this.buffer.length, from + most);
    return this.buffer.subarray(from, this.position);
  }

  /** Takes one byte that is there. */
  public byte(): number {
    const value = this.buffer.readUInt8(this.position);
    this.position += 1;
    return value;
  }

  /**
   * Takes one integer that is there, {@link INT_BYTES} long.
   *
   * @throws ArchiveError `malformed` when its sign is neither 0 nor 1.
   */
  public int(what: string): number {
    const sign = this.buffer[this.position];
    if (sign !== 0 && sign !== 1) {
      throw new ArchiveError('malformed', this.offset, `the sign of ${what} is ${sign}, must be 0 or 1`);
    }
    const magnitude = this.buffer.readUInt32LE(this.position + 1);
    this.position += INT_BYTES;
    return sign === 1 ? -magnitude : magnitude;
  }

  /** Keeps what is taken from here on, until {@link recorded} hands it over. */
  public record(): void {
    this.recordedFrom = this.position;
  }

  /** A copy of everything taken since {@link record}; ends the recording. */
  public recorded(): Buffer {
    const bytes = Buffer.from(this.buffer.subarray(this.recordedFrom ?? this.position, this.position));
    this.recordedFrom = undefined;
    return bytes;
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

  /** Pulls pieces until `bytes` can be taken; false when the stream ends before. */
  private async fill(bytes: number): Promise<boolean> {
    const keepFrom = this.recordedFrom ?? this.position;
    const kept = this.buffer.subarray(keepFrom);
    const pieces: Uint8Array[] = [kept];
    let available = this.available;
    let length = kept.length;
    // A long recording is moved each time the buffer is filled: filling at least as much again keeps the total linear.
    const wanted = Math.max(bytes, this.position - keepFrom);
    while (available < wanted) {
      const next = await this.pieces.next();
      if (next.done) {
        break;
      }
      pieces.push(next.value);
      available += next.value.length;
      length += next.value.length;
    }
    this.bytesBeforeBuffer += keepFrom;
    this.position -= keepFrom;
    this.recordedFrom = this.recordedFrom === undefined ? undefined : 0;
    this.buffer = asBuffer(pieces, length);
    return available >= bytes;
  }
}

function asBuffer(pieces: readonly Uint8Array[], length: number): Buffer {
  const filled = pieces.filter((piece) => piece.length > 0);
  const [only] = filled;
  return filled.length === 1 && only !== undefined
    ? Buffer.from(only.buffer, only.byteOffset, only.byteLength)
    : Buffer.concat(filled, length);
}
