import { protectedTenants, validateConfiguration } from '../../../lib/configuration';
import { primaryStack } from '../deployment';
import { shippedWith } from './shipped';

const stack = primaryStack();

test('gives the constructs the address, the logins and the options of a database', () => {
  const { database, tenants, ...options } = protectedTenantsWith({ 'databases[0].groups': 4 });
  expect(stack.resolve(database.connection(stack, database.dumpSignIn))).toEqual({
    host: 'orders.cluster-abcdefghijkl.eu-west-1.rds.amazonaws.com',
    port: 5432,
    database: 'orders',
    login: { kind: 'iam', user: 'holdfast_dump', region: 'eu-west-1' },
  });
  expect(database.restoreSignIn.login(stack)).toMatchObject({ kind: 'secret' });
  expect(tenants.source).toEqual({ kind: 'schemasLike', pattern: 'tenant\\_%' });
  expect(options).toEqual({
    postgresMajor: 17,
    leaveOut: { tenant_demo: 'demonstration, filled anew each night' },
    groups: 4,
    schedule: { hour: 1, minute: 30, timeZone: 'Europe/Berlin' },
    lockMode: 'governance',
    network: {
      subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      securityGroupIds: ['sg-0123456789abcdef0'],
    },
  });
});

test.each([
  [{ schemasLike: 'a%' }, { kind: 'schemasLike', pattern: 'a%' }],
  [{ schemas: ['a', 'b'] }, { kind: 'schemas', schemas: ['a', 'b'] }],
  [{ registry: 'select 1' }, { kind: 'registry', query: 'select 1' }],
  [{ databasesLike: 'a%' }, { kind: 'databasesLike', pattern: 'a%' }],
])('finds the tenants of %j', (tenants, source) => {
  expect(protectedTenantsWith({ 'databases[0].tenants': tenants }).tenants.source).toEqual(source);
});

test('lets restores sign in as dumps do where nothing else is said', () => {
  const { database } = protectedTenantsWith({ 'databases[0].restoreSignIn': undefined });
  expect(database.restoreSignIn).toBe(database.dumpSignIn);
});

function protectedTenantsWith(changes: Readonly<Record<string, unknown>>) {
  const [database] = validateConfiguration(shippedWith(changes), 'holdfast.config.json').databases;
  if (!database) {
    throw new Error('no database');
  }
  return protectedTenants(database);
}
