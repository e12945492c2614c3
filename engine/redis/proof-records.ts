import type { S3Client } from '@aws-sdk/client-s3';
import { backupPrefix } from '../contract/backup-layout';
import { backupProofsPrefix, ProofSystem } from '../contract/proofs';
import type { CacheFinding, CacheStore } from '../contract/redis';
import type { ProofLevel } from '../contract/signals';
import {
  outcomeOf,
  type ProvedFacts,
  proofRecord,
  type WriteProofOptions,
  writeProofRecord,
} from '../proofs/write-record';
import type { RedisManifest } from './redis-manifest';

/** What a run found of a cache, or of one of its backups, at a level. */
export interface LookedAt {
  readonly resource: string;
  readonly level: ProofLevel;
  readonly findings: readonly CacheFinding[];
  /** When looking began and ended, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** What a record says. @param manifest of the backup that was looked at; undefined when there is none. */
export const cacheProof = (looked: LookedAt, manifest: RedisManifest | undefined): ProvedFacts => ({
  system: ProofSystem.REDIS,
  resource: looked.resource,
  level: looked.level,
  outcome: outcomeOf(looked.findings),
  startedAt: new Date(looked.startedAt),
  finishedAt: new Date(looked.finishedAt),
  ...(manifest && {
    backups: [manifest.id],
    backupAt: manifest.snapshot.at,
    restorableAt: manifest.snapshot.at,
    bytes: manifest.totals.bytes,
    objects: manifest.files.length,
  }),
  findings: looked.findings,
});

/**
 * Writes the record of the proof of one backup beside it, encrypted as it is and locked as long.
 *
 * @throws ObjectExistsError when another run proved it in the same millisecond; Error when S3 refuses.
 */
export async function recordBackup(
  s3: S3Client,
  { bucket, keyArn, lockMode }: CacheStore,
  manifest: RedisManifest,
  looked: LookedAt,
): Promise<void> {
  const folder = backupPrefix(manifest.tier, manifest.resource, manifest.id);
  const prefix = backupProofsPrefix(folder, looked.level);
  const until = new Date(manifest.lockedUntil);
  // S3 takes no lock that ends in the past: such a backup is kept for a while without one, and so is its record.
  const isLocked = until.getTime() > looked.finishedAt + SHORTEST_LOCK_MS;
  const options: WriteProofOptions = { keyArn, ...(isLocked && { lock: { mode: lockMode, until } }) };
  await writeProofRecord(s3, bucket, prefix, proofRecord(cacheProof(looked, manifest)), options);
}

/** What a lock must be longer than to be asked for, so that it has not ended when S3 is asked. */
const SHORTEST_LOCK_MS = 3_600_000;
