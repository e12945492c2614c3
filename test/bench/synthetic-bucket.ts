/**
 * A bucket that exists only as arithmetic: N objects with one version each, keys of about 70 bytes in S3's order. A bucket and
 * its replica are the same synthetic bucket, as S3 keeps version ids, sizes and, here, ETags when it replicates.
 */
export class SyntheticBucket {
  /** In the order S3 lists them. */
  readonly keys: readonly string[];

  constructor(objects: number) {
    this.keys = Array.from({ length: objects }, (_, index) => keyOf(index));
  }

  /** Index of the first key that a condition holds for, which must hold for all later keys too; the number of keys if none. */
  firstIndex(holds: (key: string) => boolean): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.keys[middle] ?? '')) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** Index of a key, if the bucket has it. */
  indexOf(key: string): number | undefined {
    const index = this.firstIndex((other) => other >= key);
    return this.keys[index] === key ? index : undefined;
  }
}

const OBJECTS_PER_DAY = 250;
const DAYS_PER_TENANT = 8;
const FIRST_WRITE = Date.UTC(2025, 0, 1);
const SECONDS_BETWEEN_WRITES = 7;

/** Size in bytes, from 1 KiB to about 1 MiB. */
export const sizeOf = (index: number): number => 1_024 + (scrambled(index) % 1_048_576);

/** The ETag as a header carries it: 32 hexadecimal digits in quotes. */
export const etagOf = (index: number): string => `"${hexadecimal(index).repeat(4)}"`;

/** A version id of 32 characters. */
export const versionIdOf = (index: number): string => `${hexadecimal(index)}.synthetic-version-id-00`;

/** When the version was written: long before any run. */
export const lastModifiedOf = (index: number): Date => new Date(FIRST_WRITE + index * SECONDS_BETWEEN_WRITES * 1_000);

function keyOf(index: number): string {
  const dayOfAll = Math.floor(index / OBJECTS_PER_DAY);
  const tenant = digits(Math.floor(dayOfAll / DAYS_PER_TENANT), 5);
  const day = digits(1 + (dayOfAll % DAYS_PER_TENANT), 2);
  const name = `${digits(index % OBJECTS_PER_DAY, 4)}-${hexadecimal(index)}-invoice-scan.pdf`;
  return `tenants/tenant-${tenant}/uploads/2025/01/${day}/${name}`;
}

const digits = (value: number, length: number): string => String(value).padStart(length, '0');

const hexadecimal = (index: number): string => scrambled(index).toString(16).padStart(8, '0');

/** Another number of 32 bits for each index, so that nothing compresses or predicts well (MurmurHash3's finalizer). */
function scrambled(index: number): number {
  let value = Math.imul(index ^ (index >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
