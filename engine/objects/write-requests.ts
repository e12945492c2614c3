import { setTimeout as sleep } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { crc64nvme, crc64nvmeText } from './crc64nvme';
import { ObjectDamagedError, ObjectExistsError } from './object-error';
import { errorName, explainStoreError, httpStatus, type StoreHints } from './store-error';
import type { ObjectStoreTarget, StoredObject, WriteOptions } from './stored-object';

/** What is known of an object before S3 has confirmed it. */
export type WrittenBytes = Omit<StoredObject, 'versionId'>;

/** A part that S3 has taken. */
export interface StoredPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly crc64nvme: string;
}

/** An upload in parts that has begun. */
export interface BegunUpload {
  readonly uploadId: string;
  /** What the store will keep a checksum of; S3 of the object, an emulator perhaps of the parts' checksums only. */
  readonly checksumOf: 'object' | 'parts';
}

/**
 * The requests that write objects, each write-once and confirmed: an answer must repeat the checksum that was taken of the
 * bytes here, and a refusal because the key is taken counts as success when the object there has the same size and
 * checksum, for then an earlier attempt succeeded whose answer was lost.
 *
 * Errors name the bucket and never the key.
 */
export class WriteRequests {
  public constructor(
    private readonly s3: S3Client,
    private readonly target: ObjectStoreTarget,
  ) {}

  /** Writes a whole object at once. */
  public async put(
    object: WrittenBytes,
    body: Buffer,
    options: WriteOptions,
    signal?: AbortSignal,
  ): Promise<StoredObject> {
    const command = new PutObjectCommand({
      ...this.address(object.key),
      ...this.properties(options),
      Body: body,
      ContentLength: body.length,
      ChecksumCRC64NVME: object.crc64nvme,
      IfNoneMatch: '*',
    });
    command.middlewareStack.add((next) => (args) => next(withPayloadDigest(args, object.sha256)), BEFORE_SIGNING);
    for (let conflicts = 0; ; conflicts += 1) {
      const result = await this.sendOnce(object, 'write an object to', () =>
        this.s3.send(command, requestOptions(signal)),
      );
      if (result !== 'conflict') {
        return result;
      }
      if (conflicts === MOST_CONFLICTS) {
        throw conflictError(this.target.bucket);
      }
      await sleep(CONFLICT_WAIT_MS, undefined, signal && { signal });
    }
  }

  /** Begins an upload in parts. */
  public async create(key: string, options: WriteOptions, signal: AbortSignal): Promise<BegunUpload> {
    const answer = await this.explained('begin an upload to', () =>
      this.s3.send(
        new CreateMultipartUploadCommand({
          ...this.address(key),
          ...this.properties(options),
          ChecksumAlgorithm: 'CRC64NVME',
          ChecksumType: 'FULL_OBJECT',
        }),
        requestOptions(signal),
      ),
    );
    return {
      uploadId: required(answer.UploadId, 'an upload id', this.target.bucket),
      checksumOf: answer.ChecksumType === 'COMPOSITE' ? 'parts' : 'object',
    };
  }

  /** Uploads one part. */
  public async part(
    key: string,
    uploadId: string,
    part: Omit<StoredPart, 'etag'>,
    body: Buffer,
    signal: AbortSignal,
  ): Promise<StoredPart> {
    const command = new UploadPartCommand({
      ...this.address(key),
      UploadId: uploadId,
      PartNumber: part.partNumber,
      Body: body,
      ContentLength: body.length,
      ChecksumCRC64NVME: part.crc64nvme,
    });
    command.middlewareStack.add((next) => (args) => next(withPayloadDigest(args, UNSIGNED_PAYLOAD)), BEFORE_SIGNING);
    const answer = await this.explained('upload a part to', () => this.s3.send(command, requestOptions(signal)));
    this.compareChecksum(key, part.crc64nvme, answer.ChecksumCRC64NVME);
    return { ...part, etag: required(answer.ETag, 'an ETag', this.target.bucket) };
  }

