import { aws_rds as rds, type Stack, Token } from 'aws-cdk-lib';
import { ManagedDatabase } from '../../../lib';
import { KEY_ID, OTHER_ACCOUNT, primaryStack, recoveryRegion } from '../deployment';
import { cluster, instance } from './databases';

const KEY_ARN = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;

let stack: Stack;
beforeEach(() => {
  stack = primaryStack();
});

test('an instance that is there already is known by its identifier', () => {
  const database = ManagedDatabase.instance('billing');
  expect(database.arn(stack)).toBe('arn:aws:rds:eu-west-1:111122223333:db:billing');
  expect(database.resourceType).toBe('RDS');
  expect(database.target('bills')).toEqual({
    resource: 'bills',
    kind: 'instance',
    identifier: 'billing',
    keyArn: undefined,
    hasCrossRegionBackups: false,
  });
  expect(database.problems(stack, recoveryRegion())).toEqual([]);
});

test('a cluster that is there already is known by its identifier', () => {
  const database = ManagedDatabase.cluster('orders', { keyArn: KEY_ARN });
  expect(database.arn(stack)).toBe('arn:aws:rds:eu-west-1:111122223333:cluster:orders');
  expect(database.resourceType).toBe('Aurora');
  expect(database.target('orders')).toMatchObject({ kind: 'cluster', keyArn: KEY_ARN });
});

test('what is expected beyond the defaults is told to the verification', () => {
  const database = ManagedDatabase.instance('billing', { keyArn: KEY_ARN, crossRegionBackups: true });
  expect(database.target('bills')).toMatchObject({ keyArn: KEY_ARN, hasCrossRegionBackups: true });
  expect(database.problems(stack, recoveryRegion())).toEqual([]);
});

test('an instance and a cluster of the same app are known by what CloudFormation calls them', () => {
  const ofInstance = ManagedDatabase.ofInstance(instance(stack));
  const ofCluster = ManagedDatabase.ofCluster(cluster(stack));
  expect(stack.resolve(ofInstance.arn(stack))).toEqual({
    'Fn::Join': ['', ['arn:aws:rds:eu-west-1:111122223333:db:', { Ref: expect.stringMatching(/^Billing/) }]],
  });
  expect(stack.resolve(ofCluster.target('orders').identifier)).toEqual({ Ref: expect.stringMatching(/^Orders/) });
  expect([...ofInstance.problems(stack, recoveryRegion()), ...ofCluster.problems(stack, recoveryRegion())]).toEqual([]);
});

test('a database of the same app is set as AWS Backup wants it', () => {
  const billing = instance(stack);
  ManagedDatabase.ofInstance(billing, { crossRegionBackups: true }).configure({ recovery: recoveryRegion() });
  expect(billing.node.defaultChild).toMatchObject({
    backupRetentionPeriod: 35,
    automaticBackupReplicationRegion: 'eu-central-1',
  });
});

test('an imported database stays as it is', () => {
  const imported = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Imported', {
    clusterIdentifier: 'orders',
  });
  const database = ManagedDatabase.ofCluster(imported);
  expect(() => database.configure({ recovery: recoveryRegion() })).not.toThrow();
  expect(database.arn(stack)).toBe('arn:aws:rds:eu-west-1:111122223333:cluster:orders');
});

test('a database that is there already has nothing to set', () => {
  expect(() => ManagedDatabase.instance('billing').configure({ recovery: recoveryRegion() })).not.toThrow();
});

describe('refused is', () => {
  test.each(['Billing', '1billing', 'billing-', 'bill--ing', 'bill_ing', '', 'b'.repeat(64)])(
    'the identifier "%s"',
    (identifier) => {
      expect(ManagedDatabase.instance(identifier).problems(stack, recoveryRegion())).toEqual([
        {
          path: 'database',
          message: `must be the identifier of an instance or a cluster: 1 to 63 lower-case letters, digits and single hyphens, beginning with a letter, got: "${identifier}"`,
        },
      ]);
    },
  );

  test('a cluster with automated backups in the recovery Region', () => {
    expect(ManagedDatabase.cluster('orders', { crossRegionBackups: true }).problems(stack, recoveryRegion())).toEqual([
      {
        path: 'crossRegionBackups',
        message: expect.stringMatching(/^must not be true of a cluster: RDS replicates .* instances alone\. HINT: /),
      },
    ]);
  });

  test.each([
    ['another account', { account: OTHER_ACCOUNT }],
    ['a Region that RDS does not replicate to', { region: 'ap-southeast-2' }],
  ])('an instance with automated backups in %s, though it is there already', (_what, props) => {
    const database = ManagedDatabase.instance('billing', { crossRegionBackups: true });
    expect(database.problems(stack, recoveryRegion(props))).toEqual([
      { path: 'crossRegionBackups', message: expect.stringMatching(/^must not be true .* HINT: /) },
    ]);
  });
});

test('an identifier that is known at deployment alone is taken', () => {
  expect(ManagedDatabase.instance(Token.asString({ Ref: 'Billing' })).problems(stack, recoveryRegion())).toEqual([]);
});
