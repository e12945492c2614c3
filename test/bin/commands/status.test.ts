import { run } from '../../../bin/holdfast';
import type { Status } from '../../../engine/status/model';
import { deployment } from '../../engine/deployment/deployments';
import { Deployed } from '../../fakes/deployed';
import { sdkError } from '../../fakes/sdk-client';

const FILES = deployment({ resources: { files: ['uploads'] } });
const TENANTS = deployment({ resources: { tenants: ['shop'] } });

let deployed: Deployed;
let printed: string;
let complained: string;
beforeAll(async () => {
  deployed = await Deployed.start();
});
beforeEach(() => {
  printed = '';
  complained = '';
  const print = (text: unknown): true => {
    printed += `${text}\n`;
    return true;
  };
  const complain = (text: unknown): true => {
    complained += `${text}\n`;
    return true;
  };
  jest.spyOn(console, 'log').mockImplementation(print);
  jest.spyOn(console, 'error').mockImplementation(complain);
  jest.spyOn(process.stdout, 'write').mockImplementation(print);
  jest.spyOn(process.stderr, 'write').mockImplementation(complain);
});
afterEach(() => {
  jest.restoreAllMocks();
  deployed.reset();
});
afterAll(() => deployed.stop());

test('finds the only deployment by itself, and ends with 3 where nobody can tell', async () => {
  deployed.answer(FILES);
  expect(await run(['status'])).toBe(3);
  expect(printed).toMatch(/^acme in eu-west-1, replicas in eu-central-1, .*: UNKNOWN, nobody can tell/);
  expect(printed).toContain('files uploads: "present" was never proved');
  expect(printed).not.toContain('\u001b[');
});

test('ends with 2 where something cannot be restored', async () => {
  deployed.answer(TENANTS);
  expect(await run(['status', '--prefix', 'acme'])).toBe(2);
  expect(printed).toContain('CRITICAL, something cannot be restored as it should');
});

test('prints nothing but JSON when asked to, with tenants only when they are asked for', async () => {
  deployed.answer(TENANTS);
  expect(await run(['status', '--json'])).toBe(2);
  expect(JSON.parse(printed)).not.toHaveProperty('tenants');
  printed = '';
  expect(await run(['status', '--json', '--tenants'])).toBe(2);
  const status: Status = JSON.parse(printed);
  expect(status).toMatchObject({ prefix: 'acme', health: 'critical', tenants: [], leftOut: [] });
});

test('says which alarms it cannot look at in another account', async () => {
  deployed.answer({ ...FILES, recovery: { account: '444455556666', region: 'eu-central-1' } });
  expect(await run(['status'])).toBe(3);
  expect(printed).toContain('HINT: give --recovery-profile a profile of that account.');
  expect(deployed.alarmRegions).toEqual(['eu-west-1']);
});

test('ends with 3 and one sentence where the deployment cannot be found', async () => {
  deployed.answer(FILES, { GetParameter: () => sdkError('ParameterNotFound') });
  expect(await run(['status', '--prefix', 'other'])).toBe(3);
  expect(complained).toMatch(/^There is no parameter \/holdfast\/other in eu-west-1\. HINT: .*$/m);
});

test('ends with 3 where the command line is wrong, because 1 and 2 say something of backups', async () => {
  expect(await run(['status', '--nonsense'])).toBe(3);
  expect(complained).toContain("unknown option '--nonsense'");
});

test('explains its exit codes and what it must be allowed', async () => {
  expect(await run(['status', '--help'])).toBe(0);
  expect(printed).toContain('Exit code: 0 healthy, 1 warning, 2 critical, 3 it cannot be told');
  expect(printed).toContain('cloudwatch:DescribeAlarms');
});
