import type { S3Client } from '@aws-sdk/client-s3';
import { BackupFile, backupPrefix } from '../contract/backup-layout';
import type { CacheFinding } from '../contract/redis';
import { REPLICATION_DELAY_SECONDS } from '../contract/signals';
import { isReplicaKey, type ReplicaKey } from '../files/replica-key';
import { ObjectDamagedError } from '../objects/object-error';
import { type ObjectState, stateOfVersion } from '../objects/object-state';
import type { ObjectStore } from '../objects/object-store';
import { OutOfTimeError, untilDeadline } from '../objects/until-deadline';
import { RdbError } from '../rdb/rdb-error';
import { critical, warning } from './cache-finding';
import { factsOf, type WalkRdb } from './keep-file';
import type { RedisFile, RedisManifest } from './redis-manifest';

/** A bucket, its client, and the key that everything in it must be encrypted with. */
export interface KeyedBucket {
  readonly s3: S3Client;
  readonly name: string;
  readonly key: ReplicaKey;
}

/**
 * Whether all objects of a backup are in a bucket with the size and the checksum that were written, under the right key.
 *
 * @param matching `content` for a store that gives copies new version ids.
 */
export async function presenceFindings(
  manifest: RedisManifest,
  bucket: KeyedBucket,
  matching: 'versionId' | 'content',
): Promise<CacheFinding[]> {
  const findings: CacheFinding[] = [];
  for (const file of manifest.files) {
    const version = matching === 'versionId' ? file.versionId : undefined;
    const state = await stateOfVersion(bucket.s3, bucket.name, file.key, version);
    findings.push(...stateFindings(manifest, file, state, bucket));
  }
  const manifestKey = `${backupPrefix(manifest.tier, manifest.resource, manifest.id)}${BackupFile.MANIFEST}`;
  const stored = await stateOfVersion(bucket.s3, bucket.name, manifestKey, undefined);
  return [...findings, ...stateFindings(manifest, { name: BackupFile.MANIFEST }, stored, bucket)];
}

/** Whether the replica has a backup; a young one may be on its way. */
export async function copyFindings(
  manifest: RedisManifest,
  replica: KeyedBucket,
  matching: 'versionId' | 'content',
  now: number,
): Promise<CacheFinding[]> {
  const findings = await presenceFindings(manifest, replica, matching);
  const isYoung = now - Date.parse(manifest.finishedAt) < REPLICATION_DELAY_SECONDS * 1000;
  return findings
    .filter(({ kind }) => kind !== 'damaged' || !isYoung)
    .map((finding) => (finding.kind === 'damaged' ? { ...finding, kind: 'copyMissing' } : finding));
}

/**
 * Reads a backup to its end: every byte against its digest, every file through its structure, and what is in it against the
 * manifest.
 *
 * @returns undefined when there was no time.
 * @throws Error when S3 refuses.
 */
export async function contentFindings(
  manifest: RedisManifest,
  store: ObjectStore,
  { walk, deadline, now }: { walk: WalkRdb; deadline: number; now: () => number },
): Promise<CacheFinding[] | undefined> {
  const findings: CacheFinding[] = [];
  for (const file of manifest.files) {
    try {
      const rdb = factsOf(await walk(untilDeadline(store.read(file), deadline, now)));
      findings.push(...factFindings(manifest, file, rdb));
    } catch (error) {
      if (error instanceof OutOfTimeError) {
        return undefined;
      }
      if (!(error instanceof RdbError) && !(error instanceof ObjectDamagedError)) {
        throw error;
      }
      findings.push(critical('damaged', `${nameOf(manifest, file)}: ${error.message}`));
    }
  }
  return findings;
}

function stateFindings(
  manifest: RedisManifest,
  expected: RedisFile | { readonly name: string },
  state: ObjectState | undefined,
  bucket: KeyedBucket,
): CacheFinding[] {
  const name = 'key' in expected ? nameOf(manifest, expected) : `${expected.name} of backup ${manifest.id}`;
  if (state === undefined) {
    return [critical('damaged', `${name} is not in bucket ${bucket.name}. HINT: ${LOST_HINT}`)];
  }
  const findings: CacheFinding[] = [];
  if ('key' in expected) {
    const crc = state.crc64nvme ?? expected.crc64nvme;
    if (state.bytes !== expected.bytes || crc !== expected.crc64nvme) {
      findings.push(
        critical(
          'damaged',
          `${name} has ${state.bytes} bytes and the checksum ${crc} in bucket ${bucket.name}, written were ${expected.bytes} with ${expected.crc64nvme}. HINT: ${LOST_HINT}`,
        ),
      );
    }
  }
  if (!isReplicaKey(state.kmsKeyId, bucket.key)) {
    findings.push(
      critical(
        'wrongKey',
        `${name} is encrypted with ${state.kmsKeyId ?? 'no KMS key'} in bucket ${bucket.name}, must be with ${bucket.key.arn}. HINT: correct the encryption of the bucket, and see who else may write to it.`,
      ),
    );
  }
  return findings;
}

/** What the verdict now says against what it said when the file was written. */
function factFindings(manifest: RedisManifest, file: RedisFile, rdb: RedisFile['rdb']): CacheFinding[] {
  const name = nameOf(manifest, file);
  const findings: CacheFinding[] = [];
  if (rdb.keys !== file.rdb.keys || rdb.expires !== file.rdb.expires) {
    findings.push(
      critical(
        'damaged',
        `${name} has ${rdb.keys} keys (${rdb.expires} expire), its manifest says ${file.rdb.keys} (${file.rdb.expires}). HINT: ${LOST_HINT}`,
      ),
    );
  }
  if (rdb.checksum !== 'verified') {
    findings.push(
      warning(
        'noChecksum',
        `${name} has no checksum of its own (${rdb.checksum}): damage before it was exported would not show. HINT: set rdbchecksum to yes where the cache lets you.`,
      ),
    );
  }
  if (rdb.trailingBytes > 0) {
    findings.push(
      warning(
        'trailingBytes',
        `${name} has ${rdb.trailingBytes} bytes behind its end, which no server writes. HINT: compare it with the file that the next export makes.`,
      ),
    );
  }
  return findings;
}

const nameOf = ({ id }: RedisManifest, { key }: RedisFile): string =>
  `File ${key.slice(key.lastIndexOf('/') + 1)} of backup ${id}`;

const LOST_HINT = 'take the copy of the other bucket; look in CloudTrail for who deleted or wrote it.';
