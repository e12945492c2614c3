import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { PROOFS_RESOURCE, sourceBucketName } from '../contract/bucket-names';
import { PROOF_SYSTEMS, type ProofSystem } from '../contract/proofs';
import { inParallel } from '../objects/in-parallel';
import { READ_HINTS } from '../objects/read-hints';
import { explainStoreError } from '../objects/store-error';
import { type Evidence, recordedEvidence } from './evidence';
import type { StatusOptions, StatusSources } from './gather';
import { type KeptBackups, keptBackups } from './kept-backups';

/** What was seen of one protected resource. */
export interface ResourceLook extends Pick<KeptBackups, 'tenants' | 'leftOut'> {
  readonly system: ProofSystem;
  readonly resource: string;
  readonly evidence: Evidence;
}

/** Looks at every resource of a deployment, in the order of the systems. Never throws: what cannot be read is told in the evidence. */
export function lookAtResources(sources: StatusSources, options: StatusOptions): Promise<ResourceLook[]> {
  const { deployment, s3 } = sources;
  const all = PROOF_SYSTEMS.flatMap((system) =>
    (deployment.resources[system] ?? []).map((resource) => ({ system, resource })),
  );
  const { prefix, primary, objectives } = deployment;
  const bucketOf = (resource: string) => sourceBucketName(prefix, resource, primary.account, primary.region);
  const proofs = bucketOf(PROOFS_RESOURCE);
  // Asked once, so that what is out of reach is waited for once, and not by each resource.
  const refusal = refusalOf(s3, proofs);
  return inParallel(all, MOST_AT_ONCE, async (each) => {
    const { system, resource } = each;
    const question = { ...each, s3, bucket: bucketOf(resource), objectives: objectives[system] };
    const [recorded, { tenants, leftOut, backups, unread, damaged }] = await Promise.all([
      refusal.then((told) => (told === undefined ? records(s3, proofs, each, options.now) : unreadEvidence(told))),
      keptBackups({ ...question, withTenants: options.tenants, now: options.now }),
    ]);
    const evidence = { ...recorded, backups, damaged, unread: [...recorded.unread, ...unread] };
    return { system, resource, evidence, tenants, leftOut };
  });
}

/** Resources that are looked at together; each takes some ten small requests. */
const MOST_AT_ONCE = 16;

/** Why a bucket cannot be read; undefined when it can. */
async function refusalOf(s3: S3Client, bucket: string): Promise<string | undefined> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket }));
    return undefined;
  } catch (error) {
    return explainStoreError(error, 'read the proofs in', bucket, READ_HINTS).message;
  }
}

async function records(s3: S3Client, bucket: string, of: Pick<ResourceLook, 'system' | 'resource'>, now: Date) {
  try {
    return await recordedEvidence(s3, bucket, of, now);
  } catch (error) {
    return unreadEvidence(error instanceof Error ? error.message : String(error));
  }
}

const unreadEvidence = (why: string): Evidence => ({ levels: [], unread: [why], damaged: [] });
