import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import type { CheckRoutesResult } from '../engine/contract/check-routes';
import { perRegion } from '../engine/functions/per-region';
import { ChatApplications, chatRegion } from '../engine/paging/chat-applications';
import { checkRoutes } from '../engine/paging/check-routes';
import { parseCheckRoutesEvent } from '../engine/paging/check-routes-event';
import { publishRouteSignals } from '../engine/paging/route-signals';

/**
 * Looks whether pages reach whoever must be paged, sends the weekly heartbeat when it is asked to, and publishes the outcome.
 *
 * Findings are told by metric and alarm; the function itself fails only when the event is wrong or the outcome cannot be published.
 *
 * @param input a `CheckRoutesEvent`.
 */
export async function handler(input: unknown): Promise<CheckRoutesResult> {
  const event = parseCheckRoutesEvent(input);
  const now = new Date();
  const result = await checkRoutes(event, { ...CLIENTS, chat, now });
  const level = result.findings.length === 0 ? 'INFO' : 'WARN';
  console.log(JSON.stringify({ level, message: 'checked the routes of pages', ...result }));
  await publishRouteSignals(new CloudWatchClient({}), event, result, now.getTime());
  return result;
}

/** Of each service one client in a Region, which keeps its connections. */
const CLIENTS = {
  sns: perRegion((region) => new SNSClient({ region })),
  kms: perRegion((region) => new KMSClient({ region })),
  cloudWatch: perRegion((region) => new CloudWatchClient({ region })),
  s3: perRegion((region) => new S3Client({ region })),
};

/** Signed with the credentials of the function, as any client of the SDK finds them. */
function chat(): ChatApplications {
  const { AWS_REGION = '', AWS_ENDPOINT_URL: endpoint } = process.env;
  const region = chatRegion(AWS_REGION);
  const { credentials, sha256 } = CLIENTS.sns(region).config;
  return new ChatApplications({ region, credentials, sha256, ...(endpoint && { endpoint }) });
}
