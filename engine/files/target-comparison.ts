import { type Finding, FindingKind } from '../contract/verify-files';
import { type AbsenceScope, explainAbsence, isOnItsWay, takesRequest } from './absence-check';
import { isExpiry } from './expiry';
import { compareStored, type IntegrityScope, readInFull } from './integrity-check';
import type { ObjectVersion } from './listing-page';
import type { JoinVisitor, UnmatchedVersions } from './merge-join';
import { OrderedTasks } from './ordered-tasks';
import { type Checkpoint, MOST_SUSPECTS, suspectId } from './proof-state';
import { isInShare, READING_BUDGET_BYTES } from './reading-cycle';
import type { ReportWriter } from './report';

/** What a comparison needs to know. Times in milliseconds since 1970. */
export interface ComparisonScope extends IntegrityScope, AbsenceScope {
  /** Versions written on either side since then have their checksums compared; absent in the first proof. */
  readonly newSince: number | undefined;
  /** Versions that the last proof found under a wrong key or with other bytes, as `suspectId` names them. */
  readonly suspects: ReadonlySet<string>;
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
    if (source.isDeleteMarker) {
      return undefined;
    }
    const pair = { source, replica };
    if (source.size !== replica.size) {
      return this.checks.add(async () => ({ findings: [differentSize(source, replica)] }));
    }
    if (isInShare(replica, this.checkpoint.reading) || this.isSuspect(source)) {
      return this.checks.add(() => readInFull(pair, this.scope));
    }
    if (this.isNew(source) || this.isNew(replica)) {
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
        await this.checks.add(async () => ({ findings: [differentVersion(sourceLatest, replicaLatest)] }));
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
    const { progress } = this.checkpoint;
    const mayAsk = progress.statusReads < MOST_STATUS_READS;
    if (mayAsk && takesRequest(version, this.scope)) {
      progress.statusReads += 1;
    }
    await this.checks.add(async () => {
      const { absentSince, finding } = await explainAbsence(version, this.scope, mayAsk);
      return { findings: finding === undefined ? [] : [finding], absentSince };
    });
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
    for (const finding of result.findings) {
      this.noteSuspect(finding);
      await this.report.add(finding);
    }
  }

  /** Listings show what is missing or of another size each time; what only a closer look finds must be remembered. */
  private noteSuspect({ kind, key, versionId }: Finding): void {
    const { suspects } = this.checkpoint.progress;
    const needsCloserLook = kind === FindingKind.WRONG_KEY || kind === FindingKind.CHECKSUM_MISMATCH;
    const id = suspectId(key, versionId ?? '');
    if (needsCloserLook && suspects.length < MOST_SUSPECTS && !suspects.includes(id)) {
      suspects.push(id);
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

  private isSuspect({ key, versionId }: ObjectVersion): boolean {
    return this.scope.suspects.size > 0 && this.scope.suspects.has(suspectId(key, versionId));
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
  readonly compared?: boolean;
  readonly bytesRead?: number;
  readonly unread?: boolean;
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
