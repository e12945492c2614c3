import { DEFAULT_OBJECTIVES, type Deployment, deploymentParameter } from '../../engine/contract/deployment';
import { ACCOUNT, PREFIX, REGION, RESOURCE } from './synthetic-dumps';

const DEPLOYMENT: Deployment = {
  format: 1,
  prefix: PREFIX,
  software: '0.1.0',
  primary: { account: ACCOUNT, region: REGION },
  recovery: { account: ACCOUNT, region: 'eu-central-1' },
  resources: { tenants: [RESOURCE] },
  objectives: DEFAULT_OBJECTIVES,
};

const PARAMETER = { Name: deploymentParameter(PREFIX), Value: JSON.stringify(DEPLOYMENT) };

/** What SSM and CloudWatch answer to a command line that looks at the bench's deployment, by operation. */
const ANSWERS: Readonly<Record<string, object>> = {
  GetParametersByPath: { Parameters: [PARAMETER] },
  DescribeAlarms: { MetricAlarms: [{ AlarmName: `${PREFIX}-database-backupFailed`, StateValue: 'OK' }] },
};

/**
 * Answers a request of one of AWS's JSON protocols.
 *
 * @param target its header `x-amz-target`.
 */
export function controlPlaneAnswer(target: string): string {
  const [, operation = ''] = target.split('.');
  const answer = ANSWERS[operation];
  if (answer === undefined) {
    throw new Error(`The bench has no answer to ${target}.`);
  }
  return JSON.stringify(answer);
}
