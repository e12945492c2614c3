/** Where objects are written and read. */
export interface ObjectStoreTarget {
  /** Name of the bucket; it must keep versions. */
  readonly bucket: string;
  /** ARN of the KMS key that encrypts what is written. @default - the bucket's default encryption */
  readonly keyArn?: string;
}

/** Protection of an object against deletion; the bucket must have Object Lock enabled. */
export interface ObjectLock {
  readonly mode: 'governance' | 'compliance';
  readonly until: Date;
}

/** How an object is written. */
export interface WriteOptions {
  /** @default - the bucket's default retention */
  readonly lock?: ObjectLock | undefined;
  /** MIME type. @default application/octet-stream */
  readonly contentType?: string | undefined;
}

/** An object as it was written: what it takes to prove later that it is the same. */
export interface StoredObject {
  readonly key: string;
  readonly versionId: string;
  readonly bytes: number;
  /** SHA-256 of all bytes, as lower-case hexadecimal digits. */
  readonly sha256: string;
  /** CRC-64/NVME of all bytes in base64, which S3 keeps as full-object checksum. */
  readonly crc64nvme: string;
}
