import { keyInPolicies, throughService } from '../../lib/key-conditions';

test('a key is named by its ARN', () => {
  const arn = 'arn:aws:kms:eu-west-1:111122223333:key/1';
  expect(keyInPolicies(arn)).toEqual({ resource: arn, condition: {} });
});

test('an alias stands for whichever key of its Region and account has it, perhaps among others', () => {
  expect(keyInPolicies('arn:aws:kms:eu-west-1:111122223333:alias/aws/rds')).toEqual({
    resource: 'arn:aws:kms:eu-west-1:111122223333:key/*',
    condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/aws/rds' } },
  });
});

test('a key may be used through one service of one Region', () => {
  expect(throughService('s3', 'eu-west-1')).toEqual({
    StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' },
  });
});
