/** Most parts of one upload. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MOST_PARTS = 10_000;

/**
 * Bytes of the next part of an object of unknown size: 8 MiB for the first 12.5 GiB, then 1/1600 of what was written
 * before, in whole MiB. Small objects so need little memory, an archive of 100 GiB parts of 64 MiB, and 10,000 parts hold
 * {@link MOST_UPLOAD_BYTES}, where parts of 8 MiB would end at 78 GiB.
 *
 * @param bytesBefore bytes of all parts before.
 */
export function nextPartBytes(bytesBefore: number): number {
  return Math.max(SMALLEST_PART_BYTES, Math.ceil(bytesBefore / GROWTH / MIB) * MIB);
}

const MIB = 1024 * 1024;
/** Bytes of a part until the object is large. */
export const SMALLEST_PART_BYTES = 8 * MIB;
const GROWTH = 1600;

/** What an upload can hold: {@link MOST_PARTS} full parts, about 2.5 TB. */
export const MOST_UPLOAD_BYTES = bytesOfParts(MOST_PARTS);

function bytesOfParts(parts: number): number {
  let bytes = 0;
  for (let part = 0; part < parts; part += 1) {
    bytes += nextPartBytes(bytes);
  }
  return bytes;
}
