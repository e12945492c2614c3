import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { crc64nvme, crc64nvmeText } from './crc64nvme';
import { ObjectDamagedError } from './object-error';
import { READ_HINTS } from './read-hints';
import { errorName, explainStoreError } from './store-error';
import type { StoredObject } from './stored-object';

/** A version that S3 has, as far as a listing or a HEAD tells. */
export type VersionAddress = Pick<StoredObject, 'key' | 'versionId' | 'bytes'>;

/**
 * Reads one version of an object from its first byte to its last, in pieces as they come. When the connection breaks, it
 * goes on where it was. Whether the object is the one that was written is known with the last byte only: nothing that
 * cannot be undone may be done with the bytes before.
 *
 * @throws ObjectDamagedError when the version is gone, or its length or SHA-256 differ; Error when S3 refuses, or the
 *   connection breaks several times without a byte in between.
 */
export async function* readObject(s3: S3Client, bucket: string, object: StoredObject): AsyncGenerator<Buffer, void> {
  const sha256 = createHash('sha256');
  for await (const piece of readVersion(s3, bucket, object)) {
    sha256.update(piece);
    yield piece;
  }
  const digest = sha256.digest('hex');
  if (digest !== object.sha256) {
    throw new ObjectDamagedError(object.key, bucket, `its SHA-256 is ${digest}, must be ${object.sha256}`);
  }
}

/**
 * Finds out the digests of a version by reading it.
 *
 * @param expectedCrc64nvme the checksum that S3 keeps of it; undefined if it keeps none.
 * @throws ObjectDamagedError when the version is gone, or its length or checksum differ; Error when S3 refuses.
 */
export async function identifyVersion(
  s3: S3Client,
  bucket: string,
  version: VersionAddress,
  expectedCrc64nvme: string | undefined,
): Promise<StoredObject> {
  const sha256 = createHash('sha256');
  let crc = 0n;
  for await (const piece of readVersion(s3, bucket, version)) {
    sha256.update(piece);
    crc = crc64nvme(piece, crc);
  }
  const checksum = crc64nvmeText(crc);
  if (expectedCrc64nvme !== undefined && checksum !== expectedCrc64nvme) {
    throw new ObjectDamagedError(
      version.key,
      bucket,
      `its CRC64NVME is ${checksum}, that of its upload was ${expectedCrc64nvme}`,
    );
  }
  const { key, versionId, bytes } = version;
  return { key, versionId, bytes, sha256: sha256.digest('hex'), crc64nvme: checksum };
}

/**
 * Reads one version of an object of which no digest is known. When the connection breaks, it goes on where it was.
 *
 * @throws ObjectDamagedError when the version is gone or its length differs; Error when S3 refuses, or the connection breaks several
 *   times without a byte in between.
 */
export async function* readVersion(
  s3: S3Client,
  bucket: string,
  version: VersionAddress,
): AsyncGenerator<Buffer, void> {
  let bytes = 0;
  for (let breaks = 0; bytes < version.bytes || breaks === 0; ) {
    let problem: unknown = new Error('the body ended too early');
    const body = await openAt(s3, bucket, version, bytes);
    for await (const piece of piecesOf(body, (error) => (problem = error))) {
      breaks = 0;
      bytes += piece.length;
      yield piece;
    }
    breaks += 1;
    if (bytes < version.bytes) {
      await waitAfter(breaks, problem, bucket);
    }
  }
}

async function openAt(s3: S3Client, bucket: string, object: VersionAddress, offset: number): Promise<Readable> {
  const address = { Bucket: bucket, Key: object.key, VersionId: object.versionId };
  const range = offset === 0 ? {} : { Range: `bytes=${offset}-` };
  const answer = await s3.send(new GetObjectCommand({ ...address, ...range })).catch((error: unknown) => {
    if (GONE.has(errorName(error))) {
      throw new ObjectDamagedError(object.key, bucket, 'the version is gone', { cause: error });
    }
    throw explainStoreError(error, 'read an object in', bucket, READ_HINTS);
  });
  const body = answer.Body as Readable;
  const bytes = offset + (answer.ContentLength ?? 0);
  if (bytes !== object.bytes) {
    body.destroy();
    throw new ObjectDamagedError(object.key, bucket, `it has ${bytes} bytes, must have ${object.bytes}`);
  }
  return body;
}

/** Ends where the connection breaks, and tells why. */
async function* piecesOf(body: Readable, onBreak: (error: unknown) => void): AsyncGenerator<Buffer, void> {
  try {
    yield* body as AsyncIterable<Buffer>;
  } catch (error) {
    onBreak(error);
  }
}

async function waitAfter(breaks: number, problem: unknown, bucket: string): Promise<void> {
  if (breaks === MOST_BREAKS) {
    throw explainStoreError(problem, 'read an object in', bucket, READ_HINTS);
  }
  await sleep(WAIT_MS * (breaks - 1));
}

const GONE: ReadonlySet<string> = new Set(['NoSuchKey', 'NoSuchVersion']);
/** Breaks of the connection without a byte in between after which reading is given up. */
const MOST_BREAKS = 5;
const WAIT_MS = 250;
