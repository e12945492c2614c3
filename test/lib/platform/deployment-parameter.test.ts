import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DEFAULT_OBJECTIVES } from '../../../engine/contract/deployment';
import { ProofSystem } from '../../../engine/contract/proofs';
import { parseDeployment } from '../../../engine/deployment/deployment-format';
import { DeploymentParameter } from '../../../lib/platform/deployment-parameter';
import { app, OTHER_ACCOUNT, onlyResource, primaryStack, recoveryRegion } from '../deployment';

const OBJECTIVES = DEFAULT_OBJECTIVES;
const SOFTWARE = require('../../../package.json').version;

function parameterOf(stack: Stack) {
  const [, { Properties }] = onlyResource(Template.fromStack(stack), 'AWS::SSM::Parameter');
  return Properties;
}

test('tells the command line of a deployment that protects nothing yet', () => {
  const stack = primaryStack();
  const { parameterName } = new DeploymentParameter(stack, 'Deployment', {
    recovery: recoveryRegion(),
    objectives: OBJECTIVES,
  });
  const { Name, Tier, Type, Value } = parameterOf(stack);
  expect({ parameterName, Name, Tier, Type }).toEqual({
    parameterName: '/holdfast/acme',
    Name: '/holdfast/acme',
    Tier: 'Intelligent-Tiering',
    Type: 'String',
  });
  expect(parseDeployment(Value as string, 'of the test')).toEqual({
    format: 1,
    prefix: 'acme',
    software: SOFTWARE,
    primary: { account: '111122223333', region: 'eu-west-1' },
    recovery: { account: '111122223333', region: 'eu-central-1' },
    resources: {},
    objectives: OBJECTIVES,
  });
});

test('names what is added after it was made, sorted and once, and the account of the recovery Region', () => {
  const stack = primaryStack();
  const parameter = new DeploymentParameter(stack, 'Deployment', {
    recovery: recoveryRegion({ account: OTHER_ACCOUNT }),
    objectives: { ...OBJECTIVES, redis: { proofAgeSeconds: {}, rtoSeconds: 3600 } },
  });
  parameter.add(ProofSystem.FILES, 'uploads');
  parameter.add(ProofSystem.FILES, 'avatars');
  parameter.add(ProofSystem.FILES, 'uploads');
  parameter.add(ProofSystem.DATABASE, 'orders');
  parameter.add(ProofSystem.TENANTS, 'shop');
  parameter.add(ProofSystem.REDIS, 'sessions');
  const { Value } = parameterOf(stack);
  expect(parseDeployment(Value as string, 'of the test')).toMatchObject({
    recovery: { account: OTHER_ACCOUNT },
    resources: { database: ['orders'], tenants: ['shop'], files: ['avatars', 'uploads'], redis: ['sessions'] },
    objectives: { redis: { proofAgeSeconds: {}, rtoSeconds: 3600 } },
  });
});

test('leaves an account that is not known before to CloudFormation', () => {
  const stack = new Stack(app(), 'Anywhere');
  new DeploymentParameter(stack, 'Deployment', { recovery: recoveryRegion(), objectives: OBJECTIVES });
  expect(JSON.stringify(parameterOf(stack).Value)).toMatch(
    /"primary\\":\{\\"account\\":\\"",\{"Ref":"AWS::AccountId"\}/,
  );
});

/** The longest names that a resource may have. */
function withResources(count: number): Stack {
  const stack = primaryStack();
  const parameter = new DeploymentParameter(stack, 'Deployment', {
    recovery: recoveryRegion(),
    objectives: OBJECTIVES,
  });
  for (let number = 0; number < count; number += 1) {
    parameter.add(ProofSystem.FILES, `uploads-${String(number).padStart(24, '0')}`);
  }
  return stack;
}

test('holds the names of 200 resources', () => {
  expect((parameterOf(withResources(200)).Value as string).length).toBeLessThanOrEqual(8192);
});

test('refuses more than SSM takes, with the number and the limit', () => {
  expect(() => Template.fromStack(withResources(250))).toThrow(
    /the parameter \/holdfast\/acme would have \d{4,5} bytes with the names of 250 resources, and SSM takes at most 8192\. HINT: /,
  );
});
