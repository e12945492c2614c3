import { deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * Bytes that are held until they are wanted, for many archives at once. What each archive gathers fills blocks of
 * {@link BLOCK_BYTES}; as soon as all of them together hold more than {@link PLAIN_LIMIT_BYTES}, full blocks are
 * compressed: tables of contents say nearly the same of each tenant, and shrink to a tenth.
 */
export class HeldBytes {
  private readonly full: { readonly bytes: Buffer; readonly isCompressed: boolean }[] = [];
  private last = Buffer.allocUnsafeSlow(0);
  private lastBytes = 0;

  /** @param total what all archives hold together. */
  public constructor(private readonly total: { plainBytes: number }) {}

  /** Copies bytes behind those that are held. */
  public add(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) {
      this.makeRoom(bytes.length - from);
      const copied = bytes.copy(this.last, this.lastBytes, from);
      this.lastBytes += copied;
      from += copied;
    }
  }

  /** Gives the bytes in order, and lets go of them. */
  public *release(): Generator<Buffer, void> {
    for (let block = this.full.shift(); block !== undefined; block = this.full.shift()) {
      yield block.isCompressed ? inflateRawSync(block.bytes, { chunkSize: BLOCK_BYTES }) : block.bytes;
    }
    yield this.last.subarray(0, this.lastBytes);
    this.last = Buffer.allocUnsafeSlow(0);
    this.lastBytes = 0;
  }

  private makeRoom(bytes: number): void {
    if (this.lastBytes === BLOCK_BYTES) {
      this.put(this.last);
      this.last = Buffer.allocUnsafeSlow(0);
      this.lastBytes = 0;
    }
    const needed = Math.min(BLOCK_BYTES, this.lastBytes + bytes);
    if (this.last.length < needed) {
      const grown = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, Math.max(needed, 2 * this.last.length, FIRST_BYTES)));
      this.last.copy(grown, 0, 0, this.lastBytes);
      this.last = grown;
    }
  }

  private put(bytes: Buffer): void {
    const isCompressed = this.total.plainBytes > PLAIN_LIMIT_BYTES;
    if (!isCompressed) {
      this.total.plainBytes += bytes.length;
    }
    // The result is part of a chunk of zlib's, which would be held as a whole: a copy takes no more than it must.
    this.full.push({ bytes: isCompressed ? Buffer.from(deflateRawSync(bytes, FASTEST)) : bytes, isCompressed });
  }
}

const BLOCK_BYTES = 8 * 1024;
/** What an archive begins with. */
const FIRST_BYTES = 1024;
/** Up to here time is worth more than memory: the tables of contents of about 300 tenants of 20 tables. */
const PLAIN_LIMIT_BYTES = 16 * 1024 * 1024;
const FASTEST = { level: 1, memLevel: 7, chunkSize: BLOCK_BYTES };
