import { KMSClient } from '@aws-sdk/client-kms';
import { perRegion } from '../engine/functions/per-region';
import { createStoreClient } from '../engine/objects/s3-client';
import { checkPart } from '../engine/proof/check-part';
import { parsePartCheck } from '../engine/proof/verify-tenants-event';
import type { JobTools } from './run-job';

/**
 * Checks a part of a backup, however long it takes.
 *
 * @param check JSON of a `PartCheck`.
 * @throws Error when it is none, or an AWS service refuses; StoppedError when the job is asked to stop.
 */
export async function verifyPart(check: string, { log, signal }: JobTools): Promise<void> {
  const part = parsePartCheck(check);
  const named = { resource: part.target.resource, backup: part.backup.id, kind: part.part.kind };
  log.info('checking a part of a backup', named);
  await checkPart(part, {
    s3: perRegion((region) => createStoreClient({ region })),
    kms: perRegion((region) => new KMSClient({ region })),
    // A store other than S3 gives copies new version ids. In AWS the variable is not set.
    matching: process.env.AWS_ENDPOINT_URL ? 'content' : 'versionId',
    deadline: Number.POSITIVE_INFINITY,
    now: () => {
      signal.throwIfAborted();
      return Date.now();
    },
  });
  log.info('checked a part of a backup', named);
}
