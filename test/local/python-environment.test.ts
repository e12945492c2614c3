import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonEnvironment } from '../../local/python-environment';
import { Teardown } from '../../local/teardown';

/** The module itself; an import would be a copy of it. */
const fileSystem = jest.requireActual('node:fs/promises');
let folder: string;
const before = process.env.HOLDFAST_PYTHON;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-python-'));
});

afterEach(async () => {
  jest.restoreAllMocks();
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
  await pretend('3 9 18');
  await expect(pythonEnvironment(new Teardown())).rejects.toThrow(/is Python 3\.9\.18; 3\.10 is needed\. HINT: /);
});

test('a disk without room is told before anything is installed', async () => {
  await pretend('3 99 0');
  jest.spyOn(fileSystem, 'statfs').mockResolvedValue({ bavail: 1_000, bsize: 4_096 });
  await expect(pythonEnvironment(new Teardown())).rejects.toThrow(
    'A Python environment needs 500 MB in .holdfast/venv, and 4 MB are free. HINT: make room on this disk.',
  );
});

/** Puts a Python of some version in the place of the real one. */
async function pretend(version: string): Promise<void> {
  const python = join(folder, 'python3');
  await writeFile(python, `#!/bin/sh\necho ${version} ${python}\n`);
  await chmod(python, 0o755);
  process.env.HOLDFAST_PYTHON = python;
}
