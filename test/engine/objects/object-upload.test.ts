import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { ObjectDamagedError, ObjectExistsError } from '../../../engine/objects/object-error';
import { ObjectStore, type ObjectUpload, type StoredObject } from '../../../engine/objects/object-store';
import { crc64 } from '../../fakes/s3-bucket';
import { FakeS3Server, only, type S3Fault, type S3Operation } from '../../fakes/s3-server';

const MIB = 1024 * 1024;
const BUCKET = 'dumps';
const KEY = 'daily/shop/20261123T020000Z-0f3c9a1e/tenants/acme%2Fnorth.dump';

let server: FakeS3Server;
let s3: S3Client;
let store: ObjectStore;

beforeAll(async () => {
  server = await FakeS3Server.start();
  s3 = server.client();
});
beforeEach(() => {
  server.reset();
  store = new ObjectStore(s3, { bucket: BUCKET });
});
afterAll(async () => {
  s3.destroy();
  await server.stop();
});

/** Bytes that differ from place to place. */
const content = (bytes: number): Buffer => Buffer.alloc(bytes, 'The quick brown fox jumps over the lazy dog. ');

async function write(upload: ObjectUpload, bytes: Buffer, pieceBytes = MIB): Promise<StoredObject> {
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    await upload.write(bytes.subarray(start, start + pieceBytes));
  }
  await upload.end();
  return upload.stored;
}

const failAt = (operation: S3Operation, fault: S3Fault) => {
  server.fault = (call) => (call.operation === operation ? fault : undefined);
};

const REFUSED = { status: 403, code: 'AccessDenied' };

