import { Duration, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HoldfastFunction, type HoldfastFunctionProps } from '../../../lib/functions/holdfast-function';
import { onlyResource, primaryStack, resources, statements } from '../deployment';
import { allows } from '../tenants/policy-simulation';

const template = Template.fromStack(stackWith({}));

test('runs the bundled code on the newest Node.js, with readable stack traces', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'acme-example',
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: 'index.handler',
    Timeout: 60,
    MemorySize: 256,
    Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps' } },
  });
});

test('writes to a log group of its own that ends after a year', () => {
  const [logsId, logs] = onlyResource(template, 'AWS::Logs::LogGroup');
  expect(logs.Properties).toEqual({ LogGroupName: '/aws/lambda/acme-example', RetentionInDays: 365 });
  template.hasResourceProperties('AWS::Lambda::Function', { LoggingConfig: { LogGroup: { Ref: logsId } } });
});

test('may write its log, and nothing else', () => {
  const [logsId] = onlyResource(template, 'AWS::Logs::LogGroup');
  const [, policy] = onlyResource(template, 'AWS::IAM::Policy');
  const [, role] = onlyResource(template, 'AWS::IAM::Role');
  expect(statements(policy)).toEqual([
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: { 'Fn::GetAtt': [logsId, 'Arn'] },
    },
  ]);
  expect(role.Properties.ManagedPolicyArns).toBeUndefined();
});

test('waits for its policy, so that its first run may do what it must', () => {
  const [policyId] = onlyResource(template, 'AWS::IAM::Policy');
  const [, fn] = onlyResource(template, 'AWS::Lambda::Function');
  expect(fn.DependsOn).toEqual([policyId]);
});

test('may do what it is allowed', () => {
  const stack = primaryStack();
  const condition = { StringEquals: { 'aws:ResourceAccount': '111122223333' } };
  functionIn(stack, {}).allow(['s3:GetObject'], ['arn:aws:s3:::acme-uploads/*'], condition);
  const [, policy] = onlyResource(Template.fromStack(stack), 'AWS::IAM::Policy');
  expect(statements(policy)).toContainEqual({
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::acme-uploads/*',
    Condition: condition,
  });
});

test('may do more than fits into a role, and waits for all of it', () => {
  const stack = primaryStack();
  const fn = functionIn(stack, {});
  for (let number = 0; number < 200; number += 1) {
    fn.allow(['s3:GetObject'], [`arn:aws:s3:::acme-documents-of-a-customer-with-the-number-${number}/*`]);
  }
  const policies = Template.fromStack(stack);
  const ids = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    resources(policies, type).map(([id]) => id),
  );
  expect(ids.length).toBeGreaterThan(1);
  expect(onlyResource(policies, 'AWS::Lambda::Function')[1].DependsOn).toEqual(ids);
});

test('may publish metrics of Holdfast, and none of others', () => {
  const stack = primaryStack();
  functionIn(stack, {}).allowMetrics();
  const [, policy] = onlyResource(Template.fromStack(stack), 'AWS::IAM::Policy');
  const publish = { action: 'cloudwatch:PutMetricData', resource: '*' };
  expect(allows(statements(policy), { ...publish, context: { 'cloudwatch:namespace': 'Holdfast' } })).toBe(true);
  expect(allows(statements(policy), { ...publish, context: { 'cloudwatch:namespace': 'AWS/Lambda' } })).toBe(false);
});

describe('in a VPC', () => {
  const network = { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] };
  const inNetwork = Template.fromStack(stackWith({ network }));
  const [, policy] = onlyResource(inNetwork, 'AWS::IAM::Policy');
  const networkInterface = 'arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-1';

  test('joins the network it is given, and none where none is given', () => {
    inNetwork.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: network.subnetIds, SecurityGroupIds: network.securityGroupIds },
    });
    expect(onlyResource(template, 'AWS::Lambda::Function')[1].Properties).not.toHaveProperty('VpcConfig');
  });

  test.each([
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:UnassignPrivateIpAddresses',
  ])('lets Lambda do %s in this account, and not its own code', (action) => {
    const request = { action, resource: networkInterface };
    const byCode = { 'lambda:SourceFunctionArn': 'arn:aws:lambda:eu-west-1:111122223333:function:acme-example' };
    expect(allows(statements(policy), request)).toBe(true);
    expect(allows(statements(policy), { ...request, context: byCode })).toBe(false);
    expect(allows(statements(policy), { ...request, resource: networkInterface.replace('1111', '9999') })).toBe(false);
  });
});

test.each([
  [undefined, 'acme-example'],
  ['acme-reader', 'acme-reader'],
])('with the role name %s has the role %s', (roleName, expected) => {
  const props = roleName === undefined ? {} : { roleName };
  Template.fromStack(stackWith(props)).hasResourceProperties('AWS::IAM::Role', { RoleName: expected });
});

test('says to build first where the bundle is missing', () => {
  expect(() => stackWith({ bundle: 'nothing' })).toThrow(
    'the bundled code of the function nothing is missing. HINT: run `npm run build` first',
  );
});

function stackWith(props: Partial<HoldfastFunctionProps>): Stack {
  const stack = primaryStack();
  functionIn(stack, props);
  return stack;
}

function functionIn(stack: Stack, props: Partial<HoldfastFunctionProps>): HoldfastFunction {
  return new HoldfastFunction(stack, 'Example', {
    bundle: 'verify-files',
    functionName: 'acme-example',
    description: 'An example',
    timeout: Duration.minutes(1),
    memorySizeMiB: 256,
    ...props,
  });
}
