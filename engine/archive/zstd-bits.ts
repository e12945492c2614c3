/** Thrown for data that are no valid zstd; the text completes "the zstd data are damaged: ...". */
export function damagedZstd(problem: string): Error {
  return new Error(`the zstd data are damaged: ${problem}`);
}

/** Position of the highest bit that is set; -1 for 0. */
export function highestBit(value: number): number {
  return 31 - Math.clz32(value);
}

/** Reads bits from the first byte on, lowest bit first, as the descriptions of tables are written. */
export class ForwardBits {
  private bit = 0;

  public constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
  ) {}

  /** Reads up to 16 bits without taking them. */
  public peek(count: number): number {
    const index = this.start + (this.bit >> 3);
    const value = at(this.bytes, index) | (at(this.bytes, index + 1) << 8) | (at(this.bytes, index + 2) << 16);
    return (value >> (this.bit & 7)) & ((1 << count) - 1);
  }

  /** Takes bits. */
  public skip(count: number): void {
    this.bit += count;
  }

  /** Index of the first byte of which no bit was taken; beyond the bytes when too many bits were. */
  public get end(): number {
    return this.start + ((this.bit + 7) >> 3);
  }
}

/** Reads bits from the last byte back, as compressed streams are written; the highest set bit only marks the end. */
export class BackwardBits {
  /** Bits that are left; negative when more were read than there are: those read as zero. */
  public left: number;
  private readonly view: DataView;

  public constructor(bytes: Buffer, start: number, end: number) {
    const last = end > start ? at(bytes, end - 1) : 0;
    if (last === 0) {
      throw damagedZstd('a stream of bits has no end mark');
    }
    this.left = (end - 1 - start) * 8 + highestBit(last);
    this.view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  }

  /** Takes up to 31 bits. */
  public take(count: number): number {
    if (count > PEEK_LIMIT) {
      const high = this.take(count - PEEK_LIMIT);
      return ((high << PEEK_LIMIT) | this.take(PEEK_LIMIT)) >>> 0;
    }
    const value = this.peek(count);
    this.left -= count;
    return value;
  }

  /** Reads up to 16 bits without taking them. */
  public peek(count: number): number {
    const from = this.left - count;
    if (from < 0) {
      return this.left <= 0 ? 0 : this.bitsAt(0, this.left) << -from;
    }
    return this.bitsAt(from, count);
  }

  private bitsAt(bit: number, count: number): number {
    const index = bit >> 3;
    const { view } = this;
    const value = index + 4 <= view.byteLength ? view.getInt32(index, true) : lastBytes(view, index);
    return (value >>> (bit & 7)) & ((1 << count) - 1);
  }
}

const PEEK_LIMIT = 16;

/** Less than four bytes, as they would be read if zeros followed them. */
function lastBytes(view: DataView, from: number): number {
  let value = 0;
  for (let index = view.byteLength - 1; index >= from; index -= 1) {
    value = (value << 8) | view.getUint8(index);
  }
  return value;
}

/** Beyond the bytes there are zeros; whoever reads there finds out from its position. */
function at(bytes: Buffer, index: number): number {
  return index < bytes.length ? (bytes[index] ?? 0) : 0;
}
