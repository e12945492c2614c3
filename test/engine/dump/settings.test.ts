import type { TenantDumpsSettings } from '../../../engine/contract/tenant-dumps';
import { readSettings, SettingsError } from '../../../engine/dump/settings';
import { dumpSettings } from './dump-settings';

const read = (settings: unknown): TenantDumpsSettings =>
  readSettings({ HOLDFAST_TENANT_DUMPS: typeof settings === 'string' ? settings : JSON.stringify(settings) });

const problemOf = (settings: unknown): string => {
  try {
    read(settings);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
  throw new Error('the settings were taken');
};

describe('the settings of a job', () => {
  it.each<[string, Partial<TenantDumpsSettings>]>([
    ['schemas like a pattern', {}],
    ['a list of schemas', { tenants: { kind: 'schemas', schemas: ['a', 'B "c"'] } }],
    ['a registry', { tenants: { kind: 'registry', query: 'SELECT tenant, schema FROM tenants' } }],
    ['a database for each tenant', { tenants: { kind: 'databasesLike', pattern: 'tenant%' }, parallelism: 4 }],
    ['IAM', { connection: { ...dumpSettings().connection, login: { kind: 'iam', user: 'u', region: 'eu-west-1' } } }],
    ['tenants to leave out', { leaveOut: { acme: 'suspended' } }],
    ['a key', { store: { bucket: 'b', region: 'r', keyArn: 'arn:aws:kms:eu-west-1:111122223333:alias/holdfast' } }],
    ['several groups', { groups: 100, parallelism: 64, compression: 'zstd', lockMode: 'compliance' }],
  ])('are taken with %s', (_, settings) => {
    const whole = dumpSettings(settings);
    expect(read(whole)).toEqual(whole);
  });

  it.each([undefined, ''])('are missed when the variable is %j', (value) => {
    expect(() => readSettings({ HOLDFAST_TENANT_DUMPS: value })).toThrow(/the variable is not set\)\. HINT: /);
  });

  it('are refused when they are no JSON, without a quotation', () => {
    const problem = problemOf('{"password": "x"');
    expect(problem).toContain('it is no JSON');
    expect(problem).not.toContain('password');
  });

  it('name all their mistakes at once', () => {
    const { groups, ...incomplete } = dumpSettings();
    const problem = problemOf({ ...incomplete, resource: 'a/b', compression: 'rar', parallelism: 65 });
    for (const field of ['resource: ', 'compression: ', 'groups: ', 'parallelism: ']) {
      expect(problem).toContain(field);
    }
  });

  it.each<[string, object, RegExp]>([
    ['a fraction of groups', { groups: 1.5 }, /groups: /],
    ['no group', { groups: 0 }, /groups: /],
    ['too many groups', { groups: 101 }, /groups: /],
    ['an empty pattern', { tenants: { kind: 'schemasLike', pattern: '' } }, /tenants: .*must not be empty/],
    ['an unknown source', { tenants: { kind: 'files' } }, /tenants/],
    ['no daily backup', { retention: { daily: 0, weekly: 1, monthly: 1, yearly: 1 } }, /retention: daily must be/],
    ['a reason that says nothing', { leaveOut: { acme: '' } }, /leaveOut\.acme: /],
    ['a port that is none', { connection: { ...dumpSettings().connection, port: 65_536 } }, /connection\.port: /],
    [
      'a secret that is no ARN',
      { connection: { ...dumpSettings().connection, login: { kind: 'secret', secretArn: 'orders' } } },
      /connection\.login\.secretArn: /,
    ],
    [
      'groups of databases',
      { tenants: { kind: 'databasesLike', pattern: 't%' }, groups: 2 },
      /groups must be 1 with a database for each tenant, got: 2/,
    ],
  ])('are refused with %s', (_, mistake, expected) => {
    const problem = problemOf({ ...dumpSettings(), ...mistake });
    expect(problem).toMatch(expected);
    expect(problem).toContain('HINT: ');
  });
});
