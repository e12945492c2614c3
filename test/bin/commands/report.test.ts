import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../bin/holdfast';
import { deployment } from '../../engine/deployment/deployments';
import { Deployed } from '../../fakes/deployed';
import { sdkError } from '../../fakes/sdk-client';

let deployed: Deployed;
let folder: string;
let output: string;
let printed: string;
let complained: string;
beforeAll(async () => {
  deployed = await Deployed.start();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-report-'));
  output = join(folder, 'report.html');
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
  jest.spyOn(process.stderr, 'write').mockImplementation(complain);
});
afterEach(() => {
  jest.restoreAllMocks();
  deployed.reset();
  rmSync(folder, { recursive: true });
});
afterAll(() => deployed.stop());

test('writes the page into a file, and says where it is and how good everything is', async () => {
  deployed.answer(deployment());
  expect(await run(['report', '--output', output])).toBe(0);
  expect(readFileSync(output, 'utf8')).toMatch(/^<!doctype html>.*<h1>1 of 2 resources cannot be counted on/s);
  expect(printed).toBe(`The report is in ${output}; as of now acme is critical.\n`);
});

test('writes over no file unless it is told to', async () => {
  deployed.answer(deployment());
  writeFileSync(output, 'mine');
  expect(await run(['report', '--output', output])).toBe(2);
  expect(readFileSync(output, 'utf8')).toBe('mine');
  expect(complained).toContain(
    'is there already. HINT: name another file with --output, or write over it with --force.',
  );
  expect(await run(['report', '--output', output, '--force'])).toBe(0);
  expect(readFileSync(output, 'utf8')).toMatch(/^<!doctype html>/);
});

test('says which file cannot be written, and what to do', async () => {
  deployed.answer(deployment());
  const nowhere = join(folder, 'nowhere', 'report.html');
  expect(await run(['report', '--output', nowhere])).toBe(2);
  expect(complained).toBe(
    `${nowhere}: cannot be written (ENOENT). HINT: name with --output a file in a folder that is there and yours.\n`,
  );
});

test('ends with 3 where the deployment cannot be found', async () => {
  deployed.answer(deployment(), { GetParametersByPath: () => sdkError('AccessDeniedException') });
  expect(await run(['report', '--output', output])).toBe(3);
  expect(complained).toMatch(/HINT: use credentials that may ssm:GetParametersByPath\./);
});
