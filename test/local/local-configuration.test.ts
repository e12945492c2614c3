import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../../lib/configuration';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { writeLocalConfiguration } from '../../local/local-configuration';

const PAGER = 'http://127.0.0.1:4321/page';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-configuration-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('protects the buckets of the shipped configuration, in its Regions', async () => {
  const shipped = loadConfiguration(join(PACKAGE_ROOT, 'holdfast.config.json'));
  const local = await writeLocalConfiguration(join(folder, 'config.json'), PAGER);
  expect(local.files.buckets.map(({ name, category }) => [name, category])).toEqual(
    shipped.files.buckets.map(({ name, category }) => [name, category]),
  );
  expect(local.primary.region).toBe(shipped.primary.region);
  expect(local.recovery.region).toBe(shipped.recovery.region);
});

test('verifies each minute and pages this machine', async () => {
  const { files, paging } = await writeLocalConfiguration(join(folder, 'config.json'), PAGER);
  expect(files.verifyEveryMinutes).toBe(1);
  expect(paging.pager).toBe(PAGER);
});

test('writes what it returns, as a file that the app accepts', async () => {
  const path = join(folder, 'config.json');
  const configuration = await writeLocalConfiguration(path, PAGER);
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(configuration);
  expect(loadConfiguration(path)).toEqual(configuration);
});
