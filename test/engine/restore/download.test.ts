import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObjectStore, type StoredObject } from '../../../engine/objects/object-store';
import { download } from '../../../engine/restore/download';
import { FakeS3Server } from '../../fakes/s3-server';

let s3: FakeS3Server;
let store: ObjectStore;
let folder: string;
const { signal } = new AbortController();

beforeAll(async () => {
  s3 = await FakeS3Server.start();
  store = new ObjectStore(s3.client(), { bucket: 'dumps' });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-download-'));
});
afterEach(async () => {
  s3.reset();
  await rm(folder, { recursive: true, force: true });
});
afterAll(() => s3.stop());

const context = () => ({ objects: store, scratchFolder: folder, signal });
const stored = (key: string, text: string): Promise<StoredObject> => store.put(key, Buffer.from(text));

test('files hold what was written, in the order of the objects, however long their keys are', async () => {
  const keys = ['tenants/a.dump', `tenants/${'%F0'.repeat(100)}.dump`];
  const objects = await Promise.all(keys.map((key) => stored(key, `content of ${key}`)));
  const paths = await download(context(), objects);
  expect(await Promise.all(paths.map((path) => readFile(path, 'utf8')))).toEqual(
    keys.map((key) => `content of ${key}`),
  );
});

test('an object that is not what was written is refused', async () => {
  const object = await stored('a', 'right');
  s3.objects('dumps').get('a')?.body.write('wrong');
  await expect(download(context(), [object])).rejects.toThrow(/is not what was written: its SHA-256 is/);
});

test('what there is no room for is not begun', async () => {
  const object = { ...(await stored('a', 'x')), bytes: Number.MAX_SAFE_INTEGER };
  s3.calls.length = 0;
  await expect(download(context(), [object])).rejects.toThrow(
    /^The restore needs \d+ bytes in .*, and \d+ are free\. HINT: give the task more ephemeral storage/,
  );
  expect(s3.calls).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('a disk that fills up meanwhile is told as such', async () => {
  const object = await stored('a', 'x'.repeat(100_000));
  const name = createHash('sha256').update('a').digest('hex').slice(0, 32);
  await symlink('/dev/full', join(folder, name));
  await expect(download(context(), [object])).rejects.toThrow(/^The disk of .* is full\. HINT: give the task more/);
});

test('a stopped restore stops downloading', async () => {
  const controller = new AbortController();
  s3.fault = () => {
    controller.abort(new Error('stopped'));
    return undefined;
  };
  const object = await stored('a', 'x');
  await expect(download({ ...context(), signal: controller.signal }, [object])).rejects.toThrow();
});
