import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SSMClient } from '@aws-sdk/client-ssm';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { Deployment } from '../engine/contract/deployment';
import { readDeployment } from '../engine/deployment/read-deployment';
import { createStoreClient } from '../engine/objects/s3-client';
import { type WrittenReport, writeReport } from '../engine/report/write-report';
import { parseWriteReportEvent } from '../engine/report/write-report-event';

/**
 * Writes what can be restored, with charts and the evidence of the newest drills, as a page into the proofs bucket.
 *
 * What cannot be looked at is told on the page; the function itself fails only when the event is wrong, the deployment cannot be found,
 * or the page cannot be written.
 *
 * @param input a `WriteReportEvent`.
 */
export async function handler(input: unknown): Promise<WrittenReport> {
  const { prefix, recoveryRoleArn } = parseWriteReportEvent(input);
  const deployment = await readDeployment(new SSMClient({}), prefix);
  const { region } = deployment.primary;
  const sources = {
    deployment,
    s3: createStoreClient({ region }),
    primaryAlarms: new CloudWatchClient({ region }),
    recoveryAlarms: recoveryClient(deployment, recoveryRoleArn),
  };
  const result = await writeReport(sources, new Date(Date.now()));
  console.log(JSON.stringify({ level: 'INFO', message: 'wrote a report', ...result }));
  return result;
}

/** Does not wait long for a Region that may be gone: the report then says so. */
function recoveryClient({ primary, recovery }: Deployment, roleArn: string | undefined): CloudWatchClient | undefined {
  if (recovery.account !== primary.account && roleArn === undefined) {
    return undefined;
  }
  return new CloudWatchClient({
    region: recovery.region,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
    ...(roleArn !== undefined && {
      credentials: fromTemporaryCredentials({ params: { RoleArn: roleArn, RoleSessionName: 'write-report' } }),
    }),
  });
}