describe('an upload', () => {
  test.each([0, 1, 100_000, 8 * MIB])('of %d bytes takes one request', async (size) => {
    const bytes = content(size);
    const stored = await write(store.upload(KEY), bytes);
    expect(stored).toEqual({
      key: KEY,
      versionId: server.objects(BUCKET).get(KEY)?.versionId,
      bytes: size,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      crc64nvme: await crc64(bytes),
    });
    expect(server.calls.map(({ operation }) => operation)).toEqual(['PutObject']);
    expect(server.objects(BUCKET).get(KEY)?.body.equals(bytes)).toBe(true);
  });

  test('of more than a part is stored as one object, with the checksum of the whole', async () => {
    const bytes = content(20 * MIB + 7);
    const stored = await write(store.upload(KEY), bytes);
    expect(stored.bytes).toBe(bytes.length);
    expect(stored.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(stored.crc64nvme).toBe(await crc64(bytes));
    expect(server.objects(BUCKET).get(KEY)?.body.equals(bytes)).toBe(true);
    expect(server.count('UploadPart')).toBe(3);
    const [complete] = server.calls.slice(-1);
    expect(complete).toMatchObject({
      operation: 'CompleteMultipartUpload',
      headers: {
        'if-none-match': '*',
        'x-amz-checksum-type': 'FULL_OBJECT',
        'x-amz-checksum-crc64nvme': stored.crc64nvme,
        'x-amz-mp-object-size': String(bytes.length),
      },
    });
  });

  test.each([
    ['small', 100],
    ['large', 9 * MIB],
  ])('that is %s carries key, lock and type', async (_, size) => {
    const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/1';
    const lock = { mode: 'compliance', until: new Date('2033-01-01T00:00:00Z') } as const;
    await write(
      new ObjectStore(s3, { bucket: BUCKET, keyArn }).upload(KEY, { lock, contentType: 'a/b' }),
      content(size),
    );
    expect(server.objects(BUCKET).get(KEY)?.headers).toEqual({
      'content-type': 'a/b',
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': keyArn,
      'x-amz-server-side-encryption-bucket-key-enabled': 'true',
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': '2033-01-01T00:00:00Z',
    });
  });

  test('under governance is locked that way', async () => {
    await write(store.upload(KEY, { lock: { mode: 'governance', until: new Date(0) } }), content(1));
    expect(server.objects(BUCKET).get(KEY)?.headers['x-amz-object-lock-mode']).toBe('GOVERNANCE');
  });

  test('has the same bytes however it was written', async () => {
    const bytes = content(9 * MIB);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 8 }), async (cuts) => {
        server.reset();
        const upload = store.upload(KEY);
        let start = 0;
        for (const end of [...cuts.sort((left, right) => left - right), bytes.length]) {
          const piece = Buffer.from(bytes.subarray(start, end));
          await upload.write(piece);
          piece.fill(0);
          start = end;
        }
        await upload.end();
        await upload.stored;
        expect(server.objects(BUCKET).get(KEY)?.body.equals(bytes)).toBe(true);
      }),
      { numRuns: 8 },
    );
  });

  test('shares memory with others, one after the other, and never its bytes', async () => {
    server.fault = only('UploadPart', 3, 'cut');
    const uploads = ['a', 'b'].map((name) => ({ name, upload: store.upload(`${KEY}${name}`) }));
    const piece = (name: string, index: number) => Buffer.alloc(4 * MIB, `${name}${index} `);
    for (let index = 0; index < 10; index += 1) {
      for (const { name, upload } of uploads) {
        await upload.write(piece(name, index));
      }
    }
    for (const { name, upload } of uploads) {
      await upload.end();
      await upload.stored;
      const written = Buffer.concat(Array.from({ length: 10 }, (_, index) => piece(name, index)));
      expect(server.objects(BUCKET).get(`${KEY}${name}`)?.body.equals(written)).toBe(true);
    }
  });

  test('takes no more after its end', async () => {
    const upload = store.upload(KEY);
    await upload.end();
    await expect(upload.write(content(1))).rejects.toThrow('ended');
    await expect(upload.end()).rejects.toThrow('ended');
    await upload.stored;
  });

  test('holds its writer back while S3 is slow', async () => {
    server.fault = ({ operation }) => (operation === 'UploadPart' ? { delayMs: 30_000 } : undefined);
    const upload = store.upload(KEY);
    const piece = content(8 * MIB);
    let written = 0;
    const writing = (async () => {
      for (; written < 11; written += 1) {
        await upload.write(piece);
      }
    })();
    while (server.count('UploadPart') < 8) {
      await sleep(5);
    }
    await sleep(200);
    expect([server.count('UploadPart'), written]).toEqual([8, 9]);
    const ending = expect(writing).rejects.toThrow('aborted');
    await upload.abort();
    await ending;
  });
});

describe('an answer that is lost', () => {
  test.each([
    ['PutObject', 100],
    ['CreateMultipartUpload', 9 * MIB],
    ['UploadPart', 9 * MIB],
    ['CompleteMultipartUpload', 9 * MIB],
  ] as const)('of %s does no harm', async (operation, size) => {
    server.fault = only(operation, 0, 'lose');
    const stored = await write(store.upload(KEY), content(size));
    expect(
      server
        .bucket(BUCKET)
        .history(KEY)
        .map(({ versionId }) => versionId),
    ).toEqual([stored.versionId]);
    expect(server.count(operation)).toBeGreaterThanOrEqual(2);
  });

  test.each(['PutObject', 'UploadPart', 'CreateMultipartUpload', 'CompleteMultipartUpload'] as const)(
    'with %s on a broken or overloaded connection is repeated',
    async (operation) => {
      const size = operation === 'PutObject' ? 100 : 9 * MIB;
      for (const fault of ['cut', { status: 503, code: 'SlowDown' }] as const) {
        server.reset();
        server.fault = only(operation, 0, fault);
        await write(store.upload(KEY), content(size));
        expect(server.objects(BUCKET).get(KEY)?.body.length).toBe(size);
      }
    },
  );
});

