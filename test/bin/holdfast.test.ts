import { join } from 'node:path';
import { run } from '../../bin/holdfast';

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
