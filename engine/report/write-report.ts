import { PROOFS_RESOURCE, sourceBucketName } from '../contract/bucket-names';
import { reportKey } from '../contract/layout';
import { ObjectStore } from '../objects/object-store';
import { gatherStatus, type StatusSources } from '../status/gather';
import type { Health } from '../status/model';
import { readHistory } from './history';
import { reportPage } from './report-page';

/** A report that was written. */
export interface WrittenReport {
  /** Its key in the proofs bucket. */
  readonly reportKey: string;
  /** What it says of the whole. */
  readonly health: Health;
}

/**
 * Writes the report of a moment into the proofs bucket, once: as a page that nobody changes it is evidence of what was known then. What
 * cannot be looked at is told in the report.
 *
 * @throws ObjectExistsError when another report of the same millisecond is there; Error when S3 refuses.
 */
export async function writeReport(sources: StatusSources, now: Date): Promise<WrittenReport> {
  const { deployment, s3, primaryAlarms: cloudWatch } = sources;
  const { prefix, primary } = deployment;
  const [status, history] = await Promise.all([
    gatherStatus(sources, { tenants: true, now }),
    readHistory({ cloudWatch, s3 }, deployment, now),
  ]);
  const bucket = sourceBucketName(prefix, PROOFS_RESOURCE, primary.account, primary.region);
  const key = reportKey(now);
  const page = Buffer.from(reportPage(status, history));
  await new ObjectStore(s3, { bucket }).put(key, page, { contentType: 'text/html; charset=utf-8' });
  return { reportKey: key, health: status.health };
}
