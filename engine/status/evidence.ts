import type { S3Client } from '@aws-sdk/client-s3';
import { type ProofRecord, type ProofSystem, proofsPrefix } from '../contract/proofs';
import { ProofLevel } from '../contract/signals';
import { newestProofs, type ProofEntry, readProofRecord } from '../proofs/read-records';

/** What the records of proofs and, where they could be looked at, the backups themselves say of a resource. */
export interface Evidence {
  readonly levels: readonly LevelEvidence[];
  /** @default - the resource has no backups with manifests, or they could not be looked at */
  readonly backups?: BackupEvidence;
  /** What could not be read, a sentence each. */
  readonly unread: readonly string[];
  /** What was read and is not as it was written, a sentence each. */
  readonly damaged: readonly string[];
}

/** The newest proofs of one level. */
export interface LevelEvidence {
  readonly level: ProofLevel;
  readonly newest?: ProofEntry;
  readonly newestProved?: ProofEntry;
  /** The records of the two, where they could be read. */
  readonly newestRecord?: ProofRecord;
  readonly provedRecord?: ProofRecord;
}

/** The backups that are there. */
export interface BackupEvidence {
  /** Number of backups with a manifest. */
  readonly count: number;
  /** The newest one. @default - there is none, or its manifest is damaged */
  readonly newest?: {
    readonly id: string;
    /** The moment that it shows. */
    readonly at: Date;
    readonly bytes: number;
    readonly objects: number;
  };
}

/**
 * Reads the newest records of a resource at each level: a listing and at most two small objects a level.
 *
 * @param bucket that holds the records of all resources.
 * @throws Error when S3 refuses to list them; a record that cannot be read is told in `unread`.
 */
export async function recordedEvidence(
  s3: S3Client,
  bucket: string,
  { system, resource }: { readonly system: ProofSystem; readonly resource: string },
  now: Date,
): Promise<Evidence> {
  const unread: string[] = [];
  const read = async (entry: ProofEntry | undefined): Promise<ProofRecord | undefined> => {
    try {
      return entry && (await readProofRecord(s3, bucket, entry.key));
    } catch (error) {
      unread.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const levels = await Promise.all(
    Object.values(ProofLevel).map(async (level) => {
      const found = await newestProofs(s3, bucket, proofsPrefix(system, resource, level), now);
      const { newest, newestProved } = found;
      const newestRecord = await read(newest);
      const provedRecord = newestProved?.key === newest?.key ? newestRecord : await read(newestProved);
      return { level, ...found, newestRecord, provedRecord };
    }),
  );
  return { levels, unread, damaged: [] };
}
