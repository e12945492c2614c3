import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, loadConfiguration, validateConfiguration } from '../../../lib/configuration';
import { FileCategory } from '../../../lib/files/file-category';
import { mistakes, SHIPPED_PATH, shippedWith } from './shipped';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-configuration-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the shipped file is valid', () => {
  expect(loadConfiguration(SHIPPED_PATH).prefix).toBe('acme');
});

test('the shipped file shows every category, every route and an override', () => {
  const { files, paging } = loadConfiguration(SHIPPED_PATH);
  expect(files.buckets.map(({ category }) => category)).toEqual(FileCategory.ALL.map(({ id }) => id));
  expect(files.buckets.some(({ lifecycle }) => lifecycle !== undefined)).toBe(true);
  expect(paging.email).not.toEqual([]);
  expect(paging.slack).toBeDefined();
  expect(paging.pager).toBeDefined();
});

test('fills in defaults', () => {
  const raw = shippedWith({
    'paging.email': undefined,
    'paging.slack': undefined,
    'files.verifyEveryMinutes': undefined,
    'files.readCycleDays': undefined,
    'files.lockMode': undefined,
  });
  const { paging, files } = validateConfiguration(raw, 'holdfast.config.json');
  expect(paging).toEqual({ email: [], maintenance: [], pager: 'https://events.example.com/integration/cloudwatch' });
  expect(files).toMatchObject({ verifyEveryMinutes: 15, readCycleDays: 30, lockMode: 'governance' });
});

test('the shipped file shows a database, with what is most often said of one', () => {
  const [database] = loadConfiguration(SHIPPED_PATH).databases;
  expect(database).toMatchObject({ signIn: { iam: {} }, restoreSignIn: { secret: {} }, tenants: {}, leaveOut: {} });
});

test('fills in the defaults of databases', () => {
  const raw = shippedWith({
    retention: { yearly: 10 },
    'databases[0].port': undefined,
    'databases[0].lockMode': undefined,
  });
  const { retention, databases } = validateConfiguration(raw, 'holdfast.config.json');
  expect(retention).toEqual({ daily: 30, weekly: 12, monthly: 12, yearly: 10 });
  expect(databases[0]).toMatchObject({ port: 5432, lockMode: 'governance' });
  const without = validateConfiguration(shippedWith({ retention: undefined, databases: undefined }), 'x');
  expect(without).toMatchObject({ retention: { daily: 30, weekly: 12, monthly: 12, yearly: 7 }, databases: [] });
});

test('tells all mistakes at once, of shape and of meaning, a line each', () => {
  const raw = shippedWith({
    prefix: 'ACME',
    'recovery.region': 'eu-west-1',
    'paging.sms': '+49',
    'files.buckets[1].name': 'Documents',
    'files.buckets[1].lifecycle': undefined,
    'files.buckets[2].lifecycle.noncurrentVersions.expireAfterDays': 30,
    'files.buckets[2].lifecycle.lockDays': 31,
    'files.buckets[3].name': 'profile-pictures',
  });
  expect(mistakes(raw).map((line) => line.split(': ')[0])).toEqual([
    'prefix',
    'paging.sms',
    'files.buckets[1].name',
    'recovery.region',
    'files.buckets[2].lifecycle.lockDays',
    'files.buckets[3].name',
  ]);
});

test('takes a file that begins with a byte order mark', () => {
  const path = write('marked.json', `\uFEFF${JSON.stringify(shippedWith({}))}`);
  expect(loadConfiguration(path).prefix).toBe('acme');
});

test('tells what is given twice beside other mistakes', () => {
  const path = write('twice.json', JSON.stringify(shippedWith({ prefix: 'x' })).replace('{', '{"files":{},'));
  expect(errorOf(path).message.split('\n')).toEqual([
    `${path}: files: is given twice. HINT: keep one`,
    expect.stringMatching(new RegExp(`^${path}: prefix: must be `)),
  ]);
});

test('begins each line with the path of the file', () => {
  const path = write('two-mistakes.json', JSON.stringify(shippedWith({ prefix: undefined, 'primary.region': 'x' })));
  expect(errorOf(path).message.split('\n')).toEqual([
    expect.stringMatching(new RegExp(`^${path}: prefix: `)),
    expect.stringMatching(new RegExp(`^${path}: primary.region: `)),
  ]);
});

test('says of a file that is not there how to give another', () => {
  const path = join(folder, 'nowhere.json');
  expect(errorOf(path).message).toBe(
    `${path}: cannot be read (ENOENT). HINT: give the path of the configuration with \`-c config=<path>\` (cdk) or \`--config <path>\` (holdfast)`,
  );
});

test('says of a folder that it cannot be read', () => {
  expect(errorOf(folder).message).toMatch(/: cannot be read \(EISDIR\)\. HINT: /);
});

test('says of a file that is not JSON what is wrong, on one line', () => {
  const path = write('broken.json', '{\n  "prefix": acme,\n  "primary": {}\n}');
  expect(errorOf(path).message).toMatch(new RegExp(`^${path}: is not JSON: Unexpected token .*$`));
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function errorOf(path: string): ConfigurationError {
  try {
    loadConfiguration(path);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error;
    }
    throw error;
  }
  throw new Error(`no mistake was found in ${path}`);
}
