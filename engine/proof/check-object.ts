import { ArchiveError } from '../archive/archive-error';
import { verifyArchive } from '../archive/verify';
import type { ProofFinding } from '../contract/proofs';
import type { DumpsTarget } from '../contract/verify-tenants';
import { isReplicaKey, type ReplicaKey } from '../files/replica-key';
import { ObjectDamagedError } from '../objects/object-error';
import { readVersion } from '../objects/object-reader';
import { type ObjectState, stateOfVersion } from '../objects/object-state';
import type { StoredObject } from '../objects/object-store';
import { untilDeadline } from '../objects/until-deadline';
import type { Dumps, DumpsBucket } from './dumps';
import { critical, TenantFinding, warning } from './finding';

/** An object of a backup that is to be checked. */
export interface CheckedObject {
  /** As findings call it. */
  readonly name: string;
  readonly object: StoredObject;
  /** An archive is walked to its end; of anything else only the digest is taken. */
  readonly isArchive: boolean;
}

/** What objects of a backup are checked against. Moments are milliseconds since 1970. */
export interface CheckedBackup {
  readonly target: DumpsTarget;
  readonly dumps: Dumps;
  readonly sourceKey: ReplicaKey;
  readonly replicaKey: ReplicaKey;
  readonly lockedUntil: number;
  /** Its copies may still be on their way. */
  readonly isYoung: boolean;
  readonly matching: 'versionId' | 'content';
  /** When to stop reading. */
  readonly deadline: number;
  readonly now: () => number;
}

/** What is wrong with an object, by level of proof. */
export interface ObjectFindings {
  readonly present: readonly ProofFinding[];
  readonly intact: readonly ProofFinding[];
  /** Its copy may still be on its way. */
  readonly isTravelling: boolean;
}

/**
 * Checks an object: that both buckets have the version that was written, under the right key and lock, and that its bytes are those
 * whose digest was taken while they were written. Read once, as a stream.
 *
 * @throws OutOfTimeError at the deadline; Error when S3 refuses.
 */
export async function checkObject(checked: CheckedObject, backup: CheckedBackup): Promise<ObjectFindings> {
  const { key, versionId } = checked.object;
  const { source, replica } = backup.dumps;
  const copyVersion = backup.matching === 'versionId' ? versionId : undefined;
  const [state, copy] = await Promise.all([
    stateOfVersion(source.s3, source.name, key, versionId),
    stateOfVersion(replica.s3, replica.name, key, copyVersion),
  ]);
  const inSource = stateFindings(checked, state, backup, { ...source, key: backup.sourceKey }, TenantFinding.MISSING);
  const isTravelling = copy === undefined && backup.isYoung;
  const inReplica = isTravelling
    ? []
    : stateFindings(checked, copy, backup, { ...replica, key: backup.replicaKey }, TenantFinding.COPY_MISSING);
  return { present: [...inSource, ...inReplica], intact: await contentFindings(checked, backup), isTravelling };
}

/** What a bucket says about an object, without sending it. */
function stateFindings(
  { name, object }: CheckedObject,
  state: ObjectState | undefined,
  { target, lockedUntil }: CheckedBackup,
  bucket: DumpsBucket & { readonly key: ReplicaKey },
  missing: TenantFinding,
): ProofFinding[] {
  const where = `in bucket ${bucket.name}`;
  if (state === undefined) {
    return [critical(missing, `${name} is not ${where}. HINT: ${OTHER_COPY}`)];
  }
  const findings: ProofFinding[] = [];
  const checksum = state.crc64nvme ?? object.crc64nvme;
  if (state.bytes !== object.bytes || checksum !== object.crc64nvme) {
    const is = `${state.bytes} bytes and the checksum ${checksum}`;
    const written = `${object.bytes} bytes with ${object.crc64nvme}`;
    findings.push(critical(missing, `${name} has ${is} ${where}, written were ${written}. HINT: ${OTHER_COPY}`));
  }
  if (!isReplicaKey(state.kmsKeyId, bucket.key)) {
    const used = state.kmsKeyId ?? 'no KMS key';
    findings.push(
      critical(
        TenantFinding.WRONG_KEY,
        `${name} is encrypted with ${used} ${where}, must be with ${bucket.key.arn}. HINT: correct the encryption of the bucket, and see who else may write to it.`,
      ),
    );
  }
  const locked = state.lockedUntil?.getTime() ?? 0;
  if (locked < lockedUntil - CLOCK_MS || state.lockMode !== target.lockMode) {
    const is = locked === 0 ? 'not locked' : `locked in ${state.lockMode} mode until ${instant(locked)}`;
    findings.push(
      warning(
        TenantFinding.WRONG_LOCK,
        `${name} is ${is} ${where}, must be in ${target.lockMode} mode until ${instant(lockedUntil)}. HINT: lock it with s3:PutObjectRetention; look in CloudTrail for who changed it.`,
      ),
    );
  }
  return findings;
}

async function contentFindings(
  { name, object, isArchive }: CheckedObject,
  { dumps, deadline, now }: CheckedBackup,
): Promise<ProofFinding[]> {
  try {
    if (isArchive) {
      const pieces = readVersion(dumps.source.s3, dumps.source.name, object);
      await verifyArchive(untilDeadline(pieces, deadline, now), object.sha256);
    } else {
      for await (const _ of untilDeadline(dumps.store.read(object), deadline, now)) {
        // Its digest is taken on the way.
      }
    }
    return [];
  } catch (error) {
    if (error instanceof ArchiveError || error instanceof ObjectDamagedError) {
      return [critical(TenantFinding.DAMAGED, `${name}: ${error.message}`)];
    }
    throw error;
  }
}

/** Locks are kept to the second. */
const CLOCK_MS = 1_000;

const instant = (moment: number): string => new Date(moment).toISOString();

const OTHER_COPY = 'take the copy of the other bucket; look in CloudTrail for who deleted or wrote it.';
