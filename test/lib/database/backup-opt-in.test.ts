import { Template } from 'aws-cdk-lib/assertions';
import { BackupOptIn, OptInMode } from '../../../lib';
import { onlyResource, primaryStack, statements } from '../deployment';

const CUSTOM_RESOURCE = 'Custom::HoldfastBackupOptIn';

test('minimal properties: checks, and may do nothing else', () => {
  const template = optIn();
  const [, resource] = onlyResource(template, CUSTOM_RESOURCE);
  expect(resource.Properties).toEqual({
    ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^OptInFunction/), 'Arn'] },
    ServiceTimeout: '300',
    mode: 'check',
    resourceTypes: ['Aurora', 'RDS'],
  });
  expect(allowed(template)).toEqual([['logs:CreateLogStream', 'logs:PutLogEvents'], 'backup:DescribeRegionSettings']);
});

test('maximal properties: may set the opt-in too', () => {
  const template = optIn(OptInMode.SET);
  template.hasResourceProperties(CUSTOM_RESOURCE, { mode: 'set' });
  expect(allowed(template)).toContainEqual(['backup:DescribeRegionSettings', 'backup:UpdateRegionSettings']);
});

test('asks only when the function may ask', () => {
  const template = optIn();
  const [policyId] = onlyResource(template, 'AWS::IAM::Policy');
  const [, resource] = onlyResource(template, CUSTOM_RESOURCE);
  expect(resource.DependsOn).toContain(policyId);
});

test('one function, with time left for its answer', () => {
  optIn().hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'acme-opt-in-backup', Timeout: 120 });
});

function optIn(mode?: OptInMode): Template {
  const stack = primaryStack();
  const construct = new BackupOptIn(stack, 'OptIn', { prefix: 'acme', mode });
  construct.need('RDS');
  construct.need('Aurora');
  construct.need('RDS');
  return Template.fromStack(stack);
}

function allowed(template: Template) {
  const [, policy] = onlyResource(template, 'AWS::IAM::Policy');
  return statements(policy).map(({ Action }) => Action);
}
