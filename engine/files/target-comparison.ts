import { type Finding, FindingKind } from '../contract/verify-files';
import { type Absence, type AbsenceScope, explainAbsence, isOnItsWay, takesRequest } from './absence-check';
import { isExpiry } from './expiry';
import {
  compareStored,
  type IntegrityResult,
  type IntegrityScope,
  readInFull,
  type VersionPair,
} from './integrity-check';
import type { ObjectVersion } from './listing-page';
import type { JoinVisitor, UnmatchedVersions } from './merge-join';
import { OrderedTasks } from './ordered-tasks';
import { type Checkpoint, MOST_AWAITED, MOST_SUSPECTS, versionName } from './proof-state';
import { isInShare, READING_BUDGET_BYTES } from './reading-cycle';
import type { ReportWriter } from './report';
import { headVersion } from './stored-version';

/** What a comparison needs to know. Times in milliseconds since 1970. */
export interface ComparisonScope extends IntegrityScope, AbsenceScope {
  /** Versions written on either side since then have their checksums compared; absent in the first proof. */
  readonly newSince: number | undefined;
  /** Versions that the last proof found under a wrong key or with other bytes, as `versionName` names them. */
  readonly suspects: ReadonlySet<string>;
  /** Versions that the last proof did not find, as `versionName` names them, and the proof that first missed them. */
  readonly awaited: ReadonlyMap<string, number>;
  /** Age at which the source's lifecycle expires current versions; absent when it keeps them. */
  readonly expireAfterDays: number | undefined;
  /** When to stop, at the end of a key. */
  readonly deadline: number;
  readonly now: () => number;
}

/** Versions that are looked at side by side. */
const CONCURRENT_CHECKS = 32;

/** Requests that one proof spends on replication statuses; a bucket that was never copied must not cost millions. */
const MOST_STATUS_READS = 1_000;

/** Decides for each version of a join what is to be checked, and counts what came of it. */
export class TargetComparison implements JoinVisitor {
  private readonly checks = new OrderedTasks<CheckResult>(CONCURRENT_CHECKS, (result) => this.count(result));
  private readingBudget = READING_BUDGET_BYTES;

  /** @param checkpoint where the proof stands; brought forward in place. */
  public constructor(
    private readonly scope: ComparisonScope,
    private readonly checkpoint: Checkpoint,
    private readonly report: ReportWriter,
  ) {}

  public matched(source: ObjectVersion, replica: ObjectVersion): Promise<void> | undefined {
    this.countVersion(source);
    if (source.isDeleteMarker !== replica.isDeleteMarker) {
      return this.checks.add(async () => ({ findings: [differentKindOfVersion(source, replica)] }));
    }
    if (source.isDeleteMarker) {
      return undefined;
    }
    const pair = { source, replica };
    if (source.size !== replica.size) {
      return this.checks.add(async () => ({ findings: [differentSize(source, replica)] }));
    }
    if (this.isSuspect(source)) {
      return this.checks.add(async () => stillSuspect(pair, await readInFull(pair, this.scope)));
    }
    if (isInShare(replica, this.checkpoint.reading)) {
      return this.checks.add(() => readInFull(pair, this.scope));
    }
    if (this.isNew(source) || this.isNew(replica) || this.isAwaited(source)) {
      return this.checks.add(() => compareStored(pair, this.scope, (bytes) => this.takeFromBudget(bytes)));
    }
    return undefined;
  }

  public async unmatched({ sourceLatest, sourceOnly, replicaOnly, beneath }: UnmatchedVersions): Promise<void> {
    const expired = (version: ObjectVersion) => isExpiry(version, beneath.get(version), this.scope.expireAfterDays);
    for (const version of sourceOnly) {
      this.countVersion(version);
      if (!expired(version)) {
        await this.checkAbsence(version);
      }
    }
    const [replicaLatest] = replicaOnly;
    if (sourceLatest && replicaLatest?.isLatest && !this.isTooNew(replicaLatest) && !expired(replicaLatest)) {
      // A replica whose latest version is outdated only because the next one is on its way will be right soon.
      const isBehind = sourceOnly.includes(sourceLatest) && isOnItsWay(sourceLatest, this.scope);
      if (!isBehind) {
        await this.checkStrange(sourceLatest, replicaLatest);
      }
    }
  }

  public keyDone(key: string): boolean {
    this.checkpoint.afterKey = key;
    return this.scope.now() >= this.scope.deadline;
  }

  /**
   * Waits for all checks, so that the checkpoint holds what came of every key up to its `afterKey`.
   *
   * @throws Error when a check could not be carried out.
   */
  public async finish(): Promise<void> {
    await this.checks.finish();
    await this.report.flush();
  }

  /** Waits until no check runs any more, whatever came of it. */
  public async settle(): Promise<void> {
    await this.checks.settle();
  }

  private async checkAbsence(version: ObjectVersion): Promise<void> {
    const mayAsk = takesRequest(version, this.scope) && this.takeStatusRead();
    const awaitedSince = this.scope.awaited.get(nameOf(version));
    await this.checks.add(async () => {
      const { finding, absentSince, isAwaited }: Absence = await explainAbsence(version, this.scope, {
        mayAsk,
        awaitedSince,
      });
      const awaited = isAwaited ? nameOf(version) : undefined;
      return { findings: finding === undefined ? [] : [finding], absentSince, awaited };
    });
  }

  /** A multipart upload carries an early date, so one that was completed while the listings ran does not look new. */
  private async checkStrange(sourceLatest: ObjectVersion, strange: ObjectVersion): Promise<void> {
    const { source, signal } = this.scope;
    const mayAsk = !strange.isDeleteMarker && this.takeStatusRead();
    await this.checks.add(async () => {
      const isKnown = mayAsk && (await headVersion(source, strange, signal)) !== undefined;
      return { findings: isKnown ? [] : [differentVersion(sourceLatest, strange)] };
    });
  }

