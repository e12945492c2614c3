import type { Cursor } from './cursor';
import type { ContentCheck } from './strings';

/**
 * Looks through an intset as `intsetValidateIntegrity` of intset.c does when it is thorough: width of its integers, their
 * number, and that they ascend. It comes to the number of integers.
 */
export const INTSET_CHECK: ContentCheck<number> = {
  whole: (content, bytes) => {
    const scan = new IntsetScan(content, bytes);
    scan.readWhole();
    return scan.count;
  },
  *parts(content, bytes) {
    yield* content.prefetch(Math.min(HEADER_BYTES, bytes));
    const scan = new IntsetScan(content, bytes);
    for (scan.readWhole(); scan.left > 0; scan.readWhole()) {
      yield* content.require(scan.width, 'an integer of an intset');
    }
    return scan.count;
  },
};

class IntsetScan {
  public readonly width: number;
  public readonly count: number;
  /** Integers that are not read yet. */
  public left: number;
  private high = Number.NEGATIVE_INFINITY;
  private low = 0;

  public constructor(
    private readonly content: Cursor,
    bytes: number,
  ) {
    if (bytes < HEADER_BYTES) {
      throw content.error('corrupt', `an intset has ${bytes} bytes, must have ${HEADER_BYTES} or more`);
    }
    content.demand(HEADER_BYTES, 'the header of an intset');
    this.width = content.uint(4);
    this.count = content.uint(4);
    this.left = this.count;
    if (this.width !== 2 && this.width !== 4 && this.width !== 8) {
      throw content.error('corrupt', `the integers of an intset have ${this.width} bytes, must have 2, 4 or 8`);
    }
    if (bytes !== HEADER_BYTES + this.count * this.width || this.count === 0) {
      const claim = `${this.count} integers of ${this.width} bytes`;
      throw content.error('corrupt', `an intset of ${bytes} bytes says it has ${claim}`);
    }
  }

  /** Reads the integers that lie in the window. */
  public readWhole(): void {
    const { content, width } = this;
    const count = Math.min(this.left, Math.floor(content.available / width));
    for (const end = content.position + count * width; content.position < end; content.position += width) {
      if (!this.ascends(content.position)) {
        throw content.error('corrupt', 'the integers of an intset do not ascend');
      }
    }
    this.left -= count;
  }

  /** Takes the next integer in two parts that compare like it. */
  private ascends(place: number): boolean {
    const {
      content: { view },
      width,
      high: highBefore,
      low: lowBefore,
    } = this;
    if (width === 8) {
      this.high = view.getInt32(place + 4, true);
      this.low = view.getUint32(place, true);
    } else {
      this.high = width === 4 ? view.getInt32(place, true) : view.getInt16(place, true);
    }
    return this.high > highBefore || (width === 8 && this.high === highBefore && this.low > lowBefore);
  }
}

/** Width of the integers and their number. */
const HEADER_BYTES = 8;
