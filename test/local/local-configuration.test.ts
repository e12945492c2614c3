import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../../lib/configuration';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { localRegion, writeLocalConfiguration } from '../../local/local-configuration';

const PAGER = 'http://127.0.0.1:4321/page';
const DATABASE = {
  name: 'orders',
  host: '127.0.0.1',
  port: 5433,
  database: 'shop',
  postgresMajor: 16,
  signIn: { secret: { secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:local-shop-a1b2c3' } },
  tenants: { schemasLike: 'tenant\\_%' },
  network: { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] },
};
const LOCAL = {
  database: DATABASE,
  managedDatabases: [{ name: 'billing', instance: 'billing' }],
  caches: [],
};
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-configuration-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('protects the buckets of the shipped configuration, in its Regions', async () => {
  const shipped = loadConfiguration(join(PACKAGE_ROOT, 'holdfast.config.json'));
  const local = await writeLocalConfiguration(join(folder, 'config.json'), PAGER, LOCAL);
  expect(local.files.buckets.map(({ name, category }) => [name, category])).toEqual(
    shipped.files.buckets.map(({ name, category }) => [name, category]),
  );
  expect(local.primary.region).toBe(shipped.primary.region);
  expect(local.recovery.region).toBe(shipped.recovery.region);
});

test('verifies each minute and pages this machine', async () => {
  const { files, paging } = await writeLocalConfiguration(join(folder, 'config.json'), PAGER, LOCAL);
  expect(files.verifyEveryMinutes).toBe(1);
  expect(paging.pager).toBe(PAGER);
});

test('backs up the database of this machine, and no other', async () => {
  const { databases } = await writeLocalConfiguration(join(folder, 'config.json'), PAGER, LOCAL);
  expect(databases).toEqual([expect.objectContaining({ host: '127.0.0.1', port: 5433, database: 'shop' })]);
});

test('protects the managed databases and caches of this machine, and no others', async () => {
  const { rds, redis } = await writeLocalConfiguration(join(folder, 'config.json'), PAGER, LOCAL);
  expect(rds?.databases).toEqual([expect.objectContaining({ name: 'billing', instance: 'billing' })]);
  expect(redis).toEqual([]);
});

test('deploys to the Region that secrets are made in', async () => {
  const { primary } = await writeLocalConfiguration(join(folder, 'config.json'), PAGER, LOCAL);
  expect(primary.region).toBe(localRegion());
});

test('writes what it returns, as a file that the app accepts', async () => {
  const path = join(folder, 'config.json');
  const configuration = await writeLocalConfiguration(path, PAGER, LOCAL);
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(configuration);
  expect(loadConfiguration(path)).toEqual(configuration);
});
