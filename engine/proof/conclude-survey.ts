import type { BackupManifest } from '../catalog/manifest';
import { backupIdTime, backupPrefix } from '../contract/backup-layout';
import { backupProofsPrefix, type ProofFinding, ProofOutcome, ProofSystem, proofsPrefix } from '../contract/proofs';
import { Retention } from '../contract/retention';
import { ProofLevel } from '../contract/signals';
import type { TenantsRun } from '../contract/verify-tenants';
import { proofRecord } from '../proofs/write-record';
import type { Dumps } from './dumps';
import { addTallies, critical, NO_FINDINGS, TenantFinding, tallyOf } from './finding';
import { lockOf, writeOnce, writeReport } from './records';
import { mustBeSeenUntil, retentionFindings } from './retention-check';
import type { RunFiles, SurveyedBackup } from './run-files';
import { RunMemory, type RunState } from './run-state';

/**
 * Makes the record of a survey, and beside each backup that it found damaged one more, so that the backup is read at the next
 * opportunity. Compares what is there with what was there before. Where there never was a backup, nothing is proved.
 *
 * @param now milliseconds since 1970.
 */
export async function concludeSurvey(run: TenantsRun, dumps: Dumps, files: RunFiles, now: number): Promise<void> {
  const { resource, retention } = run.target;
  const surveyed = await files.surveyed();
  const memory = new RunMemory(dumps.proofs, resource, () => now);
  const lost = lostBackups((await memory.read()).kept, surveyed, Retention.gfs(retention), now);
  if (surveyed.length + lost.length === 0) {
    return;
  }
  const drift = retentionFindings(surveyed.map(retained), Retention.gfs(retention), now);
  const tally = addTallies(
    tallyOf([...lost.map(vanished), ...drift]),
    surveyed.map((backup) => backup.tally).reduce(addTallies, NO_FINDINGS),
  );
  const report = await writeReport(dumps, run, 'survey', { tally, surveyed });
  for (const backup of surveyed.filter((each) => each.tally.criticals > 0)) {
    await recordDamage(backup, run, dumps, report, now);
  }
  const newest = await newestManifest(dumps, surveyed);
  const record = proofRecord({
    system: ProofSystem.TENANTS,
    resource,
    level: ProofLevel.PRESENT,
    outcome: tally.criticals > 0 ? ProofOutcome.DAMAGED : ProofOutcome.PROVED,
    startedAt: new Date(run.startedAt),
    finishedAt: new Date(now),
    backups: surveyed.map(({ id }) => id),
    ...(newest && { backupAt: newest.snapshot?.at ?? newest.startedAt }),
    bytes: surveyed.reduce((sum, { bytes }) => sum + bytes, 0),
    objects: surveyed.reduce((sum, { objects }) => sum + objects, 0),
    findings: tally.findings,
    findingCount: tally.criticals + tally.warnings,
    report,
  });
  const folder = proofsPrefix(ProofSystem.TENANTS, resource, ProofLevel.PRESENT);
  await writeOnce(dumps.proofs, folder, record);
  await memory.remember([...surveyed.map(kept), ...lost]);
}

type Kept = RunState['kept'][number];

/** Backups that were there, are no longer, and should be. */
function lostBackups(
  before: readonly Kept[],
  surveyed: readonly SurveyedBackup[],
  retention: Retention,
  now: number,
): Kept[] {
  const there = new Set(surveyed.map(({ id }) => id));
  return before.filter(({ id, tier, lockedUntil }) => {
    const at = backupIdTime(id)?.getTime() ?? now;
    return !there.has(id) && now < mustBeSeenUntil({ tier, at, lockedUntil: Date.parse(lockedUntil) }, retention);
  });
}

const vanished = ({ id, tier, lockedUntil }: Kept): ProofFinding =>
  critical(
    TenantFinding.VANISHED,
    `Backup ${id} (${tier}) is gone, and was to be kept until ${lockedUntil.slice(0, 10)}. HINT: its manifest may lie below a delete marker: rebuild it; look in CloudTrail for who deleted it.`,
  );

const kept = ({ id, tier, lockedUntil }: SurveyedBackup): Kept => ({ id, tier, lockedUntil });

const retained = ({ id, tier, startedAt, lockedUntil }: SurveyedBackup) => ({
  id,
  tier,
  at: Date.parse(startedAt),
  lockedUntil: Date.parse(lockedUntil),
});

async function recordDamage(
  { id, tier, lockedUntil, tally, objects, bytes }: SurveyedBackup,
  { target, startedAt }: TenantsRun,
  { source }: Dumps,
  report: string,
  now: number,
): Promise<void> {
  const record = proofRecord({
    system: ProofSystem.TENANTS,
    resource: target.resource,
    level: ProofLevel.PRESENT,
    outcome: ProofOutcome.DAMAGED,
    startedAt: new Date(startedAt),
    finishedAt: new Date(now),
    backups: [id],
    objects,
    bytes,
    findings: tally.findings,
    findingCount: tally.criticals + tally.warnings,
    report,
  });
  const folder = backupProofsPrefix(backupPrefix(tier, target.resource, id), ProofLevel.PRESENT);
  await writeOnce(source, folder, record, { keyArn: target.source.keyArn, ...lockOf(target, lockedUntil, now) });
}

/** One that cannot be read is a finding of the survey already. */
async function newestManifest(
  { catalog }: Dumps,
  surveyed: readonly SurveyedBackup[],
): Promise<BackupManifest | undefined> {
  const newest = surveyed.find(({ tally }) => tally.findings.every(({ kind }) => kind !== TenantFinding.UNREADABLE));
  return newest && catalog.find({ id: newest.id });
}
