import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { VerifyTenantsEvent } from '../contract/verify-tenants';
import { checkPart } from './check-part';
import { concludeBackup } from './conclude-backup';
import { divideBackup } from './divide';
import type { TenantsContext } from './dumps';
import { planRun } from './plan-run';
import { publishRun } from './publish-run';
import { survey } from './survey';

/**
 * Carries out one step of a verification.
 *
 * @returns what the state machine needs of it; the facts of all databases when it publishes them.
 * @throws Error when an AWS service refuses. Every step may be repeated.
 */
export async function verifyTenants(
  event: VerifyTenantsEvent,
  context: TenantsContext,
  cloudWatch: CloudWatchClient,
): Promise<object> {
  switch (event.action) {
    case 'plan':
      return planRun(event, context);
    case 'survey':
      return survey(event, context);
    case 'divide':
      return divideBackup(event, context);
    case 'check':
      return checkPart(event, context);
    case 'conclude':
      await concludeBackup(event, context);
      return {};
    case 'publish':
      return { databases: await publishRun(event, context, cloudWatch) };
  }
}
