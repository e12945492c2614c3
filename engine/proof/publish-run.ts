import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ProofOutcome, type ProofRecord, ProofSystem, proofsPrefix, proofTime } from '../contract/proofs';
import { ProofLevel } from '../contract/signals';
import type { DatabaseOutcome, DumpsTarget, VerifyTenantsEvent } from '../contract/verify-tenants';
import { proofRecord } from '../proofs/write-record';
import { shorten } from '../signals/alarm-text';
import { type DatabaseFacts, type DatabaseRecords, databaseFacts, isAllIntact, readRecords } from './database-facts';
import { openDumps, type TenantsContext } from './dumps';
import { unknown } from './finding';
import { writeOnce } from './records';
import { RunMemory } from './run-state';
import { readStanding } from './standing';
import { publishTenantSignals } from './tenant-signals';

type PublishEvent = Extract<VerifyTenantsEvent, { readonly action: 'publish' }>;

/**
 * Ends a run: makes the record of what it has read, gives the databases back, and tells what is known of all dumps. A database of which
 * nothing can be known is told as such, and hides no other.
 *
 * @throws Error when the alarm or the metrics cannot be reached.
 */
export async function publishRun(
  event: PublishEvent,
  context: TenantsContext,
  cloudWatch: CloudWatchClient,
): Promise<DatabaseFacts[]> {
  const facts: DatabaseFacts[] = [];
  for (const target of event.settings.databases) {
    const failure = failureOf(target, event.outcomes);
    facts.push(await endOf(target, event, context, failure).catch((error: unknown) => nothingKnown(target, error)));
  }
  await publishTenantSignals(cloudWatch, event.settings, facts, context.now());
  return facts;
}

async function endOf(
  target: DumpsTarget,
  event: PublishEvent,
  context: TenantsContext,
  failure: string | undefined,
): Promise<DatabaseFacts> {
  const now = context.now();
  const dumps = openDumps({ target, proofs: event.settings.proofs }, context);
  await new RunMemory(dumps.proofs, target.resource, context.now).release(event.run);
  const records = await readRecords(dumps, target, now);
  const record = intactRecord(target, event, records, now);
  if (record === undefined) {
    return databaseFacts(dumps, target, records, failure, now);
  }
  const folder = proofsPrefix(ProofSystem.TENANTS, target.resource, ProofLevel.INTACT);
  await writeOnce(dumps.proofs, folder, record);
  const standing = await readStanding(dumps, target.resource, new Date(now));
  return databaseFacts(dumps, target, { ...records, standing }, failure, now);
}

/**
 * The record of what a run has read: all is intact when every backup that was ever read is, and the newest one was read. While the newest one
 * was not, older ones say nothing of the whole, unless they are damaged.
 *
 * @returns undefined when the run has read nothing, or what it has read proves nothing.
 */
function intactRecord(
  { resource }: DumpsTarget,
  { startedAt }: PublishEvent,
  { standing, backups }: DatabaseRecords,
  now: number,
): ProofRecord | undefined {
  const began = new Date(startedAt);
  const intact = backups.flatMap((backup) => backup.intact ?? []);
  const read = intact.filter((record) => proofTime(new Date(record.startedAt)) === proofTime(began));
  const wrong = intact.filter(({ outcome }) => outcome !== ProofOutcome.PROVED);
  if (read.length === 0 || (wrong.length === 0 && !isAllIntact(standing))) {
    return undefined;
  }
  const isDamaged = wrong.some(({ outcome }) => outcome === ProofOutcome.DAMAGED);
  const sum = (of: (record: ProofRecord) => number | undefined): number =>
    read.reduce((total, record) => total + (of(record) ?? 0), 0);
  const backupAt = backups[0]?.intact?.backupAt;
  const restorableAt = intact.find(({ outcome }) => outcome === ProofOutcome.PROVED)?.backupAt;
  const report = (wrong[0] ?? read[0])?.report;
  return proofRecord({
    system: ProofSystem.TENANTS,
    resource,
    level: ProofLevel.INTACT,
    outcome: wrong.length === 0 ? ProofOutcome.PROVED : isDamaged ? ProofOutcome.DAMAGED : ProofOutcome.FAILED,
    startedAt: began,
    finishedAt: new Date(now),
    backups: read.flatMap((record) => record.backups ?? []),
    ...(backupAt && { backupAt }),
    ...(restorableAt && { restorableAt }),
    bytes: sum(({ bytes }) => bytes),
    objects: sum(({ objects }) => objects),
    findings: wrong.flatMap(({ findings }) => findings),
    findingCount: wrong.reduce((total, { findingCount }) => total + findingCount, 0),
    ...(report && { report }),
  });
}

/** Why a database was not verified to the end. */
function failureOf({ resource }: DumpsTarget, outcomes: readonly DatabaseOutcome[] | undefined): string | undefined {
  const outcome = outcomes?.find((each) => each.resource === resource);
  if (outcome !== undefined && outcome.error === undefined) {
    return undefined;
  }
  const why =
    outcome?.error === undefined ? 'it was stopped.' : shorten(messageOf(outcome.error), MOST_CAUSE_CHARACTERS);
  return `The verification of ${resource} did not come to its end: ${why} HINT: open the newest execution of the state machine verify-tenants; the next one tries again.`;
}

/** Characters of a cause that are told: that of a task of ECS is its whole description, and the execution has it. */
const MOST_CAUSE_CHARACTERS = 300;

/** The cause of an error as Step Functions gives it: for a function the JSON of its error. */
function messageOf(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { readonly errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}

/** Ages are left out: silence then raises their alarms. */
function nothingKnown({ resource }: DumpsTarget, error: unknown): DatabaseFacts {
  return { resource, damaged: 0, findings: [unknown(error)], errors: 1, warnings: 0, retentionDrift: 0 };
}
