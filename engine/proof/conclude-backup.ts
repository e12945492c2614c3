import type { BackupManifest } from '../catalog/manifest';
import { backupPrefix } from '../contract/backup-layout';
import { backupProofsPrefix, ProofOutcome, type ProofRecord, ProofSystem } from '../contract/proofs';
import { ProofLevel } from '../contract/signals';
import type { BackupAddress, TenantsRun } from '../contract/verify-tenants';
import { proofRecord } from '../proofs/write-record';
import { type Dumps, openDumps, type TenantsContext } from './dumps';
import { addTallies, NO_FINDINGS, type Tally, tallyOf, unknown } from './finding';
import { readManifest } from './read-manifest';
import { lockOf, writeOnce, writeReport } from './records';
import { type PartResult, RunFiles } from './run-files';

/**
 * Makes the records of a backup that was read, one for each level, beside it: locked as it is, and written once. A backup of which not
 * every object was checked is not proved; while copies may be on their way, nothing is said about its presence. Of a backup that has gone
 * in the meantime there is nothing to say.
 *
 * @throws Error when S3 refuses.
 */
export async function concludeBackup(
  run: TenantsRun & { readonly backup: BackupAddress },
  context: TenantsContext,
): Promise<void> {
  const dumps = openDumps(run, context);
  const { manifest, findings } = await readManifest(dumps, run.backup.id);
  const results = await new RunFiles(dumps, run).results(run.backup.id);
  if (manifest === undefined) {
    if (findings.length > 0) {
      await record({ run, dumps, now: context.now() }, NOTHING, tallyOf(findings), tallyOf(findings));
    }
    return;
  }
  const unread = unreadTally(manifest, results);
  const sum = (of: (result: PartResult) => number): number => results.reduce((total, each) => total + of(each), 0);
  const facts = {
    manifest,
    isComplete: unread === NO_FINDINGS,
    isTravelling: sum(({ travelling }) => travelling) > 0,
    objects: sum(({ objects }) => objects),
    bytes: sum(({ bytes }) => bytes),
  };
  const tallyFor = (of: (result: PartResult) => Tally): Tally => results.map(of).reduce(addTallies, unread);
  const present = tallyFor((result) => result.present);
  const intact = tallyFor((result) => result.intact);
  await record({ run, dumps, now: context.now() }, facts, present, intact);
}

/** What is known of a backup beside what is wrong with it. */
interface Facts {
  /** @default - it cannot be read */
  readonly manifest?: BackupManifest;
  /** Whether every object was checked. */
  readonly isComplete: boolean;
  /** Whether copies may still be on their way. */
  readonly isTravelling: boolean;
  readonly objects: number;
  readonly bytes: number;
}

const NOTHING: Facts = { isComplete: true, isTravelling: false, objects: 0, bytes: 0 };

/** Who concludes, and when; milliseconds since 1970. */
interface Conclusion {
  readonly run: TenantsRun & { readonly backup: BackupAddress };
  readonly dumps: Dumps;
  readonly now: number;
}

async function record(conclusion: Conclusion, facts: Facts, present: Tally, intact: Tally): Promise<void> {
  const { run, dumps } = conclusion;
  const { objects, bytes } = facts;
  const report = await writeReport(dumps, run, run.backup.id, { objects, bytes, present, intact });
  if (present.criticals > 0 || !facts.isTravelling) {
    await writeLevel(conclusion, facts, ProofLevel.PRESENT, present, report);
  }
  await writeLevel(conclusion, facts, ProofLevel.INTACT, intact, report);
}

async function writeLevel(
  { run, dumps, now }: Conclusion,
  { manifest, isComplete, objects, bytes }: Facts,
  level: ProofLevel,
  tally: Tally,
  report: string,
): Promise<void> {
  const { target, backup } = run;
  const outcome = outcomeOf(tally, isComplete);
  const backupAt = manifest && (manifest.snapshot?.at ?? manifest.startedAt);
  const proof: ProofRecord = proofRecord({
    system: ProofSystem.TENANTS,
    resource: target.resource,
    level,
    outcome,
    startedAt: new Date(run.startedAt),
    finishedAt: new Date(now),
    backups: [backup.id],
    ...(backupAt && { backupAt, ...(outcome === ProofOutcome.PROVED && { restorableAt: backupAt }) }),
    objects,
    bytes,
    findings: tally.findings,
    findingCount: tally.criticals + tally.warnings,
    report,
  });
  const folder = backupProofsPrefix(backupPrefix(backup.tier, target.resource, backup.id), level);
  const lock = manifest === undefined ? {} : lockOf(target, manifest.lockedUntil, now);
  await writeOnce(dumps.source, folder, proof, { keyArn: target.source.keyArn, ...lock });
}

/** What was not read is one finding; any other tells of damage. */
function outcomeOf({ criticals }: Tally, isComplete: boolean): ProofOutcome {
  if (criticals > (isComplete ? 0 : 1)) {
    return ProofOutcome.DAMAGED;
  }
  return isComplete ? ProofOutcome.PROVED : ProofOutcome.FAILED;
}

/** A finding when not all parts were checked. */
function unreadTally({ id, totals }: BackupManifest, results: readonly PartResult[]): Tally {
  const read = coveredLines(results);
  const isCommonRead = results.some(({ lines }) => lines === undefined);
  if (read === totals.tenants && isCommonRead) {
    return NO_FINDINGS;
  }
  const what = isCommonRead ? '' : ', nor what belongs to no tenant';
  return tallyOf([
    unknown(
      new Error(
        `Of backup ${id} ${totals.tenants - read} of ${totals.tenants} archives of tenants were not read to their end${what}. HINT: read the log of the function verify-tenants; the next run tries again.`,
      ),
    ),
  ]);
}

/** Number of lines that any result tells of; a part that was repeated may have been divided differently. */
function coveredLines(results: readonly PartResult[]): number {
  const stretches = results.flatMap(({ lines }) => lines ?? []).sort((left, right) => left.first - right.first);
  let covered = 0;
  let end = 0;
  for (const { first, lines } of stretches) {
    covered += Math.max(0, first + lines - Math.max(first, end));
    end = Math.max(end, first + lines);
  }
  return covered;
}
