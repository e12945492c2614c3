/** The checksums that S3 may store with a version; `ChecksumType` says whether over all bytes or over the parts. */
export interface StoredChecksums {
  readonly ChecksumType?: string | undefined;
  readonly ChecksumCRC64NVME?: string | undefined;
  readonly ChecksumCRC32C?: string | undefined;
  readonly ChecksumCRC32?: string | undefined;
  readonly ChecksumSHA256?: string | undefined;
  readonly ChecksumSHA1?: string | undefined;
}

/** What two stored checksums tell about the bytes they were taken of. */
export type ChecksumComparison =
  | { readonly verdict: 'equal' | 'different'; readonly algorithm: string; readonly values: readonly [string, string] }
  /** No algorithm in common, or checksums over parts, which also differ when only the parts were cut differently. */
  | { readonly verdict: 'incomparable' };

/**
 * Compares the stored full-object checksums of two versions by an algorithm both have.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export function compareChecksums(source: StoredChecksums, replica: StoredChecksums): ChecksumComparison {
  for (const algorithm of ALGORITHMS) {
    const left = fullObjectChecksum(source, algorithm);
    const right = fullObjectChecksum(replica, algorithm);
    if (left !== undefined && right !== undefined) {
      return { verdict: left === right ? 'equal' : 'different', algorithm, values: [left, right] };
    }
  }
  return { verdict: 'incomparable' };
}

const ALGORITHMS = ['CRC64NVME', 'SHA256', 'CRC32C', 'CRC32', 'SHA1'] as const;

/** A checksum over parts ends with `-<number of parts>`; older answers carry no `ChecksumType`. */
function fullObjectChecksum(stored: StoredChecksums, algorithm: (typeof ALGORITHMS)[number]): string | undefined {
  const value = stored[`Checksum${algorithm}`];
  return value === undefined || stored.ChecksumType === 'COMPOSITE' || value.includes('-') ? undefined : value;
}
