/**
 * One first proof of the bench's buckets, as a process: `node proof-run.js <endpoint>` prints a {@link ProofReport}. Its time and
 * memory are those of a function that verifies one target.
 */
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { proveTarget } from '../../engine/files/proof';
import { PROOFS_BUCKET, REPLICA_KEY_ARN } from './s3-server';

/** What the process prints. */
export interface ProofReport {
  readonly outcome: string;
  /** Versions compared. */
  readonly versions: number;
  /** Most memory the process had, in MB of 1,000,000 bytes. */
  readonly peakMb: number;
  readonly error?: string | undefined;
}

const SOURCE_REGION = 'eu-west-1';
const REPLICA_REGION = 'eu-central-1';
const TIME_LIMIT_MS = 15 * 60_000;

async function prove(endpoint: string): Promise<ProofReport> {
  const s3 = (region: string) => new S3Client({ endpoint, region, forcePathStyle: true });
  const source = s3(SOURCE_REGION);
  const { outcome, progress, error } = await proveTarget({
    target: {
      // No proof came before this one under such a name, so this is a first proof.
      resource: `bench-${process.pid}`,
      source: { bucket: 'source', region: SOURCE_REGION },
      replica: { bucket: 'replica', region: REPLICA_REGION, keyArn: REPLICA_KEY_ARN },
    },
    source: { s3: source, name: 'source' },
    replica: { s3: s3(REPLICA_REGION), name: 'replica' },
    proofs: { s3: source, name: PROOFS_BUCKET },
    kms: new KMSClient({ region: REPLICA_REGION }),
    matching: 'versionId',
    readCycleDays: 30,
    deadline: Date.now() + TIME_LIMIT_MS,
    now: Date.now,
  });
  // Node counts in KiB.
  const peakMb = (process.resourceUsage().maxRSS * 1_024) / 1e6;
  return { outcome, versions: progress?.versions ?? 0, peakMb, error };
}

prove(process.argv[2] ?? '').then((report) => console.log(JSON.stringify(report)));
