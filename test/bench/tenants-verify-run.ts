/**
 * One step of a verification of the bench's dumps, as a process: `node tenants-verify-run.js <endpoint> plan|survey` prints a
 * {@link StepReport}. Its time and memory are those of the function.
 */
import { KMSClient } from '@aws-sdk/client-kms';
import { DEFAULT_RETENTION } from '../../engine/contract/retention';
import { createStoreClient } from '../../engine/objects/s3-client';
import { planRun } from '../../engine/proof/plan-run';
import { survey } from '../../engine/proof/survey';
import { DUMPS, PROOFS, REPLICA, RESOURCE } from './synthetic-dumps';

/** What the process prints. */
export interface StepReport {
  /** From the first request to the answer, without the start of Node. */
  readonly seconds: number;
  /** What the step answered. */
  readonly answer: object;
  /** Most memory the process had, in MB of 1,000,000 bytes. */
  readonly peakMb: number;
}

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const LOCATION = { region: 'eu-west-1', keyArn: KEY };

async function run(endpoint: string, step: string): Promise<StepReport> {
  const client = createStoreClient({ endpoint, region: LOCATION.region, forcePathStyle: true });
  const context = {
    s3: () => client,
    kms: (region: string) => new KMSClient({ region }),
    matching: 'versionId' as const,
    deadline: Number.POSITIVE_INFINITY,
    now: Date.now,
  };
  const verification = {
    target: {
      resource: RESOURCE,
      source: { ...LOCATION, bucket: DUMPS },
      replica: { ...LOCATION, bucket: REPLICA },
      retention: DEFAULT_RETENTION.counts,
      lockMode: 'governance' as const,
    },
    proofs: { ...LOCATION, bucket: PROOFS },
    run: `bench-${step}`,
    startedAt: new Date().toISOString(),
  };
  const started = performance.now();
  const answer =
    step === 'plan'
      ? await planRun({ ...verification, readCycleDays: 30 }, context)
      : await survey(verification, context);
  // Node counts in KiB.
  const peakMb = (process.resourceUsage().maxRSS * 1_024) / 1e6;
  return { seconds: (performance.now() - started) / 1_000, answer, peakMb };
}

run(process.argv[2] ?? '', process.argv[3] ?? '').then((report) => console.log(JSON.stringify(report)));
