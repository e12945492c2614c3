import type { Cursor, Reading } from './cursor';
import type { ContentCheck } from './strings';

/**
 * Looks through a zipmap, as Redis before 2.6 stored small hashes, the way `zipmapValidateIntegrity` of zipmap.c does: pairs
 * up to the terminator, and their number. It comes to the number of pairs. Such files are so old that it need not be fast.
 */
export const ZIPMAP_CHECK: ContentCheck<number> = { parts: checkZipmap };

function* checkZipmap(content: Cursor, bytes: number): Reading<number> {
  const walk = new ZipmapWalk(content, bytes);
  const claimedPairs = yield* walk.byte();
  let pairs = 0;
  for (let length = yield* walk.length(); length !== undefined; length = yield* walk.length()) {
    yield* walk.skip(length);
    const valueBytes = yield* walk.length();
    if (valueBytes === undefined) {
      throw content.error('corrupt', 'a zipmap ends behind a field without a value');
    }
    const unusedBytes = yield* walk.byte();
    yield* walk.skip(valueBytes + unusedBytes);
    pairs += 1;
  }
  if (walk.left > 0) {
    throw content.error('corrupt', `a zipmap ends ${walk.left} bytes before its string does`);
  }
  if (pairs === 0 || (claimedPairs < BIG && claimedPairs !== pairs)) {
    throw content.error('corrupt', `a zipmap of ${pairs} pairs says it has ${claimedPairs}`);
  }
  return pairs;
}

class ZipmapWalk {
  public constructor(
    private readonly content: Cursor,
    /** Bytes that are not read yet. */
    public left: number,
  ) {}

  public *byte(): Reading<number> {
    this.take(1);
    yield* this.content.require(1, 'a zipmap');
    return this.content.byte();
  }

  /** The length of a field or value; undefined for the terminator. */
  public *length(): Reading<number | undefined> {
    const first = yield* this.byte();
    if (first < BIG) {
      return first;
    }
    if (first === TERMINATOR) {
      return undefined;
    }
    this.take(4);
    yield* this.content.require(4, 'a zipmap');
    return this.content.uint(4);
  }

  public *skip(bytes: number): Reading {
    this.take(bytes);
    yield* this.content.skip(bytes, 'a zipmap');
  }

  private take(bytes: number): void {
    if (bytes > this.left) {
      throw this.content.error('corrupt', 'an entry of a zipmap reaches beyond its end');
    }
    this.left -= bytes;
  }
}

/** As a length: four bytes follow that hold it; as a number of pairs: count them. */
const BIG = 254;
const TERMINATOR = 255;
