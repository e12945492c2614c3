import { resolveReferences } from '../../local/deployed-stack';

const CONTEXT = {
  region: 'eu-west-1',
  account: '111122223333',
  stackName: 'Stack',
  resources: {
    Key: { type: 'AWS::KMS::Key', physicalId: '0f2d' },
    Bucket: { type: 'AWS::S3::Bucket', physicalId: 'files' },
    Role: { type: 'AWS::IAM::Role', physicalId: 'copier' },
    Topic: { type: 'AWS::SNS::Topic', physicalId: 'arn:aws:sns:eu-west-1:111122223333:critical' },
  },
};

/** A reference within the text of `Fn::Sub`. */
const placeholder = (name: string): string => `$${`{${name}}`}`;

test.each([
  ['the name of a resource', { Ref: 'Bucket' }, 'files'],
  ['the Region', { Ref: 'AWS::Region' }, 'eu-west-1'],
  ['the account', { Ref: 'AWS::AccountId' }, '111122223333'],
  ['the ARN of a key', { 'Fn::GetAtt': ['Key', 'Arn'] }, 'arn:aws:kms:eu-west-1:111122223333:key/0f2d'],
  ['the ARN of a bucket', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'arn:aws:s3:::files'],
  ['the ARN of a role', { 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::111122223333:role/copier'],
  ['a joined text', { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::x']] }, 'arn:aws:s3:::x'],
  [
    'references within a text',
    { 'Fn::Sub': `${placeholder('AWS::AccountId')}/${placeholder('Bucket')}` },
    '111122223333/files',
  ],
])('resolves %s', (_, value, expected) => {
  expect(resolveReferences(value, CONTEXT)).toBe(expected);
});

test('resolves references deep inside a value and keeps the rest', () => {
  const value = { Rules: [{ Id: 'a', Days: 3, On: true, Key: { Ref: 'Key' } }], Ref: 'not a reference', None: null };
  expect(resolveReferences(value, CONTEXT)).toEqual({
    Rules: [{ Id: 'a', Days: 3, On: true, Key: '0f2d' }],
    Ref: 'not a reference',
    None: null,
  });
});

test.each([
  ['a function that it does not know', { 'Fn::Select': [0, ['a']] }, 'Stack: cannot resolve {"Fn::Select":[0,["a"]]}.'],
  ['a resource that does not exist', { Ref: 'Nobody' }, 'Stack: nothing is called Nobody.'],
  ['a text that refers to nobody', { 'Fn::Sub': placeholder('Nobody') }, 'Stack: nothing is called Nobody.'],
  ['an attribute that it does not know', { 'Fn::GetAtt': ['Topic', 'Arn'] }, 'Stack: cannot resolve Topic.Arn.'],
  ['another attribute than the ARN', { 'Fn::GetAtt': ['Key', 'KeyId'] }, 'Stack: cannot resolve Key.KeyId.'],
])('refuses %s', (_, value, message) => {
  expect(() => resolveReferences(value, CONTEXT)).toThrow(message);
});