  private takeStatusRead(): boolean {
    const { progress } = this.checkpoint;
    if (progress.statusReads >= MOST_STATUS_READS) {
      return false;
    }
    progress.statusReads += 1;
    return true;
  }

  private countVersion(version: ObjectVersion): void {
    this.checkpoint.progress.versions += 1;
    this.checkpoint.progress.bytes += version.size;
  }

  private async count(result: CheckResult): Promise<void> {
    const { progress } = this.checkpoint;
    progress.compared += result.compared ? 1 : 0;
    progress.bytesRead += result.bytesRead ?? 0;
    progress.unread += result.unread ? 1 : 0;
    if (result.absentSince !== undefined) {
      const oldest = progress.oldestAbsent === undefined ? Number.POSITIVE_INFINITY : Date.parse(progress.oldestAbsent);
      progress.oldestAbsent = new Date(Math.min(oldest, result.absentSince)).toISOString();
    }
    if (result.awaited !== undefined && Object.keys(progress.awaited).length < MOST_AWAITED) {
      const since = this.scope.awaited.get(result.awaited) ?? this.scope.startedAt;
      progress.awaited[result.awaited] = new Date(since).toISOString();
    }
    for (const finding of result.findings) {
      this.noteSuspect(finding);
      await this.report.add(finding);
    }
  }

  /** Listings show what is missing or of another size each time; what only a closer look finds must be remembered. */
  private noteSuspect({ kind, key, versionId }: Finding): void {
    const { suspects } = this.checkpoint.progress;
    const needsCloserLook = kind === FindingKind.WRONG_KEY || kind === FindingKind.CHECKSUM_MISMATCH;
    const name = versionName(key, versionId ?? '');
    // One that is known already keeps its place: nothing but its name leads the next proof back to it.
    const hasPlace = suspects.length < MOST_SUSPECTS || this.scope.suspects.has(name);
    if (needsCloserLook && hasPlace && !suspects.includes(name)) {
      suspects.push(name);
    }
  }

  private takeFromBudget(bytes: number): boolean {
    if (bytes > this.readingBudget) {
      return false;
    }
    this.readingBudget -= bytes;
    return true;
  }

  private isNew(version: ObjectVersion): boolean {
    return this.scope.newSince !== undefined && version.lastModified >= this.scope.newSince;
  }

  private isSuspect(version: ObjectVersion): boolean {
    return this.scope.suspects.size > 0 && this.scope.suspects.has(nameOf(version));
  }

  private isAwaited(version: ObjectVersion): boolean {
    return this.scope.awaited.size > 0 && this.scope.awaited.has(nameOf(version));
  }

  /** Written since the proof began, so no part of it: a listing sees some of these, and not others. */
  private isTooNew(version: ObjectVersion): boolean {
    return version.lastModified >= this.scope.startedAt;
  }
}

/** What came of one check. */
interface CheckResult {
  readonly findings: readonly Finding[];
  readonly absentSince?: number | undefined;
  /** Name of a version for the next proof to await. */
  readonly awaited?: string | undefined;
  readonly compared?: boolean;
  readonly bytesRead?: number;
  readonly unread?: boolean;
}

const nameOf = ({ key, versionId }: ObjectVersion): string => versionName(key, versionId);

/** What was found wrong is not right only because it cannot be looked at now. */
function stillSuspect({ source, replica }: VersionPair, result: IntegrityResult): IntegrityResult {
  if (!result.unread || result.findings.length > 0) {
    return result;
  }
  const finding = {
    kind: FindingKind.CHECKSUM_MISMATCH,
    key: source.key,
    versionId: source.versionId,
    replicaVersionId: replica.versionId,
    detail:
      'An earlier proof found other bytes or a wrong key here, and this one could not read the version (archived, or no time left). HINT: copy the version from the source again.',
  };
  return { ...result, findings: [finding] };
}

function differentKindOfVersion(source: ObjectVersion, replica: ObjectVersion): Finding {
  const kindOf = ({ isDeleteMarker, size }: ObjectVersion) =>
    isDeleteMarker ? 'a delete marker' : `an object of ${size} bytes`;
  return {
    kind: FindingKind.DIFFERENT_VERSION,
    key: source.key,
    versionId: source.versionId,
    replicaVersionId: replica.versionId,
    detail: `Version ${source.versionId} is ${kindOf(source)} in the source and ${kindOf(replica)} in the replica. HINT: find out which side is right before the other is overwritten.`,
  };
}

function differentSize(source: ObjectVersion, replica: ObjectVersion): Finding {
  return {
    kind: FindingKind.DIFFERENT_SIZE,
    key: source.key,
    versionId: source.versionId,
    replicaVersionId: replica.versionId,
    detail: `${source.size} bytes in the source, ${replica.size} bytes in the replica. HINT: find out which side is right before the other is overwritten.`,
  };
}

function differentVersion(source: ObjectVersion, replica: ObjectVersion): Finding {
  const shown = replica.isDeleteMarker ? 'a delete marker' : `a version of ${replica.size} bytes`;
  return {
    kind: FindingKind.DIFFERENT_VERSION,
    key: replica.key,
    versionId: source.versionId,
    replicaVersionId: replica.versionId,
    detail: `The latest version in the replica is ${shown} that the source does not have. HINT: if the source deleted it for good, delete it from the replica too; else look in CloudTrail for who wrote to the replica.`,
  };
}
