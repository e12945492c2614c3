import { BackupFile } from '../contract/backup-layout';
import { Retention } from '../contract/retention';
import { REPLICATION_DELAY_SECONDS } from '../contract/signals';
import { type DumpsTarget, type RunPlan, type TenantsRun, VERIFY_TENANTS_SECONDS } from '../contract/verify-tenants';
import { stateOfVersion } from '../objects/object-state';
import type { NewestProofs } from '../proofs/read-records';
import { dueBackups, type KeptBackup } from './due-backups';
import { type Dumps, openDumps, type TenantsContext } from './dumps';
import { readManifest } from './read-manifest';
import { mayGo } from './retention-check';
import { RunMemory } from './run-state';
import { type BackupStanding, isNewestProved, readStanding } from './standing';

/** A survey looks at all backups; an hour less than a day, so that the hour of the day stays the same. In milliseconds. */
const SURVEY_EVERY_MS = 23 * 3_600_000;

/**
 * Decides what a run does with the dumps of a database, and takes the database for it. Another run that is not at its end leaves
 * nothing to do.
 *
 * @throws Error when S3 refuses, or what is remembered of earlier runs is damaged.
 */
export async function planRun(
  run: TenantsRun & { readonly readCycleDays: number },
  context: TenantsContext,
): Promise<RunPlan> {
  const { resource } = run.target;
  const dumps = openDumps(run, context);
  if (!(await new RunMemory(dumps.proofs, resource, context.now).take(run.run))) {
    return { backups: [], isSurveyDue: false };
  }
  const now = context.now();
  const { backups, present } = await readStanding(dumps, resource, new Date(now));
  const ready = await withoutTravelling(await withoutGoing(backups, run.target, dumps, now), dumps, now);
  const pace = { cycleMs: run.readCycleDays * 86_400_000, everyMs: VERIFY_TENANTS_SECONDS * 1000 };
  return {
    backups: dueBackups(ready.map(kept), now, pace).map(({ id, tier }) => ({ id, tier })),
    isSurveyDue: isSurveyDue(present, now),
  };
}

/** What was found wrong is looked for again in every run, until it is mended. */
function isSurveyDue(present: NewestProofs, now: number): boolean {
  const { newestProved } = present;
  return !isNewestProved(present) || newestProved === undefined || now - newestProved.at.getTime() >= SURVEY_EVERY_MS;
}

/** A backup as the plan looks at it. */
function kept({ id, tier, at, present, intact }: BackupStanding): KeptBackup & Pick<BackupStanding, 'tier'> {
  return {
    id,
    tier,
    at: at.getTime(),
    isProved: isNewestProved(present) && isNewestProved(intact),
    ...(intact.newest && { readAt: intact.newest.at.getTime() }),
  };
}

/** Without those whose time is over: their objects may be going one by one. Only the manifests of old ones are read. */
async function withoutGoing(
  backups: readonly BackupStanding[],
  target: DumpsTarget,
  dumps: Dumps,
  now: number,
): Promise<BackupStanding[]> {
  const retention = Retention.gfs(target.retention);
  const staying: BackupStanding[] = [];
  for (const backup of backups) {
    const { id, tier } = backup;
    const at = backup.at.getTime();
    const isOld = mayGo({ tier, at, lockedUntil: at }, retention, now);
    const lockedUntil = isOld ? Date.parse((await readManifest(dumps, id)).manifest?.lockedUntil ?? '') : now;
    if (!isOld || lockedUntil > now) {
      staying.push(backup);
    }
  }
  return staying;
}

/** Without a newest backup that is so young that its copies may still be on their way: it comes with the next run. */
async function withoutTravelling(
  backups: readonly BackupStanding[],
  dumps: Dumps,
  now: number,
): Promise<readonly BackupStanding[]> {
  const [newest, ...older] = backups;
  if (newest === undefined || newest.intact.newest !== undefined || !(await isYoung(newest, dumps, now))) {
    return backups;
  }
  const { s3, name } = dumps.replica;
  const copy = await stateOfVersion(s3, name, `${newest.prefix}${BackupFile.MANIFEST}`, undefined);
  return copy === undefined ? older : backups;
}

/** One whose manifest is damaged is to be read, whatever its age, so that it is known. */
async function isYoung({ id }: BackupStanding, dumps: Dumps, now: number): Promise<boolean> {
  const { manifest } = await readManifest(dumps, id);
  return manifest !== undefined && now - Date.parse(manifest.finishedAt) < REPLICATION_DELAY_SECONDS * 1000;
}
