import { Token } from 'aws-cdk-lib';
import { crossRegionBackupProblems } from '../../../lib/database/cross-region-backups';
import { OTHER_ACCOUNT, PRIMARY } from '../deployment';

const { account } = PRIMARY;

test.each([
  ['eu-west-1', 'eu-central-1'],
  ['us-east-1', 'sa-east-1'],
  ['ap-northeast-3', 'ap-northeast-1'],
])('takes %s to %s', (from, to) => {
  expect(messages(from, to)).toEqual([]);
});

test('refuses a pair, and says where to it could go', () => {
  const [from, to] = [
    { account, region: 'ap-northeast-3' },
    { account, region: 'eu-west-1' },
  ] as const;
  expect(crossRegionBackupProblems('instance', from, to, 'crossRegionBackups')).toEqual([
    {
      path: 'crossRegionBackups',
      message:
        'must not be true here: RDS replicates automated backups from ap-northeast-3 to ap-northeast-1, got: eu-west-1. HINT: leave it out; snapshots are copied there anyway',
    },
  ]);
});

test('a pair one way is none the other way', () => {
  expect(messages('us-east-1', 'eu-west-2')).toEqual([]);
  expect(messages('us-east-2', 'eu-west-2')).toHaveLength(1);
});

test('refuses a Region that RDS replicates from to nowhere', () => {
  expect(messages('mx-central-1', 'us-east-1')).toEqual([
    expect.stringContaining('from mx-central-1 to no other Region, got: us-east-1'),
  ]);
});

test('takes a Region that the deployment alone knows', () => {
  expect(messages(Token.asString({ Ref: 'AWS::Region' }), 'eu-central-1')).toEqual([]);
});

test('refuses another account, and a cluster', () => {
  const [from, to] = [PRIMARY, { account: OTHER_ACCOUNT, region: 'eu-central-1' }];
  expect(crossRegionBackupProblems('instance', from, to, 'x')).toEqual([
    {
      path: 'x',
      message: expect.stringMatching(/^must not be true while .* another account \(444455556666\).* HINT: /),
    },
  ]);
  expect(crossRegionBackupProblems('cluster', from, { ...to, account }, 'x')).toEqual([
    { path: 'x', message: expect.stringMatching(/^must not be true of a cluster: .* HINT: /) },
  ]);
});

/** What is wrong between two Regions of one account. */
function messages(from: string, to: string): string[] {
  const problems = crossRegionBackupProblems('instance', { account, region: from }, { account, region: to }, 'x');
  return problems.map(({ message }) => message);
}
