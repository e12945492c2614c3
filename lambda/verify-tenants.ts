import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KMSClient } from '@aws-sdk/client-kms';
import type { Context } from 'aws-lambda';
import { perRegion } from '../engine/functions/per-region';
import { createStoreClient } from '../engine/objects/s3-client';
import { verifyTenants } from '../engine/proof/verify-tenants';
import { parseVerifyTenantsEvent } from '../engine/proof/verify-tenants-event';

/**
 * Carries out one step of the verification of the dumps of tenants; the state machine calls it for each.
 *
 * What is found is told by records, metrics and alarm; the function itself fails when the event is wrong, or an AWS service refuses.
 *
 * @param input a `VerifyTenantsEvent`.
 * @returns what the contract says of its action.
 */
export async function handler(input: unknown, context: Context): Promise<object> {
  const event = parseVerifyTenantsEvent(input);
  const answer = await verifyTenants(
    event,
    {
      s3,
      kms,
      // A store other than S3 gives copies new version ids. In AWS the variable is not set.
      matching: process.env.AWS_ENDPOINT_URL ? 'content' : 'versionId',
      deadline: Date.now() + Math.max(context.getRemainingTimeInMillis() - FINISHING_MS, 0),
      now: Date.now,
    },
    new CloudWatchClient({}),
  );
  console.log(
    JSON.stringify({ level: 'INFO', message: `verified tenants: ${event.action}`, ...logged(event, answer) }),
  );
  return event.action === 'publish' ? {} : answer;
}

/** Kept between calls: a run makes hundreds. */
const s3 = perRegion((region) => createStoreClient({ region }));
const kms = perRegion((region) => new KMSClient({ region }));

/** Time to end requests under way, and to write what came of them. */
const FINISHING_MS = 60_000;

/** Steps name the database; only the last one tells of all. Findings are in the reports: they may name tenants. */
function logged(event: ReturnType<typeof parseVerifyTenantsEvent>, answer: object): object {
  if (event.action !== 'publish') {
    return { run: event.run, resource: event.target.resource };
  }
  const { databases } = answer as { readonly databases: readonly { readonly findings: readonly object[] }[] };
  return {
    run: event.run,
    databases: databases.map(({ findings, ...facts }) => ({ ...facts, findings: findings.length })),
  };
}
