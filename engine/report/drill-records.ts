import type { S3Client } from '@aws-sdk/client-s3';
import { type ProofRecord, proofsPrefix } from '../contract/proofs';
import { ProofLevel } from '../contract/signals';
import { inParallel } from '../objects/in-parallel';
import { listRecords, readProofRecord } from '../proofs/read-records';
import type { HistoryResource, Read } from './history';

/** Reads the records of the newest drills of some resources, newest first: those that failed as well. */
export async function readDrills(
  s3: S3Client,
  proofsBucket: string,
  resources: readonly HistoryResource[],
  now: Date,
): Promise<Read<readonly ProofRecord[]>> {
  const unknown: string[] = [];
  const drills = await inParallel(resources, MOST_AT_A_TIME, async (resource) => {
    const tell = (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      unknown.push(`A drill of ${resource.resource} (${resource.system}) could not be read: ${reason}`);
      return [];
    };
    const keys = await drillKeys(s3, proofsBucket, resource, now).catch(tell);
    return Promise.all(keys.map((key) => readProofRecord(s3, proofsBucket, key).catch(tell)));
  });
  return { things: drills.flat(2).sort(newestFirst), unknown };
}

/** Drills of each resource that a report shows. */
const MOST_DRILLS = 3;

/** How far back a report looks for drills: they are made monthly and quarterly. */
const LOOK_BACK_MS = 370 * 86_400_000;

/** Resources that are asked for at a time. */
const MOST_AT_A_TIME = 8;

/** Keys of the newest records. */
async function drillKeys(s3: S3Client, bucket: string, resource: HistoryResource, now: Date): Promise<string[]> {
  const prefix = proofsPrefix(resource.system, resource.resource, ProofLevel.RESTORED);
  const range = { from: now.getTime() - LOOK_BACK_MS, until: now.getTime() };
  const keys: string[] = [];
  for await (const { key } of listRecords(s3, bucket, prefix, range)) {
    keys.push(key);
  }
  return keys.slice(-MOST_DRILLS);
}

const newestFirst = (left: ProofRecord, right: ProofRecord): number =>
  Date.parse(right.startedAt) - Date.parse(left.startedAt);
