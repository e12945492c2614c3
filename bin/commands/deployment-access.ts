import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SSMClient } from '@aws-sdk/client-ssm';
import { fromIni } from '@aws-sdk/credential-providers';
import type { Command } from 'commander';
import { readDeployment } from '../../engine/deployment/read-deployment';
import { createStoreClient } from '../../engine/objects/s3-client';
import type { StatusSources } from '../../engine/status/gather';

/** Which deployment is looked at, and as whom. */
export interface DeploymentOptions {
  readonly prefix?: string;
  readonly region?: string;
  readonly recoveryProfile?: string;
}

/** Adds the options that say which deployment a command looks at. */
export function withDeploymentOptions(command: Command): Command {
  return command
    .option('--prefix <prefix>', 'prefix of the deployment; needed where there are several')
    .option('--region <region>', 'primary Region of the deployment; by default that of the environment or the profile')
    .option(
      '--recovery-profile <profile>',
      'profile to look into the recovery Region with, where it lies in another account',
    );
}

/**
 * Finds a deployment by nothing but its parameter in SSM, and makes the clients to look at it.
 *
 * @throws DeploymentError when it cannot be told what is deployed.
 */
export async function openDeployment(options: DeploymentOptions): Promise<StatusSources> {
  const { prefix, region, recoveryProfile } = options;
  const ssm = new SSMClient({ ...PATIENCE, region });
  const deployment = await readDeployment(ssm, prefix);
  const { primary, recovery } = deployment;
  // Found once: a role that is assumed, or asked of the machine, takes a while.
  const own = { ...PATIENCE, credentials: ssm.config.credentials };
  const recoveryAccess =
    recoveryProfile !== undefined
      ? { ...PATIENCE, credentials: fromIni({ profile: recoveryProfile }) }
      : recovery.account === primary.account
        ? own
        : undefined;
  return {
    deployment,
    s3: createStoreClient({ ...own, region: primary.region }),
    primaryAlarms: new CloudWatchClient({ ...own, region: primary.region }),
    recoveryAlarms: recoveryAccess && new CloudWatchClient({ ...recoveryAccess, region: recovery.region }),
  };
}

/** What is out of reach costs ten seconds: it is tried twice, and neither a connection nor an answer is waited for any longer. */
const PATIENCE = {
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 5_000,
    requestTimeout: 5_000,
    throwOnRequestTimeout: true,
    socketTimeout: 5_000,
  },
};
