import { createHash } from 'node:crypto';
import { Crc64NvmeJs } from '@aws-sdk/checksums/crc';

/** What is stored with an object besides its bytes: the `x-amz-` headers of encryption and lock, and the type. */
export type StoredHeaders = Readonly<Record<string, string>>;

/** A version of an object, or a delete marker. */
export interface FakeVersion {
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
  readonly lastModified: Date;
  body: Buffer;
  readonly etag: string;
  /** Full-object CRC-64/NVME in base64. */
  crc64nvme: string;
  readonly headers: StoredHeaders;
}

/** A part of an upload that goes on. */
export interface FakePart {
  readonly body: Buffer;
  readonly etag: string;
  readonly crc64nvme: string;
}

/** An upload in parts that goes on. */
export interface FakeUpload {
  readonly uploadId: string;
  readonly key: string;
  readonly initiated: Date;
  readonly headers: StoredHeaders;
  readonly parts: Map<number, FakePart>;
}

/** A refusal as S3 answers it. */
export class Refusal extends Error {
  public constructor(
    public readonly status: number,
    public readonly code: string,
    message = code,
  ) {
    super(message);
  }
}

/** A versioned bucket in memory. */
export class FakeBucket {
  /** Versions by key, the newest first. */
  public readonly histories = new Map<string, FakeVersion[]>();
  /** Uploads that go on, by id. */
  public readonly uploads = new Map<string, FakeUpload>();
  /** False for a bucket that keeps no versions: answers then carry no version id. */
  public isVersioned = true;
  /** What a checksum is kept of with an upload in parts: an emulator may keep one of the parts' checksums only. */
  public checksumOf: 'object' | 'parts' = 'object';
  private serial = 0;

  public keys(): string[] {
    return [...this.histories.keys()].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  }

  public history(key: string): FakeVersion[] {
    const history = this.histories.get(key) ?? [];
    this.histories.set(key, history);
    return history;
  }

  /** The current version; undefined under a delete marker. */
  public current(key: string): FakeVersion | undefined {
    const newest = this.histories.get(key)?.[0];
    return newest?.isDeleteMarker ? undefined : newest;
  }

  public version(key: string, versionId: string | null): FakeVersion {
    const history = this.histories.get(key) ?? [];
    const found = versionId === null ? history[0] : history.find((version) => version.versionId === versionId);
    if (found === undefined || (found.isDeleteMarker && versionId === null)) {
      throw new Refusal(404, versionId === null ? 'NoSuchKey' : 'NoSuchVersion');
    }
    if (found.isDeleteMarker) {
      throw new Refusal(405, 'MethodNotAllowed');
    }
    return found;
  }

  /** @param etag that the current version must have. */
  public async put(
    key: string,
    body: Buffer,
    headers: StoredHeaders = {},
    isNew = false,
    etag?: string,
  ): Promise<FakeVersion> {
    this.requireNew(key, isNew);
    if (etag !== undefined && this.current(key)?.etag !== etag) {
      throw new Refusal(412, 'PreconditionFailed');
    }
    return this.add(key, body, `"${createHash('md5').update(body).digest('hex')}"`, await crc64(body), headers);
  }

  public deleteCurrent(key: string): FakeVersion {
    const marker: FakeVersion = {
      versionId: this.nextId('marker'),
      isDeleteMarker: true,
      lastModified: new Date(),
      body: Buffer.alloc(0),
      etag: '',
      crc64nvme: '',
      headers: {},
    };
    this.history(key).unshift(marker);
    return marker;
  }

  public createUpload(key: string, headers: StoredHeaders): FakeUpload {
    const upload = { uploadId: this.nextId('upload'), key, initiated: new Date(), headers, parts: new Map() };
    this.uploads.set(upload.uploadId, upload);
    return upload;
  }

  public upload(uploadId: string): FakeUpload {
    const upload = this.uploads.get(uploadId);
    if (upload === undefined) {
      throw new Refusal(404, 'NoSuchUpload');
    }
    return upload;
  }

  /** Joins the parts as listed; every part but the last must have 5 MiB, and the checksum and size must be right. */
  public async complete(
    upload: FakeUpload,
    listed: readonly { readonly partNumber: number; readonly etag: string }[],
    expected: { crc64nvme: string | undefined; bytes: string | undefined; isNew: boolean },
  ): Promise<FakeVersion> {
    const parts = listed.map(({ partNumber, etag }) => {
      const part = upload.parts.get(partNumber);
      if (part === undefined || part.etag !== etag) {
        throw new Refusal(400, 'InvalidPart');
      }
      return part;
    });
    if (parts.slice(0, -1).some(({ body }) => body.length < SMALLEST_PART_BYTES)) {
      throw new Refusal(400, 'EntityTooSmall');
    }
    const body = Buffer.concat(parts.map((part) => part.body));
    const crc = this.checksumOf === 'object' ? await crc64(body) : await crc64OfParts(parts);
    if (expected.crc64nvme !== undefined && expected.crc64nvme !== crc) {
      throw new Refusal(400, 'BadDigest');
    }
    if (expected.bytes !== undefined && Number(expected.bytes) !== body.length) {
      throw new Refusal(400, 'InvalidRequest', 'The size of the object differs.');
    }
    this.requireNew(upload.key, expected.isNew);
    this.uploads.delete(upload.uploadId);
    return this.add(upload.key, body, `"${upload.uploadId}-${parts.length}"`, crc, upload.headers);
  }

  private requireNew(key: string, isNew: boolean): void {
    if (isNew && this.current(key) !== undefined) {
      throw new Refusal(412, 'PreconditionFailed');
    }
  }

  private add(key: string, body: Buffer, etag: string, crc64nvme: string, headers: StoredHeaders): FakeVersion {
    const versionId = this.nextId('version');
    const version = { versionId, isDeleteMarker: false, lastModified: new Date(), body, etag, crc64nvme, headers };
    this.history(key).unshift(version);
    return version;
  }

  private nextId(kind: string): string {
    this.serial += 1;
    return `${kind}-${this.serial}`;
  }
}

async function crc64OfParts(parts: readonly FakePart[]): Promise<string> {
  const checksums = Buffer.concat(parts.map(({ crc64nvme }) => Buffer.from(crc64nvme, 'base64')));
  return `${await crc64(checksums)}-${parts.length}`;
}

const SMALLEST_PART_BYTES = 5 * 1024 * 1024;

/** CRC-64/NVME by the SDK's own implementation, in base64. */
export async function crc64(bytes: Buffer): Promise<string> {
  const crc = new Crc64NvmeJs();
  crc.update(bytes);
  return Buffer.from(await crc.digest()).toString('base64');
}
