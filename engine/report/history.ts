import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { S3Client } from '@aws-sdk/client-s3';
import { PROOFS_RESOURCE, sourceBucketName } from '../contract/bucket-names';
import type { Deployment } from '../contract/deployment';
import { PROOF_SYSTEMS, type ProofRecord, type ProofSystem } from '../contract/proofs';
import { readDrills } from './drill-records';
import { readSeries } from './metric-series';

/** Whole days that the charts show before the day of the report. */
const HISTORY_DAYS = 30;

const DAY_MS = 86_400_000;

/** One value of a figure: the greatest of the period that begins at `at`. */
export interface HistoryPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Bytes, seconds or a number, as the figure says. */
  readonly value: number;
}

/** A figure of a resource over time. */
export interface HistorySeries {
  readonly system: ProofSystem;
  readonly resource: string;
  /** Name of the figure among the charted ones of the system. */
  readonly figure: string;
  /** Oldest first; a period in which nothing was published has none. */
  readonly points: readonly HistoryPoint[];
}

/** What a report shows beside the state of the moment. */
export interface History {
  /** Version of Holdfast that is deployed. */
  readonly deployedSoftware: string;
  /** Range of the charts, in milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly series: readonly HistorySeries[];
  /** Records of the newest drills of each resource, newest first. */
  readonly drills: readonly ProofRecord[];
  /** What could not be read, in plain sentences. */
  readonly unknown: readonly string[];
}

/** Clients of the primary Region. */
export interface HistorySources {
  readonly cloudWatch: CloudWatchClient;
  readonly s3: S3Client;
}

/** A protected resource. */
export interface HistoryResource {
  readonly system: ProofSystem;
  readonly resource: string;
}

/** What was read, and what could not be, in plain sentences. */
export interface Read<Things> {
  readonly things: Things;
  readonly unknown: readonly string[];
}

/**
 * Reads what the charts of a report show, and the evidence of the newest drills. What cannot be read is said and left out; nothing is
 * thrown for it.
 */
export async function readHistory(
  { cloudWatch, s3 }: HistorySources,
  deployment: Deployment,
  now: Date,
): Promise<History> {
  const { prefix, primary, software } = deployment;
  const until = now.getTime();
  // Periods of a metric begin where the range does: at midnight, so that a day is a day in every report.
  const from = until - (until % DAY_MS) - HISTORY_DAYS * DAY_MS;
  const resources = PROOF_SYSTEMS.flatMap((system) =>
    (deployment.resources[system] ?? []).map((resource) => ({ system, resource })),
  );
  const proofsBucket = sourceBucketName(prefix, PROOFS_RESOURCE, primary.account, primary.region);
  const [series, drills] = await Promise.all([
    readSeries(cloudWatch, resources, { from, until }),
    readDrills(s3, proofsBucket, resources, now),
  ]);
  return {
    deployedSoftware: software,
    from,
    until,
    series: series.things,
    drills: drills.things,
    unknown: [...series.unknown, ...drills.unknown],
  };
}
