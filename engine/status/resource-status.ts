import type { SystemObjectives } from '../contract/deployment';
import { type ProofFinding, type ProofRecord, ProofSystem } from '../contract/proofs';
import { ProofLevel, REPLICATION_DELAY_SECONDS } from '../contract/signals';
import { countOf } from '../report/quantities';
import type { Evidence } from './evidence';
import { ageSeconds, isFuture, type Judged, judgeObjective, judgeProof, worst } from './health';
import { Health, type ObjectiveStatus, type ProofStatus, type ResourceStatus } from './model';

/** The resource that is judged, and by what. */
export interface ResourceQuestion {
  readonly system: ProofSystem;
  readonly resource: string;
  readonly objectives: SystemObjectives;
  readonly now: Date;
}

/**
 * Judges a resource by what is known of it. Every age is that of the moment it is asked at, so that a picture that nobody has renewed
 * grows old by itself; what would be too bad, but was seen too long ago to count, is unknown.
 */
export function resourceStatus(question: ResourceQuestion, evidence: Evidence): ResourceStatus {
  const { system, resource, now } = question;
  const records = trustedRecords(evidence, now);
  const proofs = judgeProofs(question, evidence);
  const backupAge = judgeBackupAge(question, evidence, records);
  const rpo = judgeRpo(question, evidence, records);
  const rto = judgeRto(question, records);
  const lag = judgeLag(question, records);
  const findings = newestFindings(evidence);
  const judged = [...proofs, backupAge, rpo, rto, lag];
  const restorable = restorableAt(evidence, records, now);
  return {
    system,
    resource,
    health: worst([
      ...judged.map(({ status: { health } }) => health),
      ...evidence.damaged.map(() => Health.CRITICAL),
      ...evidence.unread.map(() => Health.UNKNOWN),
      ...findings.map(({ isCritical }) => (isCritical ? Health.CRITICAL : Health.WARNING)),
    ]),
    reasons: [
      ...new Set([
        ...evidence.damaged,
        ...judged.flatMap(({ reasons }) => reasons),
        ...findingReasons(findings),
        ...evidence.unread,
      ]),
    ],
    backupAge: backupAge.status,
    rpo: rpo.status,
    rto: rto.status,
    proofs: proofs.map(({ status }) => status),
    ...(restorable !== undefined && { restorableAt: restorable.toISOString() }),
    ...figuresOf(evidence, records),
    ...(lag.status.seconds !== undefined && { replicationLagSeconds: lag.status.seconds }),
    ...(evidence.backups !== undefined && { backups: evidence.backups.count }),
    findings,
  };
}

/** One for each level that is asked for, or of which there is a record. */
function judgeProofs({ objectives, now }: ResourceQuestion, { levels }: Evidence): Judged<ProofStatus>[] {
  return Object.values(ProofLevel).flatMap((level) => {
    const limitSeconds = objectives.proofAgeSeconds[level];
    const { newest, newestProved } = levels.find((each) => each.level === level) ?? {};
    if (limitSeconds === undefined && newest === undefined) {
      return [];
    }
    return judgeProof({ level, limitSeconds, newest, provedAt: newestProved?.at }, now);
  });
}

function judgeBackupAge(question: ResourceQuestion, { backups }: Evidence, records: readonly ProofRecord[]) {
  const { objectives, now } = question;
  const limitSeconds = objectives.backupAgeSeconds;
  const told = latest(records, ({ backupAt }) => backupAt, now);
  const at = backups === undefined ? told?.at : backups.newest?.at;
  const isSeenNow = backups !== undefined;
  return judgeObjective({
    what: 'the newest backup is',
    ending: ' old',
    seconds: at && ageSeconds(at, now),
    limitSeconds,
    above: isSeenNow || isAboveWhenSeen(question, told, limitSeconds) ? Health.CRITICAL : Health.UNKNOWN,
    unknown: isSeenNow ? Health.CRITICAL : Health.UNKNOWN,
    absent: isSeenNow ? 'there is no backup' : 'the age of the newest backup is not known',
  });
}

function judgeRpo(question: ResourceQuestion, evidence: Evidence, records: readonly ProofRecord[]) {
  const { system, objectives, now } = question;
  const told = latest(records, ({ restorableAt: moment }) => moment, now);
  const { seconds, isCertain } =
    CONTINUOUS.has(system) && told
      ? measuredLoss(question, told)
      : lossOfBackups(question, evidence, told, restorableAt(evidence, records, now));
  return judgeObjective({
    what: 'work would be lost of',
    seconds,
    limitSeconds: objectives.rpoSeconds,
    above: isCertain ? Health.CRITICAL : Health.UNKNOWN,
    absent: 'how much work would be lost is not known',
  });
}

/** What is restored from its logs or its replica to any moment, and not from the last backup alone. */
const CONTINUOUS: ReadonlySet<ProofSystem> = new Set([ProofSystem.DATABASE, ProofSystem.FILES]);

/** How much work would be lost, and whether that was so while what tells it counted. */
interface Loss {
  readonly seconds: number | undefined;
  readonly isCertain: boolean;
}

/**
 * What is saved continuously loses what its newest proof measured, for as long as that proof counts; after that nobody knows, and what is
 * shown is the worst that can be.
 */
function measuredLoss(question: ResourceQuestion, told: Told): Loss {
  const measured = ageSeconds(told.at, new Date(told.record.startedAt));
  return {
    seconds: isFresh(question, told) ? measured : ageSeconds(told.at, question.now),
    isCertain: measured > (question.objectives.rpoSeconds ?? Number.POSITIVE_INFINITY),
  };
}

