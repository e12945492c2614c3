import { Cursor, type Reading } from './cursor';
import type { FileCursor } from './file-cursor';
import { SLACK_BYTES } from './kernel';
import type { RdbError, RdbFault } from './rdb-error';

/**
 * The content of a string that is stored compressed by LZF (`lzf_d.c`), decompressed as it is read. What is decompressed
 * lies in the window with the 8 KiB before it, which back-references reach; memory does not depend on any length. One
 * instance serves all strings of a file, one after the other.
 */
export class LzfCursor extends Cursor {
  /** Stored bytes that are not decompressed yet. */
  private storedLeft = 0;
  /** Bytes that must still come out. */
  private contentLeft = 0;

  /** @param source where the stored bytes are read from. */
  public constructor(private readonly source: FileCursor) {
    super(source.kernel.stringWindow);
  }

  /**
   * Begins a string, whose stored bytes are the next ones of the source.
   *
   * @param contentBytes length that the file claims for the content; another one is a fault.
   */
  public open(storedBytes: number, contentBytes: number): void {
    this.storedLeft = storedBytes;
    this.contentLeft = contentBytes;
    this.position = 0;
    this.end = 0;
  }

  /** Decompresses all of a string that was just opened, if it lies in the window of the source and has room in this one; else false. */
  public decompressWhole(): boolean {
    const { source, contentLeft } = this;
    if (this.storedLeft > source.available || contentLeft > this.lastOutput) {
      return false;
    }
    this.decompress();
    if (this.storedLeft > 0 || this.contentLeft > 0) {
      throw this.wrongLength();
    }
    return true;
  }

  public override *fill(): Reading<boolean> {
    this.makeRoom();
    const before = this.end;
    while (this.end === before && this.storedLeft > 0) {
      const needed = Math.min(STORED_AT_ONCE, this.storedLeft);
      if (this.source.available < needed) {
        yield* this.source.require(needed, 'a compressed string');
      }
      this.decompress();
    }
    if (this.storedLeft === 0 && this.contentLeft > 0) {
      throw this.wrongLength();
    }
    return this.end > before;
  }

  /** Reads the string to its end, whatever of it has been read. */
  public *finish(): Reading {
    do {
      this.position = this.end;
    } while (yield* this.fill());
  }

  public override error(fault: RdbFault, problem: string): RdbError {
    return this.source.error(fault, problem);
  }

  protected override shortage(bytes: number, what: string): RdbError {
    return this.error('corrupt', `a compressed string ends inside ${what}, ${bytes} bytes needed`);
  }

  /** Lets go of what is read and too old to be referred to, when the window is nearly full. */
  private makeRoom(): void {
    if (this.end <= this.lastOutput) {
      return;
    }
    const kept = Math.min(this.position, this.end - HISTORY_BYTES);
    this.window.copyWithin(0, kept, this.end);
    this.position -= kept;
    this.end -= kept;
  }

  /** The last place where there is still room for what a control byte may ask for. */
  private get lastOutput(): number {
    return this.window.length - LONGEST_COPY - SLACK_BYTES;
  }

  /** Decompresses what lies in both windows. */
  private decompress(): void {
    const { source, lastOutput } = this;
    const { kernel, position } = source;
    const inputEnd = Math.min(source.end, position + this.storedLeft);
    // What is not the string's end could cut a literal run or a reference in two.
    const lastStart = inputEnd - position === this.storedLeft ? inputEnd : inputEnd - STORED_AT_ONCE + 1;
    if (!kernel.decompress(position, inputEnd, lastStart, this.end, lastOutput)) {
      throw this.error('corrupt', 'a compressed string ends too early, or refers to bytes before its begin');
    }
    const { input, output } = kernel.ends;
    source.position = input;
    this.storedLeft -= input - position;
    this.contentLeft -= output - this.end;
    this.end = output;
    if (this.contentLeft < 0) {
      throw this.wrongLength();
    }
  }

  private wrongLength() {
    return this.error('corrupt', 'a compressed string does not come out as long as the file says');
  }
}

/** Farthest that a back-reference reaches. */
const HISTORY_BYTES = 8 * 1024;
/** The longest back-reference. */
const LONGEST_COPY = 264;
/** The longest literal run with its control byte; back-references take less. */
const STORED_AT_ONCE = 33;
