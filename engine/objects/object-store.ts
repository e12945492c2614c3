import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { crc64nvme, crc64nvmeText } from './crc64nvme';
import { ObjectDamagedError } from './object-error';
import { identifyVersion, readObject } from './object-reader';
import { newestVersion, stateOfVersion } from './object-state';
import { type ObjectUpload, StreamedUpload } from './object-upload';
import { PartMemory } from './part-memory';
import { SMALLEST_PART_BYTES } from './part-size';
import { READ_HINTS } from './read-hints';
import { RequestBudget } from './request-budget';
import { errorName, explainStoreError } from './store-error';
import type { ObjectStoreTarget, StoredObject, WriteOptions } from './stored-object';
import { WriteRequests } from './write-requests';

export type { ObjectUpload } from './object-upload';
export type { ObjectLock, ObjectStoreTarget, StoredObject, WriteOptions } from './stored-object';

/**
 * Objects in a versioned bucket of S3 that are written once and proved when they are read. Writing streams: neither disk
 * nor, whatever the sizes, more memory than {@link MOST_BYTES_IN_FLIGHT} and a part for each upload that is open.
 */
export class ObjectStore {
  private readonly requests: WriteRequests;
  private readonly budget = new RequestBudget(MOST_REQUESTS_IN_FLIGHT, MOST_BYTES_IN_FLIGHT);
  private readonly memory = new PartMemory(SMALLEST_PART_BYTES, MOST_IDLE_PARTS);

  /** @param s3 client for the bucket's Region; its retries and timeouts are the ones of all requests. */
  public constructor(
    private readonly s3: S3Client,
    private readonly target: ObjectStoreTarget,
  ) {
    this.requests = new WriteRequests(s3, target);
  }

  /** Begins an object of unknown size. Nothing is requested before its first part is full, or it has ended. */
  public upload(key: string, options: WriteOptions = {}): ObjectUpload {
    return new StreamedUpload(this.requests, this.budget, this.memory, key, options);
  }

  /**
   * Writes a small object.
   *
   * @returns the object, also when it was there already with the same bytes.
   * @throws ObjectExistsError when the key is taken by other bytes; Error when S3 refuses.
   */
  public async put(key: string, body: Buffer, options: WriteOptions = {}): Promise<StoredObject> {
    const sha256 = createHash('sha256').update(body).digest('hex');
    const written = { key, bytes: body.length, sha256, crc64nvme: crc64nvmeText(crc64nvme(body)) };
    await this.budget.acquire(body.length);
    try {
      return await this.requests.put(written, body, options);
    } finally {
      this.budget.release(body.length);
    }
  }

  /**
   * Reads an object in pieces as they come, resuming where a connection breaks. Whether it is the one that was written is
   * known with the last byte only: nothing that cannot be undone may be done with the bytes before.
   *
   * @throws ObjectDamagedError when the version is gone, or its length or SHA-256 differ; Error when S3 refuses.
   */
  public read(object: StoredObject): AsyncGenerator<Buffer, void> {
    return readObject(this.s3, this.target.bucket, object);
  }

  /**
   * Reads the current version of a small object as a whole.
   *
   * @param mostBytes what it may have at most.
   * @returns undefined when there is none.
   * @throws ObjectDamagedError when its bytes are not those of the checksum; Error when it is larger, or S3 refuses.
   */
  public async get(key: string, mostBytes: number): Promise<{ body: Buffer; versionId: string } | undefined> {
    const answer = await this.getCurrent(key);
    if (answer === undefined) {
      return undefined;
    }
    const body = await wholeBody(key, answer.Body as Readable, mostBytes, this.target.bucket);
    return { body, versionId: answer.VersionId ?? 'null' };
  }

  /**
   * Finds an object and proves what S3 has of it, from nothing but its key: reads its newest version, also below a delete
   * marker, and compares it with the checksum that S3 took while it was written.
   *
   * @returns undefined when no version is there.
   * @throws ObjectDamagedError when the bytes are not those of the checksum; Error when S3 refuses.
   */
  public async identify(key: string): Promise<StoredObject | undefined> {
    const { bucket } = this.target;
    const newest = await newestVersion(this.s3, bucket, key);
    const state = newest && (await stateOfVersion(this.s3, bucket, key, newest.versionId));
    return state && identifyVersion(this.s3, bucket, state, state.crc64nvme);
  }

  /**
   * Whether S3 has a version with the size and the checksum that were written. Its bytes are only read where no checksum of
   * the whole object is kept, as in an emulator.
   *
   * @throws Error when S3 refuses.
   */
  public async has(object: StoredObject): Promise<boolean> {
    const { bucket } = this.target;
    const state = await stateOfVersion(this.s3, bucket, object.key, object.versionId);
    if (state === undefined || state.bytes !== object.bytes) {
      return false;
    }
    const crc = state.crc64nvme ?? (await identifyVersion(this.s3, bucket, state, undefined)).crc64nvme;
    return crc === object.crc64nvme;
  }

  private async getCurrent(key: string): Promise<GetObjectCommandOutput | undefined> {
    try {
      return await this.s3.send(
        new GetObjectCommand({ Bucket: this.target.bucket, Key: key, ChecksumMode: 'ENABLED' }),
      );
    } catch (error) {
      if (errorName(error) === 'NoSuchKey') {
        return undefined;
      }
      throw explainStoreError(error, 'read an object in', this.target.bucket, READ_HINTS);
    }
  }
}

/** Requests that write, of all uploads of a store together. S3 answers in tens of milliseconds: 16 suffice for 200 a second. */
const MOST_REQUESTS_IN_FLIGHT = 16;
/** Bytes of all uploads of a store that are on their way, 64 MiB. */
const MOST_BYTES_IN_FLIGHT = 64 * 1024 * 1024;
/** Memory that is kept for parts to come: 32 MiB. */
const MOST_IDLE_PARTS = 4;

async function wholeBody(key: string, body: Readable, mostBytes: number, bucket: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > mostBytes) {
        break;
      }
      pieces.push(piece);
    }
  } catch (error) {
    if (isOtherChecksum(error)) {
      throw new ObjectDamagedError(key, bucket, 'its checksum is another than that of its upload', { cause: error });
    }
    throw explainStoreError(error, 'read an object in', bucket, READ_HINTS);
  }
  if (bytes > mostBytes) {
    throw new Error(
      `An object in bucket ${bucket} has more than ${mostBytes} bytes. HINT: it is none that Holdfast wrote; look at its versions.`,
    );
  }
  return Buffer.concat(pieces);
}

/** The SDK compares what it reads with the checksum that S3 keeps, and has no error of its own for a difference. */
const isOtherChecksum = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('Checksum mismatch');
