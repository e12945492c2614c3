/**
 * Compares two object keys in the order of S3's listings: by the bytes of their UTF-8 form.
 *
 * JavaScript compares UTF-16 code units, which differs once a key holds a character beyond U+FFFF: its surrogates
 * (U+D800-U+DFFF) sort below U+E000-U+FFFF, while its UTF-8 bytes sort above them.
 *
 * @returns a negative number, 0 or a positive number, as `Array.prototype.sort` expects.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ListingKeysUsingAPIs.html
 */
export function compareKeys(left: string, right: string): number {
  if (left === right) {
    return 0;
  }
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const leftUnit = left.charCodeAt(index);
    const rightUnit = right.charCodeAt(index);
    if (leftUnit !== rightUnit) {
      return codePointRank(leftUnit) - codePointRank(rightUnit);
    }
  }
  return left.length - right.length;
}

/** Moves surrogates above all other code units, where the code points they stand for belong. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) {
    return unit;
  }
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