  /** Makes one object of the parts. */
  public async complete(
    object: WrittenBytes,
    { uploadId, checksumOf }: BegunUpload,
    parts: readonly StoredPart[],
    signal: AbortSignal,
  ): Promise<StoredObject> {
    const command = new CompleteMultipartUploadCommand({
      ...this.address(object.key),
      UploadId: uploadId,
      MultipartUpload: {
        Parts: parts.map((part) => ({
          PartNumber: part.partNumber,
          ETag: part.etag,
          ChecksumCRC64NVME: part.crc64nvme,
        })),
      },
      ...(checksumOf === 'object' && { ChecksumCRC64NVME: object.crc64nvme, ChecksumType: 'FULL_OBJECT' }),
      MpuObjectSize: object.bytes,
      IfNoneMatch: '*',
    });
    const expected = checksumOf === 'object' ? object.crc64nvme : checksumOfParts(parts);
    const result = await this.sendOnce(
      object,
      'complete an upload to',
      () => this.s3.send(command, requestOptions(signal)),
      expected,
    );
    if (result === 'conflict') {
      throw conflictError(this.target.bucket);
    }
    return result;
  }

  /** Gives up an upload, so that its parts are no longer paid for. An upload that is gone already is fine. */
  public async abort(key: string, uploadId: string): Promise<void> {
    await this.s3.send(new AbortMultipartUploadCommand({ ...this.address(key), UploadId: uploadId }));
  }

  private address(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.target.bucket, Key: key };
  }

  private properties({ lock, contentType = 'application/octet-stream' }: WriteOptions) {
    const { keyArn } = this.target;
    return {
      ContentType: contentType,
      ...(keyArn !== undefined && {
        ServerSideEncryption: 'aws:kms' as const,
        SSEKMSKeyId: keyArn,
        BucketKeyEnabled: true,
      }),
      ...(lock !== undefined && {
        ObjectLockMode: lock.mode === 'compliance' ? ('COMPLIANCE' as const) : ('GOVERNANCE' as const),
        ObjectLockRetainUntilDate: lock.until,
      }),
    };
  }

  /** @returns `conflict` when S3 refused because another write of the same key is going on, and none is there yet. */
  private async sendOnce(
    object: WrittenBytes,
    attempt: string,
    send: () => Promise<Confirmation>,
    expectedChecksum = object.crc64nvme,
  ): Promise<StoredObject | 'conflict'> {
    let answer: Confirmation;
    try {
      answer = await send();
    } catch (error) {
      const stored = isRefusal(error) ? await this.storedBefore(object, error) : undefined;
      if (stored === undefined && httpStatus(error) !== CONFLICT) {
        throw explainStoreError(error, attempt, this.target.bucket, HINTS);
      }
      return stored ?? 'conflict';
    }
    const versionId = versionIdOf(answer.VersionId, this.target.bucket);
    const confirmed = answer.ChecksumCRC64NVME ?? (await this.head(object.key, versionId))?.ChecksumCRC64NVME;
    this.compareChecksum(object.key, expectedChecksum, confirmed);
    return { ...object, versionId };
  }

  private compareChecksum(key: string, sent: string, confirmed: string | undefined): void {
    if (confirmed !== sent) {
      throw new ObjectDamagedError(
        key,
        this.target.bucket,
        `S3 confirmed the CRC64NVME ${confirmed ?? '(none)'}, sent was ${sent}`,
      );
    }
  }

  /**
   * What an earlier attempt stored, if that is why this one was refused.
   *
   * @throws ObjectExistsError when something else is stored under the key.
   */
  private async storedBefore(object: WrittenBytes, refusal: unknown): Promise<StoredObject | undefined> {
    const stored = await this.head(object.key);
    if (stored === undefined) {
      return undefined;
    }
    if (stored.ContentLength !== object.bytes || stored.ChecksumCRC64NVME !== object.crc64nvme) {
      throw new ObjectExistsError(object.key, this.target.bucket, { cause: refusal });
    }
    return { ...object, versionId: versionIdOf(stored.VersionId, this.target.bucket) };
  }

  /** @param versionId of the version that is asked about. @default - the current one */
  private async head(key: string, versionId?: string): Promise<HeadObjectCommandOutput | undefined> {
    const version = versionId === undefined ? {} : { VersionId: versionId };
    try {
      return await this.s3.send(new HeadObjectCommand({ ...this.address(key), ...version, ChecksumMode: 'ENABLED' }));
    } catch (error) {
      if (httpStatus(error) === 404) {
        return undefined;
      }
      throw explainStoreError(error, 'read the state of an object in', this.target.bucket, HINTS);
    }
  }

  private async explained<Answer>(attempt: string, send: () => Promise<Answer>): Promise<Answer> {
    try {
      return await send();
    } catch (error) {
      throw explainStoreError(error, attempt, this.target.bucket, HINTS);
    }
  }
}

