import type { ProofRecord } from '../contract/proofs';
import { proofTime } from '../contract/proofs';
import { type DumpsTarget, type TenantsRun, tenantsReportsPrefix } from '../contract/verify-tenants';
import { ObjectExistsError } from '../objects/object-error';
import type { ObjectLock } from '../objects/object-store';
import { type WriteProofOptions, writeProofRecord } from '../proofs/write-record';
import type { Dumps, DumpsBucket } from './dumps';

/** Writes a record; a step that is repeated leaves the one that it wrote the first time. */
export async function writeOnce(
  { s3, name }: DumpsBucket,
  folder: string,
  record: ProofRecord,
  options: WriteProofOptions = {},
): Promise<void> {
  try {
    await writeProofRecord(s3, name, folder, record, options);
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) {
      throw error;
    }
  }
}

/** The lock of a record beside a backup: that of the backup, as long as it has one. */
export function lockOf({ lockMode }: DumpsTarget, lockedUntil: string, now: number): { readonly lock?: ObjectLock } {
  const until = new Date(lockedUntil);
  return until.getTime() > now ? { lock: { mode: lockMode, until } } : {};
}

/**
 * Writes a report with all that was found. A step that is repeated leaves the one that it wrote the first time.
 *
 * @param of what it is about, as a part of its key.
 * @returns where it lies, as `s3://…`.
 */
export async function writeReport(
  { proofs, proofStore }: Dumps,
  { target, startedAt, run }: TenantsRun,
  of: string,
  content: object,
): Promise<string> {
  const key = `${tenantsReportsPrefix(target.resource)}${proofTime(new Date(startedAt))}-${of}.json`;
  const body = Buffer.from(`${JSON.stringify({ startedAt, run, of, ...content }, undefined, 2)}\n`);
  try {
    await proofStore.put(key, body, { contentType: 'application/json' });
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) {
      throw error;
    }
  }
  return `s3://${proofs.name}/${key}`;
}
