import { littleEndian } from './integers';
import type { RdbError, RdbFault } from './rdb-error';

/**
 * A piece of reading that stops wherever bytes are lacking, and goes on when it is resumed. Generators cost no promise, and
 * only those that really wait are ever suspended.
 */
export type Reading<Result = void> = Generator<undefined, Result, undefined>;

/**
 * Bytes seen through a window of fixed size: what lies in it is read at once, what does not is waited for. Memory is that
 * window alone, whatever lengths a file claims.
 */
export abstract class Cursor {
  /** The bytes; those from {@link position} to {@link end} are unread. */
  public readonly window: Uint8Array;
  /** The same bytes, as integers of other widths. */
  public readonly view: DataView;
  /** Place of the next byte in the window. */
  public position = 0;
  /** Place in the window behind the last byte that is there. */
  public end = 0;

  protected constructor(window: Uint8Array) {
    this.window = window;
    this.view = new DataView(window.buffer, window.byteOffset, window.byteLength);
  }

  /** Bytes that can be read at once. */
  public get available(): number {
    return this.end - this.position;
  }

  /** Waits for at least one byte more, keeping those that are unread; false when there is none. */
  public abstract fill(): Reading<boolean>;

  /** What to throw for a fault that shows at the present place. */
  public abstract error(fault: RdbFault, problem: string): RdbError;

  /** What to throw when the bytes end inside a value. */
  protected abstract shortage(bytes: number, what: string): RdbError;

  /** Waits until that many bytes are there or none follow. */
  public *prefetch(bytes: number): Reading {
    while (this.available < bytes && (yield* this.fill())) {
      // Until there are enough.
    }
  }

  /**
   * Waits until that many bytes can be read at once.
   *
   * @param bytes fewer than the window has
   * @param what the value that is read, for the error
   */
  public *require(bytes: number, what: string): Reading {
    yield* this.prefetch(bytes);
    this.demand(bytes, what);
  }

  /** Passes over any number of bytes. */
  public *skip(bytes: number, what: string): Reading {
    let left = bytes;
    while (left > this.available) {
      left -= this.available;
      this.position = this.end;
      if (!(yield* this.fill())) {
        throw this.shortage(left, what);
      }
    }
    this.position += left;
  }

  /** Throws unless that many bytes can be read at once, after {@link prefetch} has waited for them. */
  public demand(bytes: number, what: string): void {
    if (this.available < bytes) {
      throw this.shortage(bytes, what);
    }
  }

  /** Takes one byte, after {@link require}. */
  public byte(): number {
    const value = this.window[this.position] as number;
    this.position += 1;
    return value;
  }

  /** Takes an unsigned little-endian integer of 1 to 4 bytes, after {@link require}. */
  public uint(bytes: number): number {
    const value = littleEndian(this.window, this.position, bytes);
    this.position += bytes;
    return value;
  }
}
