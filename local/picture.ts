import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Health, type Status } from '../engine/status/model';
import { PACKAGE_ROOT } from '../lib/package-root';
import type { Expectations } from './expectations';
import type { LocalAws } from './local-aws';
import type { Note } from './progress';

/** What `holdfast status` and `holdfast report` are run with. */
export interface PictureContext {
  readonly aws: LocalAws;
  readonly region: string;
  /** Folder for the report. */
  readonly runFolder: string;
  readonly expectations: Expectations;
}

/** Exit code of `status` when something is critical: AWS Backup of MiniStack has no recovery point of any database. */
const CRITICAL = '2';

/** Runs `holdfast status` and `holdfast report`, which know the Region alone, and looks whether they tell what the rehearsal knows. */
export async function lookAtPicture(
  { aws, region, runFolder, expectations }: PictureContext,
  note: Note,
): Promise<void> {
  const holdfast = (...args: readonly string[]) => runHoldfast(args, aws.environment(region));
  const { code, stdout } = await holdfast('status', '--json', '--tenants');
  const status: Status = JSON.parse(stdout);
  for (const { system, resource, health, reasons } of status.resources) {
    note(`${system} ${resource}: ${health}${reasons.length === 0 ? '' : `: ${reasons.join(' ')}`}`);
  }
  expectations.equal('`holdfast status` ends with what the worst of all means', CRITICAL, code);
  const unhealthy = status.resources.filter(({ system, health }) => system !== 'database' && health !== Health.HEALTHY);
  expectations.equal(
    'everything but the databases of RDS is healthy in it',
    'all',
    unhealthy.map(({ system, resource, health }) => `${system} ${resource} ${health}`).join(', ') || 'all',
  );
  expectations.equal('nothing was out of its reach', 'nothing', status.unknown.join(' ') || 'nothing');
  const unproved = (status.tenants ?? []).filter(({ provedLevel }) => provedLevel !== 'intact');
  expectations.equal(
    'every tenant is proved intact in it',
    'all',
    unproved.map(({ tenant }) => tenant).join(', ') || (status.tenants?.length ? 'all' : 'no tenant'),
  );
  const output = join(runFolder, 'report.html');
  await holdfast('report', '--output', output);
  const page = await readFile(output, 'utf8').catch(() => '');
  note(`a report of ${page.length} characters`);
  const missing = status.resources.filter(({ resource }) => !page.includes(resource));
  expectations.equal(
    '`holdfast report` tells of every resource',
    'all',
    missing.map(({ resource }) => resource).join(', ') || 'all',
  );
}

async function runHoldfast(args: readonly string[], env: NodeJS.ProcessEnv) {
  const path = join(PACKAGE_ROOT, 'dist', 'bin', 'holdfast.js');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [path, ...args], { env, maxBuffer: MOST_BYTES });
    return { code: '0', stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    if (!stdout && args[0] === 'status') throw new Error(`holdfast status told nothing: ${stderr}`);
    return { code: String(code), stdout: stdout ?? '' };
  }
}

const MOST_BYTES = 64 * 1024 * 1024;
