import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { ObjectDamagedError, ObjectExistsError } from '../../../engine/objects/object-error';
import { ObjectStore, type StoredObject } from '../../../engine/objects/object-store';
import { FakeS3Server, only } from '../../fakes/s3-server';

const BUCKET = 'dumps';
const KEY = 'daily/shop/20261123T020000Z-0f3c9a1e/globals.sql';

let server: FakeS3Server;
let s3: S3Client;
let store: ObjectStore;

beforeAll(async () => {
  server = await FakeS3Server.start();
  s3 = server.client();
  store = new ObjectStore(s3, { bucket: BUCKET });
});
beforeEach(() => server.reset());
afterAll(async () => {
  s3.destroy();
  await server.stop();
});

async function readWhole(object: StoredObject): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of store.read(object)) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const failureOf = (object: StoredObject): Promise<Error> =>
  readWhole(object).then(
    () => new Error('it was read'),
    (error: Error) => error,
  );

describe('a small object', () => {
  test('is written in one request that is refused if the key is taken', async () => {
    const stored = await store.put(KEY, Buffer.from('create role a'));
    expect(stored).toMatchObject({
      key: KEY,
      bytes: 13,
      sha256: createHash('sha256').update('create role a').digest('hex'),
    });
    expect(server.calls).toHaveLength(1);
    expect(server.calls[0]?.headers).toMatchObject({
      'if-none-match': '*',
      'x-amz-content-sha256': stored.sha256,
      'x-amz-checksum-crc64nvme': stored.crc64nvme,
    });
  });

  test('may be written again with the same bytes, which changes nothing', async () => {
    const first = await store.put(KEY, Buffer.from('roles'));
    expect(await store.put(KEY, Buffer.from('roles'))).toEqual(first);
    expect(server.bucket(BUCKET).history(KEY)).toHaveLength(1);
  });

  test('is never replaced by other bytes, not even of the same length', async () => {
    await store.put(KEY, Buffer.from('roles'));
    await expect(store.put(KEY, Buffer.from('ROLES'))).rejects.toThrow(ObjectExistsError);
    await expect(store.put(KEY, Buffer.from('role'))).rejects.toThrow(ObjectExistsError);
    expect(server.objects(BUCKET).get(KEY)?.body.toString()).toBe('roles');
  });

  test('is not taken for another of the same checksum but of another length', async () => {
    const { crc64nvme } = await store.put(KEY, Buffer.from('roles'));
    await server.bucket(BUCKET).put(`${KEY}2`, Buffer.from('longer'));
    Object.assign(server.bucket(BUCKET).history(`${KEY}2`)[0] ?? {}, { crc64nvme });
    await expect(store.put(`${KEY}2`, Buffer.from('roles'))).rejects.toThrow(ObjectExistsError);
  });

  test('of many is written with a bounded number of requests at a time', async () => {
    let running = 0;
    let most = 0;
    server.fault = () => {
      running += 1;
      most = Math.max(most, running);
      setTimeout(() => {
        running -= 1;
      }, 20);
      return { delayMs: 20 };
    };
    await Promise.all(Array.from({ length: 60 }, (_, index) => store.put(`${KEY}${index}`, Buffer.from('x'))));
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(18);
  });
});

describe('getting a small object', () => {
  test('gives its bytes and its version', async () => {
    const { versionId } = await store.put(KEY, Buffer.from('roles'));
    expect(await store.get(KEY, 5)).toEqual({ body: Buffer.from('roles'), versionId });
  });

  test('that is not there, or below a delete marker, gives nothing', async () => {
    expect(await store.get(KEY, 100)).toBeUndefined();
    await store.put(KEY, Buffer.from('roles'));
    server.bucket(BUCKET).deleteCurrent(KEY);
    expect(await store.get(KEY, 100)).toBeUndefined();
  });

  test('that is larger than it may be is refused', async () => {
    await store.put(KEY, Buffer.from('roles'));
    await expect(store.get(KEY, 4)).rejects.toThrow('An object in bucket dumps has more than 4 bytes. HINT: ');
  });

  test('tells what S3 refused, and what was broken or changed on the way', async () => {
    await store.put(KEY, Buffer.from('roles'));
    server.fault = () => ({ status: 403, code: 'AccessDenied' });
    await expect(store.get(KEY, 9)).rejects.toThrow(
      /^Cannot read an object in bucket dumps: AccessDenied: .* HINT: give the role s3:GetObject/,
    );
    server.fault = () => ({ status: 404, code: 'NoSuchBucket' });
    await expect(store.get(KEY, 9)).rejects.toThrow('deploy the stack');
    server.fault = () => 'cutBody';
    await expect(store.get(KEY, 9)).rejects.toThrow('Cannot read an object in bucket dumps');
    server.fault = () => undefined;
    const [version] = server.bucket(BUCKET).history(KEY);
    Object.assign(version ?? {}, { body: Buffer.from('ROLES') });
    await expect(store.get(KEY, 9)).rejects.toThrow('its checksum is another than that of its upload');
  });
});

