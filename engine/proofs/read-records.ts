import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { ProofOutcome, type ProofRecord, parseProofKey, proofTime } from '../contract/proofs';
import { ObjectStore } from '../objects/object-store';
import { READ_HINTS } from '../objects/read-hints';
import { explainStoreError } from '../objects/store-error';
import { parseProofRecord } from './record-format';

/** A record, as far as its key tells. */
export interface ProofEntry {
  readonly key: string;
  /** When the proof began, to the millisecond. */
  readonly at: Date;
  readonly outcome: ProofOutcome;
}

/** The newest records of a resource at a level. */
export interface NewestProofs {
  /** Of all outcomes. @default - there is no record */
  readonly newest?: ProofEntry;
  /** Of those that proved something. @default - there is none */
  readonly newestProved?: ProofEntry;
}

/**
 * Finds the newest records of a folder by their keys alone: in most cases by one small listing of the last days, else by wider ones.
 * A record of a moment that has not come yet is not counted: a wrong clock must not keep a proof fresh for ever.
 *
 * @param prefix folder of the records: `proofsPrefix` or `backupProofsPrefix`.
 * @throws Error when S3 refuses.
 */
export async function newestProofs(s3: S3Client, bucket: string, prefix: string, now: Date): Promise<NewestProofs> {
  let found: NewestProofs = {};
  let until = now.getTime() + TOLERATED_CLOCK_MS;
  for (const days of LOOK_BACK_DAYS) {
    const from = Math.max(now.getTime() - days * DAY_MS, 0);
    found = await newestOfRange(s3, bucket, prefix, { from, until }, found);
    if (found.newestProved !== undefined) {
      break;
    }
    until = from;
  }
  return found;
}

/**
 * Reads a record.
 *
 * @throws Error when it is not there, is no record, or is not the one that its key names; or when S3 refuses.
 */
export async function readProofRecord(s3: S3Client, bucket: string, key: string): Promise<ProofRecord> {
  const where = `s3://${bucket}/${key}`;
  const stored = await new ObjectStore(s3, { bucket }).get(key, LARGEST_RECORD_BYTES);
  if (stored === undefined) {
    throw new Error(`There is no proof record ${where}. HINT: it has expired; list the records again.`);
  }
  const record = parseProofRecord(stored.body, where);
  const named = parseProofKey(key);
  if (named?.outcome !== record.outcome || proofTime(named.at) !== proofTime(new Date(record.startedAt))) {
    throw new Error(
      `The proof record ${where} says that it began at ${record.startedAt} and ended as ${record.outcome}, which its key does not. HINT: it was moved by hand; let the resource be proved again.`,
    );
  }
  return record;
}

const DAY_MS = 86_400_000;

/** Proofs are made at least daily; what is not among the newest may have been proved a month ago, or at any time. */
const LOOK_BACK_DAYS = [2, 40, Number.POSITIVE_INFINITY];

/** By how much the clocks of who writes and who reads may differ. */
const TOLERATED_CLOCK_MS = 3_600_000;

/** 20 findings of 500 characters and the ids of all backups need 60 kB. */
const LARGEST_RECORD_BYTES = 256 * 1024;

/** @param range in milliseconds since 1970, its end excluded. @param newer what is known of later records. */
async function newestOfRange(
  s3: S3Client,
  bucket: string,
  prefix: string,
  range: { readonly from: number; readonly until: number },
  newer: NewestProofs,
): Promise<NewestProofs> {
  let newest: ProofEntry | undefined;
  let newestProved: ProofEntry | undefined;
  for await (const entry of listRecords(s3, bucket, prefix, range)) {
    newest = isNewer(entry, newest) ? entry : newest;
    newestProved = entry.outcome === ProofOutcome.PROVED ? entry : newestProved;
  }
  return { newest: newer.newest ?? newest, newestProved };
}

/** A proof of which a run failed before it came to its end ended as its end says, although that sorts before. */
const isNewer = (entry: ProofEntry, known: ProofEntry | undefined): boolean =>
  entry.outcome !== ProofOutcome.FAILED || known?.at.getTime() !== entry.at.getTime();

/** The records of a range, oldest first, as their keys sort. */
export async function* listRecords(
  s3: S3Client,
  bucket: string,
  prefix: string,
  { from, until }: { readonly from: number; readonly until: number },
): AsyncGenerator<ProofEntry, void> {
  const end = `${prefix}${proofTime(new Date(until))}`;
  for (let after = `${prefix}${proofTime(new Date(from))}`; ; ) {
    const { Contents: objects = [], IsTruncated: isTruncated } = await s3
      .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, StartAfter: after }))
      .catch((error: unknown) => {
        throw explainStoreError(error, 'list the proof records in', bucket, READ_HINTS);
      });
    for (const { Key: key = '' } of objects) {
      if (key >= end) {
        return;
      }
      const proof = parseProofKey(key);
      if (proof !== undefined) {
        yield { key, ...proof };
      }
      after = key;
    }
    if (!isTruncated || objects.length === 0) {
      return;
    }
  }
}
