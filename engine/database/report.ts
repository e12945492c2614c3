import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { databaseReportKey } from '../contract/layout';
import type {
  DatabaseFinding,
  DatabaseResult,
  VerifyDatabaseEvent,
  VerifyDatabaseResult,
} from '../contract/verify-database';
import { lookUp } from './finding';
import type { VerifiedDatabases } from './verify-databases';

/** What a report holds: what was found of all databases at one moment. */
export interface DatabaseReport {
  /** When the verification was made; an ISO 8601 instant. */
  readonly verifiedAt: string;
  /** Whether nothing was found that endangers a restore. */
  readonly isGood: boolean;
  readonly databases: readonly DatabaseResult[];
  /** What concerns all databases. */
  readonly common: readonly DatabaseFinding[];
}

/**
 * Writes the report of a verification into the proofs bucket. A report that cannot be written is a finding, so that the signals
 * still go out, and tell of it.
 *
 * @param now milliseconds since 1970.
 */
export async function writeDatabaseReport(
  s3: S3Client,
  { proofs: { bucket } }: VerifyDatabaseEvent,
  { databases, common }: VerifiedDatabases,
  now: number,
): Promise<VerifyDatabaseResult> {
  const reportKey = databaseReportKey(new Date(now));
  const report: DatabaseReport = {
    verifiedAt: new Date(now).toISOString(),
    isGood: criticalsOf({ databases, common }).length === 0,
    databases,
    common,
  };
  const { findings } = await lookUp(
    `write the report into the bucket ${bucket}`,
    's3:PutObject on it and kms:GenerateDataKey on its key',
    () =>
      s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: reportKey,
          Body: `${JSON.stringify(report, undefined, 2)}\n`,
          ContentType: 'application/json',
        }),
      ),
  );
  return findings.length === 0 ? { databases, common, reportKey } : { databases, common: [...common, ...findings] };
}

/** The findings that endanger a restore. */
export function criticalsOf({ databases, common }: VerifiedDatabases): DatabaseFinding[] {
  return [...databases.flatMap(({ findings }) => findings), ...common].filter(({ isCritical }) => isCritical);
}