describe('reading an object', () => {
  test('gives the bytes of the version that was written, whatever came after', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300_000 }), async (bytes) => {
        server.reset();
        const stored = await store.put(KEY, Buffer.from(bytes));
        server.bucket(BUCKET).deleteCurrent(KEY);
        await server.bucket(BUCKET).put(KEY, Buffer.from('another'));
        expect((await readWhole(stored)).equals(bytes)).toBe(true);
        expect(server.count('GetObject')).toBe(1);
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ['changed', Buffer.from('ROLES'), /its SHA-256 is [0-9a-f]{64}, must be [0-9a-f]{64}/],
    ['cut', Buffer.from('role'), /it has 4 bytes, must have 5/],
    ['longer', Buffer.from('roles!'), /it has 6 bytes, must have 5/],
    ['empty', Buffer.alloc(0), /it has 0 bytes, must have 5/],
  ])('finds bytes that were %s', async (_, body, message) => {
    const stored = await store.put(KEY, Buffer.from('roles'));
    Object.assign(server.bucket(BUCKET).history(KEY)[0] ?? {}, { body });
    const error = await failureOf(stored);
    expect(error).toBeInstanceOf(ObjectDamagedError);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('HINT: ');
    expect(error.message).not.toContain(KEY);
  });

  test('finds a version that is gone', async () => {
    const stored = await store.put(KEY, Buffer.from('roles'));
    const error = await failureOf({ ...stored, versionId: 'another' });
    expect(error).toBeInstanceOf(ObjectDamagedError);
    expect(error.message).toContain('the version is gone');
  });

  test('goes on where the connection broke', async () => {
    const body = Buffer.alloc(1_000_000, 'all work and no play ');
    const stored = await store.put(KEY, body);
    server.fault = (call) => (call.operation === 'GetObject' && call.before < 3 ? 'cutBody' : undefined);
    expect((await readWhole(stored)).equals(body)).toBe(true);
    const ranges = server.calls.flatMap(({ operation, headers }) => (operation === 'GetObject' ? [headers.range] : []));
    expect(ranges[0]).toBeUndefined();
    expect(ranges.slice(1)).toEqual(['bytes=500000-', 'bytes=750000-', 'bytes=875000-']);
  });

  test('goes on however often the connection breaks, as long as bytes come in between', async () => {
    const bytes = Buffer.alloc(4 * 1024 * 1024, 'often broken ');
    const stored = await store.put(KEY, bytes);
    server.breakAt = 0.2;
    server.fault = ({ operation, before }) => (operation === 'GetObject' && before < 8 ? 'cutBody' : undefined);
    expect((await readWhole(stored)).equals(bytes)).toBe(true);
    expect(server.count('GetObject')).toBe(9);
  });

  test('gives up a connection that breaks before any byte, again and again', async () => {
    const stored = await store.put(KEY, Buffer.from('roles'));
    server.breakAt = 0;
    server.fault = () => 'cutBody';
    const error = await failureOf(stored);
    expect(error.message).toMatch(/^Cannot read an object in bucket dumps: .* HINT: /);
    expect(server.count('GetObject')).toBe(5);
  });

  test('tells what S3 refused', async () => {
    const stored = await store.put(KEY, Buffer.from('roles'));
    server.fault = only('GetObject', 0, { status: 403, code: 'InvalidObjectState' });
    expect((await failureOf(stored)).message).toMatch(/InvalidObjectState.* HINT: the object lies in an archive class/);
  });

  test('ends the connection when the reader wants no more', async () => {
    const stored = await store.put(KEY, Buffer.alloc(5_000_000));
    for await (const piece of store.read(stored)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(server.count('GetObject')).toBe(1);
  });
});

describe('what S3 has of an object', () => {
  test('is told from size and checksum, without reading', async () => {
    const stored = await store.put(KEY, Buffer.from('roles'));
    expect(await store.has(stored)).toBe(true);
    expect(await store.has({ ...stored, bytes: 4 })).toBe(false);
    expect(await store.has({ ...stored, crc64nvme: 'AAAAAAAAAAA=' })).toBe(false);
    expect(await store.has({ ...stored, versionId: 'another' })).toBe(false);
    expect(server.count('GetObject')).toBe(0);
  });

  test('is told from its bytes where no checksum is kept', async () => {
    const stored = await store.put(KEY, Buffer.from('roles'));
    const [version] = server.bucket(BUCKET).history(KEY);
    Object.assign(version ?? {}, { crc64nvme: '' });
    expect(await store.has(stored)).toBe(true);
    Object.assign(version ?? {}, { body: Buffer.from('ROLES') });
    expect(await store.has(stored)).toBe(false);
  });

  test('is found by its key, below a delete marker too, and proved', async () => {
    expect(await store.identify(KEY)).toBeUndefined();
    await store.put(`${KEY}.longer`, Buffer.from('x'));
    expect(await store.identify(KEY)).toBeUndefined();
    const stored = await store.put(KEY, Buffer.from('roles'));
    expect(await store.identify(KEY)).toEqual(stored);
    server.bucket(BUCKET).deleteCurrent(KEY);
    expect(await store.identify(KEY)).toEqual(stored);
    const [, version] = server.bucket(BUCKET).history(KEY);
    Object.assign(version ?? {}, { body: Buffer.from('ROLES') });
    await expect(store.identify(KEY)).rejects.toThrow(/its CRC64NVME is \S+, that of its upload was \S+\. HINT: /);
  });

  test('is the newest of several versions', async () => {
    await store.put(KEY, Buffer.from('old'));
    await server.bucket(BUCKET).put(KEY, Buffer.from('new'));
    expect(await store.identify(KEY)).toMatchObject({ bytes: 3, versionId: 'version-2' });
  });

  test.each(['HeadObject', 'ListObjectVersions'] as const)('is an error when S3 refuses %s', async (operation) => {
    const stored = await store.put(KEY, Buffer.from('roles'));
    server.fault = (call) => (call.operation === operation ? { status: 403, code: 'AccessDenied' } : undefined);
    await expect(operation === 'HeadObject' ? store.has(stored) : store.identify(KEY)).rejects.toThrow(
      /^Cannot (read the state|list the versions) of an object in bucket dumps: AccessDenied.* HINT: give the role/,
    );
  });
});
