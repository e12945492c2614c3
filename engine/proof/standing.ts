import type { BackupEntry } from '../catalog/backup-list';
import { backupProofsPrefix, ProofOutcome, ProofSystem, proofsPrefix } from '../contract/proofs';
import { ProofLevel } from '../contract/signals';
import { inParallel } from '../objects/in-parallel';
import { type NewestProofs, newestProofs } from '../proofs/read-records';
import type { Dumps } from './dumps';

/** A backup that is there, and the newest records of its proofs. */
export interface BackupStanding extends BackupEntry {
  readonly present: NewestProofs;
  readonly intact: NewestProofs;
}

/** What is known of the dumps of a database without reading any. */
export interface Standing {
  /** Newest first. */
  readonly backups: readonly BackupStanding[];
  /** Records of all dumps together. */
  readonly present: NewestProofs;
  readonly intact: NewestProofs;
}

/**
 * Lists the backups of a database and the newest records of each: a few small requests for each backup, however many tenants it has.
 *
 * @throws Error when S3 refuses.
 */
export async function readStanding({ catalog, source, proofs }: Dumps, resource: string, now: Date): Promise<Standing> {
  const ofAll = (level: ProofLevel) =>
    newestProofs(proofs.s3, proofs.name, proofsPrefix(ProofSystem.TENANTS, resource, level), now);
  const of = ({ prefix }: BackupEntry, level: ProofLevel) =>
    newestProofs(source.s3, source.name, backupProofsPrefix(prefix, level), now);
  const [entries, present, intact] = await Promise.all([
    catalog.list(),
    ofAll(ProofLevel.PRESENT),
    ofAll(ProofLevel.INTACT),
  ]);
  const backups = await inParallel(entries, MOST_REQUESTS, async (entry) => ({
    ...entry,
    present: await of(entry, ProofLevel.PRESENT),
    intact: await of(entry, ProofLevel.INTACT),
  }));
  return { backups, present, intact };
}

/** Whether the newest of some records says that all is well. */
export const isNewestProved = ({ newest }: NewestProofs): boolean => newest?.outcome === ProofOutcome.PROVED;

const MOST_REQUESTS = 8;
