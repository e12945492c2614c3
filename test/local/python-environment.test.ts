import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonEnvironment } from '../../local/python-environment';
import { Teardown } from '../../local/teardown';

let folder: string;
const before = process.env.HOLDFAST_PYTHON;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-python-'));
});

afterEach(async () => {
  if (before === undefined) delete process.env.HOLDFAST_PYTHON;
  else process.env.HOLDFAST_PYTHON = before;
  await rm(folder, { recursive: true, force: true });
});

test('a Python that is not there is told in one line, with how to supply it', async () => {
  process.env.HOLDFAST_PYTHON = join(folder, 'missing');
  await expect(pythonEnvironment(new Teardown())).rejects.toThrow(
    /^Python cannot be started as ".*missing" \(.*ENOENT\)\. HINT: install Python 3\.10 or newer, or name one with HOLDFAST_PYTHON=.*$/,
  );
});

test('a Python that is too old is told with its version', async () => {
  const old = join(folder, 'python3');
  await writeFile(old, '#!/bin/sh\necho 3 9 18 /usr/bin/python3\n');
  await chmod(old, 0o755);
  process.env.HOLDFAST_PYTHON = old;
  await expect(pythonEnvironment(new Teardown())).rejects.toThrow(/is Python 3\.9\.18; 3\.10 is needed\. HINT: /);
});
