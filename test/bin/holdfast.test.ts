import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../bin/holdfast';
import { BackupFile } from '../../engine/contract/backup-layout';
import { BackupBucket, BUCKET, RESOURCE } from '../engine/catalog/backup';

const CONFIGURATION = join(__dirname, '..', '..', 'holdfast.config.json');

let printed: string;

beforeEach(() => {
  printed = '';
  const print = (...words: unknown[]): true => {
    printed += `${words[0]}\n`;
    return true;
  };
  jest.spyOn(console, 'log').mockImplementation(print);
  jest.spyOn(console, 'error').mockImplementation(print);
  jest.spyOn(process.stderr, 'write').mockImplementation(print);
  jest.spyOn(process.stdout, 'write').mockImplementation(print);
});

afterEach(() => {
  jest.restoreAllMocks();
});

test('says what `page` needs', async () => {
  expect(await run(['page'])).toBe(2);
  expect(printed).toContain('HINT: `holdfast page --test` sends a test page.');
});

test('refuses a severity that does not exist', async () => {
  expect(await run(['page', '--test', '--severity', 'loud'])).toBe(2);
  expect(printed).toContain('Allowed choices are critical, warning.');
});

test('refuses a configuration that cannot be read, in one line', async () => {
  expect(await run(['page', '--test', '--config', 'no-such-file.json'])).toBe(2);
  expect(printed).toMatch(/^no-such-file\.json: .*HINT: .*\n$/);
});

test('explains itself', async () => {
  expect(await run(['page', '--help'])).toBe(0);
  expect(printed).toContain('--severity <severity>');
});

test('tells what a month costs', async () => {
  expect(await run(['cost', '--config', CONFIGURATION])).toBe(0);
  expect(printed).toMatch(/^Total: [\d,]+\.\d\d USD a month\./m);
});

test('refuses a size that is none as a wrong command line', async () => {
  expect(await run(['cost', '--config', CONFIGURATION, '--tenants', 'many'])).toBe(2);
  expect(printed).toMatch(/^--tenants must be a number of at least 0, got: "many"/);
});

describe('where SNS cannot be reached', () => {
  const environment = process.env;

  beforeEach(() => {
    const unreachable = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' };
    process.env = { ...environment, ...unreachable, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  });

  afterEach(() => {
    process.env = environment;
  });

  test('reports every topic and exits with 3', async () => {
    expect(await run(['page', '--test', '--config', CONFIGURATION])).toBe(3);
    expect(printed.match(/The test page was not sent to/g)).toHaveLength(4);
  });

  test('prints nothing but JSON when asked to', async () => {
    expect(await run(['page', '--test', '--config', CONFIGURATION, '--severity', 'warning', '--json'])).toBe(3);
    const report = JSON.parse(printed);
    expect(report.outcome).toBe('unreached');
    expect(report.topics).toHaveLength(2);
  });
});

describe('`backups rebuild`', () => {
  const ID = '20261123T020000Z-0f3c9a1e';
  const environment = process.env;
  let backups: BackupBucket;
  let folder: string;
  let configuration: string;

  beforeAll(async () => {
    backups = await BackupBucket.start();
    folder = await mkdtemp(join(tmpdir(), 'holdfast-rebuild-'));
    configuration = join(folder, 'holdfast.config.json');
    const shipped = JSON.parse(await readFile(CONFIGURATION, 'utf8'));
    const [database] = shipped.databases;
    await writeFile(configuration, JSON.stringify({ ...shipped, databases: [{ ...database, name: RESOURCE }] }));
    process.env = { ...environment, AWS_ENDPOINT_URL: backups.server.endpoint };
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  });

  afterAll(async () => {
    process.env = environment;
    await backups.stop();
    await rm(folder, { recursive: true });
  });

  /** The same objects under the name that the configuration gives the bucket. */
  function underConfiguredName() {
    const bucket = backups.server.bucket(`acme-${RESOURCE}-111122223333-eu-west-1`);
    for (const [key, history] of backups.server.bucket(BUCKET).histories) {
      bucket.histories.set(key, history);
    }
    return bucket;
  }

  test('brings a manifest back from the records of the tenants', async () => {
    await backups.publish({ id: ID });
    const bucket = underConfiguredName();
    const key = backups.key(ID, BackupFile.MANIFEST);
    bucket.histories.delete(key);
    expect(await run(['backups', 'rebuild', RESOURCE, ID, '--config', configuration])).toBe(0);
    expect(printed).toContain(`The manifest of ${ID} (daily, 2 tenants) was made anew from tenants.jsonl`);
    expect(bucket.history(key)).toHaveLength(1);
  });

  test('ends with 1 where the backup was never complete', async () => {
    const id = '20261122T020000Z-0f3c9a1e';
    expect(await run(['backups', 'rebuild', RESOURCE, id, '--config', configuration])).toBe(1);
    expect(printed).toContain('its run did not finish. HINT: use another backup');
  });

  test.each([
    ['a database that is not configured', ['nobody', ID], 'no database is called "nobody". HINT: there are shop.'],
    ['what is no id of a backup', [RESOURCE, 'latest'], '"latest" is no id of a backup. HINT: ids look like'],
  ])('refuses %s', async (_, args, message) => {
    expect(await run(['backups', 'rebuild', ...args, '--config', configuration])).toBe(2);
    expect(printed).toContain(message);
  });
});
