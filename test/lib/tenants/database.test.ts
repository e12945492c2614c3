import { aws_rds as rds, type Stack } from 'aws-cdk-lib';
import { DatabaseSignIn, type LoginSecret, TenantDatabase } from '../../../lib';
import { secretProblems } from '../../../lib/login-secret';
import { KEY_ID, primaryStack } from '../deployment';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-a1b2c3';
const KEY_ARN = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;
const signIn = DatabaseSignIn.withSecret({ secretArn: SECRET_ARN });

let stack: Stack;
beforeEach(() => {
  stack = primaryStack();
});

describe('to sign in with a secret', () => {
  test('the job is told which, and its role may read that one', () => {
    expect(signIn.login(stack)).toEqual({ kind: 'secret', secretArn: SECRET_ARN });
    expect(policy(signIn)).toEqual([
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: SECRET_ARN },
    ]);
  });

  test('its customer key may be used through Secrets Manager alone', () => {
    expect(policy(DatabaseSignIn.withSecret({ secretArn: SECRET_ARN, keyArn: KEY_ARN }))).toContainEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: KEY_ARN,
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
    });
  });

  test('secret and key must be of the Region', () => {
    const secret: LoginSecret = { secretArn: SECRET_ARN, keyArn: KEY_ARN };
    expect(secretProblems(secret, 'secret', 'eu-west-1')).toEqual([]);
    expect(secretProblems(secret, 'secret', 'eu-west-3')).toEqual([
      {
        path: 'secret.secretArn',
        message: 'must be a secret in primary.region (eu-west-3), got one in: eu-west-1',
      },
      { path: 'secret.keyArn', message: 'must be a key in primary.region (eu-west-3), got one in: eu-west-1' },
    ]);
  });
});

test('to sign in with IAM, the job is told the user, and its role may be that user of that database alone', () => {
  const iam = DatabaseSignIn.withIam({ user: 'holdfast_dump', resourceId: 'db-ABCDEFGHIJKL01234' });
  expect(iam.login(stack)).toEqual({ kind: 'iam', user: 'holdfast_dump', region: 'eu-west-1' });
  expect(policy(iam)).toEqual([
    {
      Effect: 'Allow',
      Action: 'rds-db:connect',
      Resource: 'arn:aws:rds-db:eu-west-1:111122223333:dbuser:db-ABCDEFGHIJKL01234/holdfast_dump',
    },
  ]);
});

describe('a database', () => {
  test('by its address listens on 5432 unless told otherwise', () => {
    const at = { host: 'orders.example.com', name: 'orders', signIn };
    expect(connection(TenantDatabase.at(at))).toMatchObject({
      host: 'orders.example.com',
      port: 5432,
      database: 'orders',
    });
    expect(connection(TenantDatabase.at({ ...at, port: 6543 }))).toMatchObject({ port: 6543 });
  });

  test('of an instance has its endpoint', () => {
    const instance = rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Instance', {
      instanceIdentifier: 'orders',
      instanceEndpointAddress: 'orders.abcdefghijkl.eu-west-1.rds.amazonaws.com',
      port: 5433,
      securityGroups: [],
    });
    expect(connection(TenantDatabase.ofInstance(instance, { name: 'orders', signIn }))).toMatchObject({
      host: 'orders.abcdefghijkl.eu-west-1.rds.amazonaws.com',
      port: 5433,
    });
  });

  test("of an Aurora cluster has its writer's endpoint", () => {
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      clusterIdentifier: 'orders',
      clusterEndpointAddress: 'orders.cluster-abcdefghijkl.eu-west-1.rds.amazonaws.com',
      readerEndpointAddress: 'orders.cluster-ro-abcdefghijkl.eu-west-1.rds.amazonaws.com',
      port: 5432,
    });
    expect(connection(TenantDatabase.ofCluster(cluster, { name: 'orders', signIn }))).toMatchObject({
      host: 'orders.cluster-abcdefghijkl.eu-west-1.rds.amazonaws.com',
      port: 5432,
    });
  });

  test('lets restores sign in as dumps do unless told otherwise', () => {
    const other = DatabaseSignIn.withIam({ user: 'holdfast_restore', resourceId: 'db-ABCDEFGHIJKL01234' });
    const at = { host: 'orders.example.com', name: 'orders', signIn };
    expect(TenantDatabase.at(at).restoreSignIn).toBe(signIn);
    expect(TenantDatabase.at({ ...at, restoreSignIn: other }).restoreSignIn).toBe(other);
    expect(TenantDatabase.at({ ...at, restoreSignIn: other }).dumpSignIn).toBe(signIn);
  });
});

function connection(database: TenantDatabase): unknown {
  return stack.resolve(database.connection(stack, database.dumpSignIn));
}

function policy(way: DatabaseSignIn): unknown {
  return stack.resolve(way.statements(stack).map((statement) => statement.toStatementJson()));
}