/** Backups that are made once a day lose more the older they get. */
function lossOfBackups(
  question: ResourceQuestion,
  { backups }: Evidence,
  told: Told | undefined,
  at: Date | undefined,
): Loss {
  const { now, objectives } = question;
  return {
    seconds: at && ageSeconds(at, now),
    isCertain: backups !== undefined || isAboveWhenSeen(question, told, objectives.rpoSeconds),
  };
}

function judgeRto({ objectives, now }: ResourceQuestion, records: readonly ProofRecord[]): Judged<ObjectiveStatus> {
  const measured = latest(
    records.filter(({ rtoSeconds }) => rtoSeconds !== undefined),
    ({ startedAt }) => startedAt,
    now,
  );
  return judgeObjective({
    what: 'the newest measured restore took',
    seconds: measured?.record.rtoSeconds,
    limitSeconds: objectives.rtoSeconds,
    above: Health.WARNING,
    absent: 'how long a restore takes was never measured',
  });
}

/** What the newest proof saw that looked at the replica; a proof that is too old is told as such. */
function judgeLag(question: ResourceQuestion, records: readonly ProofRecord[]): Judged<ObjectiveStatus> {
  const newest = latest(
    records.filter(({ replicationLagSeconds }) => replicationLagSeconds !== undefined),
    ({ startedAt }) => startedAt,
    question.now,
  );
  return judgeObjective({
    what: 'the replica lags by',
    seconds: newest?.record.replicationLagSeconds,
    limitSeconds: newest && REPLICATION_DELAY_SECONDS,
    above: isFresh(question, newest) ? Health.WARNING : Health.UNKNOWN,
    absent: 'the lag of the replica is not known',
  });
}

/** The newest moment that can be restored. */
function restorableAt({ backups }: Evidence, records: readonly ProofRecord[], now: Date): Date | undefined {
  const told = latest(records, ({ restorableAt: at }) => at, now)?.at;
  const kept = backups?.newest?.at;
  return told === undefined || (kept !== undefined && kept > told) ? kept : told;
}

/** A moment, and the record that tells it. */
interface Told {
  readonly at: Date;
  readonly record: ProofRecord;
}

/** The latest of the moments that records tell. What is dated after now is a mistake. */
function latest(
  records: readonly ProofRecord[],
  momentOf: (record: ProofRecord) => string | undefined,
  now: Date,
): Told | undefined {
  const told = records.flatMap((record) => {
    const moment = momentOf(record);
    const at = moment === undefined ? undefined : new Date(moment);
    return at === undefined || isFuture(at, now) ? [] : [{ at, record }];
  });
  return told.sort((left, right) => right.at.getTime() - left.at.getTime())[0];
}

/** Whether a record still counts. */
const isFresh = (question: ResourceQuestion, told: Told | undefined): boolean =>
  told !== undefined && question.now <= countsUntil(question, told.record);

/** Whether what a record tells was too old already while the record counted: then it is bad, and not only unknown. */
function isAboveWhenSeen(
  question: ResourceQuestion,
  told: Told | undefined,
  limitSeconds: number | undefined,
): boolean {
  if (told === undefined || limitSeconds === undefined) {
    return false;
  }
  const until = countsUntil(question, told.record);
  return ageSeconds(told.at, until < question.now ? until : question.now) > limitSeconds;
}

/** Until when a record counts: it must be as young as the strictest limit of any level asks. */
function countsUntil({ objectives, now }: ResourceQuestion, { startedAt }: ProofRecord): Date {
  const limits = Object.values(objectives.proofAgeSeconds);
  return limits.length === 0 ? now : new Date(Date.parse(startedAt) + Math.min(...limits) * 1000);
}

/** Records that are not dated after now. */
function trustedRecords({ levels }: Evidence, now: Date): ProofRecord[] {
  const records = levels.flatMap(({ newestRecord, provedRecord }) => [newestRecord, provedRecord]);
  return [...new Set(records)].filter(
    (record): record is ProofRecord => record !== undefined && !isFuture(new Date(record.startedAt), now),
  );
}

/** Bytes and objects of the newest backup, or else of what was last looked at; a drill looks at a part only. */
function figuresOf({ backups }: Evidence, records: readonly ProofRecord[]): Pick<ResourceStatus, 'bytes' | 'objects'> {
  const looks = records
    .filter(({ level }) => level === ProofLevel.PRESENT)
    .sort((left, right) => (left.startedAt < right.startedAt ? 1 : -1));
  const bytes = backups?.newest?.bytes ?? looks.find((record) => record.bytes !== undefined)?.bytes;
  const objects = backups?.newest?.objects ?? looks.find((record) => record.objects !== undefined)?.objects;
  return { ...(bytes !== undefined && { bytes }), ...(objects !== undefined && { objects }) };
}

/** What the newest record of each level found, each once. */
function newestFindings({ levels }: Evidence): ProofFinding[] {
  const findings = levels.flatMap(({ newestRecord }) => newestRecord?.findings ?? []);
  const once = new Map(findings.map((finding) => [`${finding.kind} ${finding.detail}`, finding]));
  return [...once.values()].sort((left, right) => Number(right.isCritical) - Number(left.isCritical));
}

/** Critical findings are told by the proof that found damage; the others would go unseen. */
function findingReasons(findings: readonly ProofFinding[]): string[] {
  const count = findings.filter(({ isCritical }) => !isCritical).length;
  return count === 0 ? [] : [`${countOf(count, 'finding')} that endanger${count === 1 ? 's' : ''} no restore yet`];
}
