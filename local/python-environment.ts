import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, statfs } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { PACKAGE_ROOT } from '../lib/package-root';
import { LOCAL_STATE } from './local-state';
import { runProgram } from './processes';
import type { Teardown } from './teardown';

/** A private Python environment with the pinned packages of a requirements file. */
export interface PythonEnvironment {
  /** Its interpreter. */
  readonly python: string;
  /** Whether it was there already. */
  readonly reused: boolean;
  /** Path of a command that one of the packages installed. Start it with {@link python}: the environment may have moved. */
  command(name: string): string;
}

const OLDEST_PYTHON = [3, 10] as const;
/** Room for an environment of 300 MB and what pip unpacks on the way. */
const FREE_BYTES_NEEDED = 500_000_000;
const LOCAL_REQUIREMENTS = join(PACKAGE_ROOT, 'local', 'requirements.txt');
const ENVIRONMENTS = join(LOCAL_STATE, 'venv');

/**
 * The Python environment, made when it is not there. It lies under `.holdfast/venv`, in a folder named after its
 * requirements and its interpreter, and appears there by one rename: a half-made one is never taken for a whole one, and
 * of runs that make it at the same time the first wins.
 *
 * @param requirementsFile what is installed; by default what `npm run local` needs
 * @throws when there is no Python 3.10 or newer, no `venv` module, too little room, or a package cannot be had
 */
export async function pythonEnvironment(
  teardown: Teardown,
  requirementsFile = LOCAL_REQUIREMENTS,
): Promise<PythonEnvironment> {
  const base = process.env.HOLDFAST_PYTHON ?? 'python3';
  const identity = await identify(base);
  const requirements = await readFile(requirementsFile, 'utf8');
  const stamp = createHash('sha256').update(identity).update(requirements).digest('hex').slice(0, 12);
  const folder = join(ENVIRONMENTS, stamp);
  const reused = existsSync(folder);
  if (!reused) await make(folder, base, requirementsFile, teardown);
  return { python: join(folder, 'bin', 'python'), reused, command: (name) => join(folder, 'bin', name) };
}

/** Version and path of an interpreter, which together with the requirements decide what is installed. */
async function identify(python: string): Promise<string> {
  const hint = `HINT: install Python ${OLDEST_PYTHON.join('.')} or newer, or name one with HOLDFAST_PYTHON=/path/to/python3.`;
  const probe = 'import sys; print(sys.version_info[0], sys.version_info[1], sys.version_info[2], sys.executable)';
  const answer = await promisify(execFile)(python, ['-c', probe]).catch((error: Error) => {
    throw new Error(`Python cannot be started as "${python}" (${error.message.split('\n')[0]}). ${hint}`);
  });
  const [major = 0, minor = 0, patch = 0] = answer.stdout.split(' ').map(Number);
  if (major !== OLDEST_PYTHON[0] || minor < OLDEST_PYTHON[1]) {
    throw new Error(`"${python}" is Python ${major}.${minor}.${patch}; ${OLDEST_PYTHON.join('.')} is needed. ${hint}`);
  }
  return answer.stdout;
}

/** Without room pip and venv fail in ways that look like a network or an installation that is at fault. */
async function requireRoom(): Promise<void> {
  const { bavail, bsize } = await statfs(ENVIRONMENTS);
  const megabytes = (bytes: number) => `${Math.floor(bytes / 1_000_000)} MB`;
  if (bavail * bsize < FREE_BYTES_NEEDED) {
    throw new Error(
      `A Python environment needs ${megabytes(FREE_BYTES_NEEDED)} in ${relative(PACKAGE_ROOT, ENVIRONMENTS)}, and ` +
        `${megabytes(bavail * bsize)} are free. HINT: make room on this disk.`,
    );
  }
}

async function make(folder: string, base: string, requirementsFile: string, teardown: Teardown): Promise<void> {
  await mkdir(ENVIRONMENTS, { recursive: true });
  await requireRoom();
  const staging = await mkdtemp(join(ENVIRONMENTS, 'unfinished-'));
  const removeStaging = () => rm(staging, { recursive: true, force: true });
  teardown.defer(removeStaging);
  const options = { env: process.env, cwd: PACKAGE_ROOT, logFile: `${staging}.log` };
  teardown.defer(() => rm(options.logFile, { force: true }));

  await runProgram(base, ['-m', 'venv', staging], options, teardown).catch((error: Error) => {
    throw new Error(
      `A Python environment cannot be made. HINT: install Python's venv module (Debian: python3-venv).\n${error.message}`,
    );
  });
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-deps', '-r', requirementsFile];
  await runProgram(join(staging, 'bin', 'python'), install, options, teardown).catch((error: Error) => {
    throw new Error(
      `The Python packages of ${relative(PACKAGE_ROOT, requirementsFile)} cannot be installed. HINT: give access to PyPI or ` +
        `to a mirror (PIP_INDEX_URL); \`npm run local\` also takes an emulator as AWS_ENDPOINT_URL.\n${error.message}`,
    );
  });
  await rename(staging, folder).catch((error: NodeJS.ErrnoException) => {
    const anotherRunWasFirst = error.code === 'ENOTEMPTY' || error.code === 'EEXIST';
    if (!anotherRunWasFirst) throw error;
  });
}