interface Confirmation {
  readonly VersionId?: string | undefined;
  readonly ChecksumCRC64NVME?: string | undefined;
}

/** Another write of the same key is going on. */
const CONFLICT = 409;
const PRECONDITION_FAILED = 412;
const MOST_CONFLICTS = 5;
const CONFLICT_WAIT_MS = 100;

const requestOptions = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { abortSignal: signal });

/**
 * Tells the signature what it shall cover of the body: the SHA-256, which S3 then compares, or {@link UNSIGNED_PAYLOAD}.
 * Otherwise the SDK would take the SHA-256 once more.
 */
function withPayloadDigest<Arguments extends { readonly request: unknown }>(
  args: Arguments,
  digest: string,
): Arguments {
  const { headers } = args.request as { headers: Record<string, string> };
  headers['x-amz-content-sha256'] = digest;
  return args;
}

const BEFORE_SIGNING = { step: 'build', name: 'payloadDigest' } as const;
/** The body is left to TLS and to its CRC-64/NVME, which S3 compares and the signature covers. */
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

const conflictError = (bucket: string): Error =>
  new Error(
    `Cannot write an object to bucket ${bucket}: another write of the same key is going on. HINT: let one run at a time write a backup, and start a new run.`,
  );

/** The checksum of the parts' checksums, as S3 writes checksums of parts: with their number. */
function checksumOfParts(parts: readonly StoredPart[]): string {
  const checksums = Buffer.concat(parts.map((part) => Buffer.from(part.crc64nvme, 'base64')));
  return `${crc64nvmeText(crc64nvme(checksums))}-${parts.length}`;
}

function versionIdOf(versionId: string | undefined, bucket: string): string {
  if (versionId === undefined || versionId === 'null') {
    throw new Error(
      `Bucket ${bucket} keeps no versions: what was written could be overwritten. HINT: enable versioning on the bucket.`,
    );
  }
  return versionId;
}

function required(value: string | undefined, what: string, bucket: string): string {
  if (value === undefined) {
    throw new Error(`S3 answered without ${what} about bucket ${bucket}. HINT: run the backup again.`);
  }
  return value;
}

/**
 * Whether S3 may have refused because an earlier attempt succeeded: the key is taken, or the upload is complete.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
function isRefusal(error: unknown): boolean {
  const status = httpStatus(error);
  return status === PRECONDITION_FAILED || status === CONFLICT || errorName(error) === 'NoSuchUpload';
}

const HINTS: StoreHints = {
  AccessDenied:
    'give the role s3:PutObject, s3:GetObject, s3:ListBucket and, for locked objects, s3:PutObjectRetention on the bucket, and kms:GenerateDataKey and kms:Decrypt on its key; look for a Deny in the bucket policy.',
  NoSuchBucket: 'deploy the stack that owns the bucket, or correct the name of the bucket.',
  PermanentRedirect: 'correct the Region of the bucket.',
  SlowDown: 'run again later, or fewer backups at the same time.',
  InvalidRequest: 'enable versioning and Object Lock on the bucket.',
  other: 'look the error up in the S3 API reference, and run again.',
};