describe('a key that is taken', () => {
  test.each([
    ['small', 100],
    ['large', 9 * MIB],
  ])('refuses a %s object with other bytes', async (_, size) => {
    await server.bucket(BUCKET).put(KEY, Buffer.alloc(size));
    const error = await write(store.upload(KEY), content(size)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ObjectExistsError);
    expect(error).toMatchObject({ key: KEY, message: expect.stringMatching(/bucket dumps already.* HINT: /) });
    expect((error as Error).message).not.toContain('acme');
    expect(server.bucket(BUCKET).history(KEY)).toHaveLength(1);
    expect(server.bucket(BUCKET).uploads.size).toBe(0);
  });

  test('by a write that is still going on is awaited', async () => {
    server.fault = only('PutObject', 0, { status: 409, code: 'ConditionalRequestConflict' });
    const { versionId } = await store.put(KEY, content(10));
    expect(server.objects(BUCKET).get(KEY)?.versionId).toBe(versionId);
  });

  test('by writes that never end is given up', async () => {
    failAt('PutObject', { status: 409, code: 'ConditionalRequestConflict' });
    await expect(store.put(KEY, content(10))).rejects.toThrow(/another write of the same key is going on.* HINT: /);
  });

  test('by a write that goes on while parts are joined is an error, and leaves nothing', async () => {
    failAt('CompleteMultipartUpload', { status: 409, code: 'ConditionalRequestConflict' });
    await expect(write(store.upload(KEY), content(9 * MIB))).rejects.toThrow('another write of the same key');
    expect(server.bucket(BUCKET).uploads.size).toBe(0);
  });
});

