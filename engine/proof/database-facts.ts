import type { BackupManifest } from '../catalog/manifest';
import { type ProofFinding, ProofOutcome, type ProofRecord } from '../contract/proofs';
import type { DumpsTarget } from '../contract/verify-tenants';
import { inParallel } from '../objects/in-parallel';
import { type NewestProofs, readProofRecord } from '../proofs/read-records';
import type { Dumps, DumpsBucket } from './dumps';
import { critical, TenantFinding, unknown } from './finding';
import { readManifest } from './read-manifest';
import { RunMemory } from './run-state';
import { type BackupStanding, isNewestProved, readStanding, type Standing } from './standing';

/** The newest records of a backup; one that there is not, or that cannot be read, is absent. */
export interface BackupRecords {
  readonly id: string;
  readonly present?: ProofRecord;
  readonly intact?: ProofRecord;
}

/** What is known of the dumps of a database at one moment, from the records of all runs. */
export interface DatabaseFacts {
  readonly resource: string;
  /** The moment that the newest backup shows; milliseconds since 1970. @default - there is none, or it cannot be read */
  readonly backupAt?: number;
  /** When the newest proofs began; before the first one, when verifications did. Milliseconds since 1970. @default - nobody knows */
  readonly presentAt?: number;
  readonly intactAt?: number;
  /** The newest backup that is proved. @default - none is */
  readonly restorable?: { readonly backupAt: string; readonly provedAt: string };
  /** Objects of backups that are damaged, or not there. */
  readonly damaged: number;
  /** All that is wrong, each thing once. */
  readonly findings: readonly ProofFinding[];
  /** Findings that endanger a restore, those among them that no record has room for. */
  readonly errors: number;
  readonly warnings: number;
  /** Backups that differ from the retention. */
  readonly retentionDrift: number;
  /** Report of the newest proof that found something. */
  readonly report?: string;
}

/** All records that tell of a database. */
export interface DatabaseRecords {
  readonly standing: Standing;
  /** In the order of the backups: newest first. */
  readonly backups: readonly BackupRecords[];
  /** The newest record of a survey. */
  readonly survey?: ProofRecord;
  /** Records that cannot be read. */
  readonly findings: readonly ProofFinding[];
}

/** Reads the newest records of all backups of a database: two small objects a backup. */
export async function readRecords(dumps: Dumps, { resource }: DumpsTarget, now: number): Promise<DatabaseRecords> {
  const standing = await readStanding(dumps, resource, new Date(now));
  const findings: ProofFinding[] = [];
  const read = async ({ s3, name }: DumpsBucket, { newest }: NewestProofs): Promise<ProofRecord | undefined> => {
    try {
      return newest && (await readProofRecord(s3, name, newest.key));
    } catch (error) {
      findings.push(unknown(error));
      return undefined;
    }
  };
  const backups = await inParallel(standing.backups, MOST_REQUESTS, async (backup: BackupStanding) => {
    const present = await read(dumps.source, backup.present);
    const intact = await read(dumps.source, backup.intact);
    return { id: backup.id, ...(present && { present }), ...(intact && { intact }) };
  });
  const survey = await read(dumps.proofs, standing.present);
  return { standing, backups, findings, ...(survey && { survey }) };
}

const MOST_REQUESTS = 8;

/**
 * What the records of a database tell together. The newest record of each backup and level counts: one that found nothing clears what the
 * one before it found.
 *
 * @param failure why the run did not come to its end. @param now milliseconds since 1970.
 */
export async function databaseFacts(
  dumps: Dumps,
  target: DumpsTarget,
  records: DatabaseRecords,
  failure: string | undefined,
  now: number,
): Promise<DatabaseFacts> {
  const { standing, backups, survey } = records;
  const newest = standing.backups[0] && (await readManifest(dumps, standing.backups[0].id));
  const { firstAt } = await new RunMemory(dumps.proofs, target.resource, () => now).read();
  const all = [...backups.flatMap(({ present, intact }) => [intact, present]), survey].filter(isRecord);
  const findings = distinct([
    ...(failure === undefined ? [] : [critical(TenantFinding.UNKNOWN, failure)]),
    ...records.findings,
    ...(newest?.findings ?? []),
    ...all.flatMap((record) => record.findings),
  ]);
  const damaged = backups.map(damagedObjects).reduce((sum, each) => sum + each, 0);
  const others = findings.filter(({ kind, isCritical }) => isCritical && !OF_OBJECTS.has(kind)).length;
  const warnings = findings.filter(({ isCritical }) => !isCritical);
  const restorable = backups.find(({ present, intact }) => isProof(present) && isProof(intact))?.intact;
  const report = all.find(({ outcome }) => outcome !== ProofOutcome.PROVED)?.report;
  const first = Date.parse(firstAt);
  return {
    resource: target.resource,
    ...(newest?.manifest && { backupAt: momentOf(newest.manifest) }),
    presentAt: standing.present.newestProved?.at.getTime() ?? first,
    intactAt: standing.intact.newestProved?.at.getTime() ?? first,
    ...(restorable?.backupAt && {
      restorable: { backupAt: restorable.backupAt, provedAt: restorable.startedAt },
    }),
    damaged,
    findings,
    errors: damaged + others,
    warnings: warnings.length,
    retentionDrift: warnings.filter(({ kind }) => kind === TenantFinding.RETENTION).length,
    ...(report && { report }),
  };
}

/** Whether every backup that was read is whole, and the newest one was. */
export const isAllIntact = ({ backups: [newest, ...older] }: Standing): boolean =>
  newest !== undefined &&
  isNewestProved(newest.intact) &&
  older.every(({ intact }) => intact.newest === undefined || isNewestProved(intact));

/** Kinds of findings that are counted by object. */
const OF_OBJECTS: ReadonlySet<string> = new Set([
  TenantFinding.MISSING,
  TenantFinding.COPY_MISSING,
  TenantFinding.WRONG_KEY,
  TenantFinding.DAMAGED,
]);

/** Both levels look at the same objects, so the level with more damage tells. */
function damagedObjects({ present, intact }: BackupRecords): number {
  const counted = [present, intact].map((record) => {
    if (record?.outcome !== ProofOutcome.DAMAGED) {
      return 0;
    }
    const { findings, findingCount } = record;
    const ofObjects = findings.filter(({ kind, isCritical }) => isCritical && OF_OBJECTS.has(kind)).length;
    // Critical ones come first: a record that has room for another has all of them, and what it leaves out endangers nothing.
    const hasAll = findings.some(({ isCritical }) => !isCritical);
    return ofObjects + (hasAll ? 0 : findingCount - findings.length);
  });
  return Math.max(...counted);
}

function distinct(findings: readonly ProofFinding[]): ProofFinding[] {
  return [...new Map(findings.map((finding) => [`${finding.kind} ${finding.detail}`, finding])).values()];
}

const isRecord = (record: ProofRecord | undefined): record is ProofRecord => record !== undefined;

const isProof = (record: ProofRecord | undefined): boolean => record?.outcome === ProofOutcome.PROVED;

const momentOf = ({ snapshot, startedAt }: BackupManifest): number => Date.parse(snapshot?.at ?? startedAt);