describe('a failure', () => {
  test.each([
    ['PutObject', 100, 'Cannot write an object to bucket dumps: AccessDenied'],
    ['CreateMultipartUpload', 9 * MIB, 'Cannot begin an upload to bucket dumps: AccessDenied'],
    ['UploadPart', 9 * MIB, 'Cannot upload a part to bucket dumps: AccessDenied'],
    ['CompleteMultipartUpload', 9 * MIB, 'Cannot complete an upload to bucket dumps: AccessDenied'],
  ] as const)('of %s is told, and leaves nothing', async (operation, size, message) => {
    failAt(operation, REFUSED);
    const error = (await write(store.upload(KEY), content(size)).catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toContain(message);
    expect(error.message).toMatch(/HINT: give the role s3:PutObject/);
    expect(error.message).not.toContain('acme');
    expect(server.objects(BUCKET).size).toBe(0);
    expect(server.bucket(BUCKET).uploads.size).toBe(0);
  });

  test('in the background is thrown at the next write', async () => {
    failAt('UploadPart', REFUSED);
    const upload = store.upload(KEY);
    await upload.write(content(8 * MIB + 1));
    await expect(upload.stored).rejects.toThrow('AccessDenied');
    await expect(upload.write(content(1))).rejects.toThrow('AccessDenied');
    await expect(upload.end()).rejects.toThrow('AccessDenied');
  });

  test('nobody looks at ends nothing but the upload', async () => {
    failAt('PutObject', REFUSED);
    await store.upload(KEY).end();
    while (server.count('PutObject') === 0) {
      await sleep(5);
    }
    await sleep(50);
    server.fault = () => undefined;
    await write(store.upload(KEY), content(1));
  });

  test('of the abort does not hide the first error', async () => {
    server.fault = ({ operation }) =>
      operation === 'UploadPart'
        ? REFUSED
        : operation === 'AbortMultipartUpload'
          ? { status: 403, code: 'Other' }
          : undefined;
    await expect(write(store.upload(KEY), content(9 * MIB))).rejects.toThrow('upload a part to');
  });

  test('gives its room back to other uploads', async () => {
    failAt('UploadPart', REFUSED);
    for (let index = 0; index < 10; index += 1) {
      await write(store.upload(`${KEY}${index}`), content(9 * MIB)).catch(() => undefined);
    }
    server.fault = () => undefined;
    expect((await write(store.upload(KEY), content(9 * MIB))).bytes).toBe(9 * MIB);
  });

  test('is what S3 answers without a version id', async () => {
    server.bucket(BUCKET).isVersioned = false;
    await expect(write(store.upload(KEY), content(1))).rejects.toThrow(/keeps no versions.* HINT: enable versioning/);
  });
});

describe('a checksum that S3 does not confirm', () => {
  test.each([
    ['PutObject', 100],
    ['UploadPart', 9 * MIB],
    ['CompleteMultipartUpload', 9 * MIB],
  ] as const)('in the answer to %s is damage', async (operation, size) => {
    server.confirm = (call, checksum) => (call.operation === operation ? 'AAAAAAAAAAA=' : checksum);
    const error = await write(store.upload(KEY), content(size)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ObjectDamagedError);
    expect((error as Error).message).toMatch(/confirmed the CRC64NVME AAAAAAAAAAA=, sent was .* HINT: /);
  });
});

describe('a store other than S3', () => {
  test('that does not repeat the checksum of a write is asked for it', async () => {
    server.confirm = () => undefined;
    await write(store.upload(KEY), content(100));
    expect(server.calls.map(({ operation }) => operation)).toEqual(['PutObject', 'HeadObject']);
  });

  test('that keeps none at all is not trusted', async () => {
    server.confirm = () => undefined;
    server.fault = ({ operation }) => {
      for (const version of operation === 'HeadObject' ? server.bucket(BUCKET).history(KEY) : []) {
        version.crc64nvme = '';
      }
      return undefined;
    };
    await expect(write(store.upload(KEY), content(100))).rejects.toThrow(ObjectDamagedError);
  });

  test('that keeps a checksum of the parts only is held to that', async () => {
    server.bucket(BUCKET).checksumOf = 'parts';
    const bytes = content(20 * MIB);
    const stored = await write(store.upload(KEY), bytes);
    expect(stored.crc64nvme).toBe(await crc64(bytes));
    expect(await store.has(stored)).toBe(true);
    server.confirm = (call, checksum) => (call.operation === 'CompleteMultipartUpload' ? 'AAAAAAAAAAA=-3' : checksum);
    await expect(write(store.upload(`${KEY}2`), bytes)).rejects.toThrow(/confirmed the CRC64NVME AAAAAAAAAAA=-3/);
  });
});

describe('an abort', () => {
  test('gives the parts up', async () => {
    const upload = store.upload(KEY);
    await upload.write(content(9 * MIB));
    await upload.abort();
    await expect(upload.stored).rejects.toThrow('aborted');
    await expect(upload.write(content(1))).rejects.toThrow('aborted');
    expect(server.bucket(BUCKET).uploads.size).toBe(0);
    expect(server.objects(BUCKET).size).toBe(0);
  });

  test('before anything was sent asks for nothing', async () => {
    const upload = store.upload(KEY);
    await upload.write(content(10));
    await upload.abort();
    await upload.abort();
    expect(server.calls).toEqual([]);
  });

  test('does not wait for slow requests', async () => {
    server.fault = ({ operation }) => (operation === 'UploadPart' ? { delayMs: 2_000 } : undefined);
    const upload = store.upload(KEY);
    await upload.write(content(9 * MIB));
    while (server.count('UploadPart') === 0) {
      await sleep(5);
    }
    const begun = Date.now();
    await upload.abort();
    expect(Date.now() - begun).toBeLessThan(1_500);
  });

  test('of an object that is stored changes nothing', async () => {
    const upload = store.upload(KEY);
    const stored = await write(upload, content(10));
    await upload.abort();
    expect(await upload.stored).toBe(stored);
    expect(server.objects(BUCKET).has(KEY)).toBe(true);
  });
});

test('an object that outgrows its parts is given up', async () => {
  const upload = store.upload(KEY);
  (upload as unknown as { parts: Promise<unknown>[] }).parts.push(
    ...Array.from({ length: 9_999 }, () => Promise.resolve()),
  );
  await upload.write(content(8 * MIB));
  await upload.write(content(8 * MIB));
  await expect(upload.write(content(1))).rejects.toThrow(
    /has grown to \d+ bytes, and an upload holds at most \d+\. HINT: /,
  );
  await expect(upload.stored).rejects.toThrow('has grown to');
  expect(server.bucket(BUCKET).uploads.size).toBe(0);
});
