import { loadConfiguration, validateConfiguration } from '../../../lib/configuration';
import { databaseBackups, managedDatabase, recoveryVault } from '../../../lib/configuration/managed-databases';
import { KEY_ID, OTHER_ACCOUNT, REPLICA_KEY_ARN } from '../deployment';
import { mistakes, SHIPPED_PATH, shippedWith } from './shipped';

const CLUSTER = 'rds.databases[0]';
const INSTANCE = 'rds.databases[1]';
const IDENTIFIER =
  'the identifier of an instance or a cluster: 1 to 63 lower-case letters, digits and single hyphens, beginning with a letter';

describe('the shipped file', () => {
  test('shows a cluster and an instance, with everything that can be said', () => {
    const { rds } = loadConfiguration(SHIPPED_PATH);
    expect(rds).toMatchObject({
      time: { hour: 3, minute: 0, timeZone: 'UTC' },
      restoreTesting: { primary: { securityGroupIds: [expect.any(String)] }, recovery: {} },
      databases: [{ cluster: 'orders' }, { instance: 'billing', keyArn: expect.any(String) }],
    });
  });

  test('can do without, and then has none', () => {
    expect(mistakes(shippedWith({ rds: undefined }))).toEqual([]);
    expect(validateConfiguration(shippedWith({ rds: undefined }), 'x').rds).toBeUndefined();
  });
});

test('fills in defaults', () => {
  const { rds } = validateConfiguration(
    shippedWith({ rds: { databases: [{ name: 'billing', instance: 'billing' }] } }),
    'x',
  );
  expect(rds).toEqual({
    lockMode: 'governance',
    serviceOptIn: 'check',
    auditControls: true,
    databases: [{ name: 'billing', instance: 'billing', crossRegionBackups: false }],
  });
});

describe('as constructs take it', () => {
  const { rds } = validateConfiguration(
    shippedWith({ 'rds.lockMode': 'compliance', [`${INSTANCE}.crossRegionBackups`]: true }),
    'x',
  );
  if (!rds) {
    throw new Error('the shipped file has rds');
  }

  test('the options of the primary Region have its network', () => {
    expect(databaseBackups(rds)).toEqual({
      time: { hour: 3, minute: 0, timeZone: 'UTC' },
      lockMode: 'compliance',
      serviceOptIn: 'check',
      auditControls: true,
      restoreTesting: { subnetGroup: 'restore-tests', securityGroupIds: ['sg-0123456789abcdef1'] },
    });
  });

  test('those of the recovery Region have the same time and lock, and the network there', () => {
    expect(recoveryVault(rds)).toEqual({
      time: { hour: 3, minute: 0, timeZone: 'UTC' },
      lockMode: 'compliance',
      restoreTesting: { subnetGroup: 'restore-tests', securityGroupIds: ['sg-0123456789abcdef2'] },
    });
  });

  test('an instance and a cluster are what they are', () => {
    expect(rds.databases.map((each) => managedDatabase(each).target(each.name))).toEqual([
      { resource: 'orders-cluster', kind: 'cluster', identifier: 'orders', hasCrossRegionBackups: false },
      {
        resource: 'billing',
        kind: 'instance',
        identifier: 'billing',
        keyArn: `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`,
        hasCrossRegionBackups: true,
      },
    ]);
  });

  test('one that is neither is a mistake of the program', () => {
    expect(() => managedDatabase({ name: 'orders', crossRegionBackups: false })).toThrow(TypeError);
  });
});

describe('refuses, with what is allowed,', () => {
  test.each<[path: string, value: unknown, allowed: string]>([
    ['rds', [], 'an object'],
    ['rds.databases', [], 'a list of 1 or more'],
    ['rds.databases', {}, 'a list'],
    ['rds.lockMode', 'legal', 'one of governance, compliance'],
    ['rds.serviceOptIn', 'off', 'one of check, set'],
    ['rds.auditControls', 'yes', 'true or false'],
    ['rds.time', '03:00', 'an object'],
    ['rds.restoreTesting', 'subnet-1', 'an object'],
    ['rds.restoreTesting.primary.subnetGroup', '', 'the name of a subnet group of RDS'],
    [
      'rds.restoreTesting.primary.securityGroupIds[0]',
      'default',
      'the id of a security group, such as "sg-0123456789abcdef0"',
    ],
    [`${INSTANCE}.instance`, 'Billing', IDENTIFIER],
    [`${CLUSTER}.cluster`, 'orders--1', IDENTIFIER],
    [`${INSTANCE}.keyArn`, 'alias/aws/rds', 'the ARN of a KMS key'],
    [`${INSTANCE}.crossRegionBackups`, 'true', 'true or false'],
  ])('%s of %p', (path, value, allowed) => {
    expect(mistakes(shippedWith({ [path]: value }))).toEqual([
      `${path}: must be ${allowed}, got: ${JSON.stringify(value)}`,
    ]);
  });

  test('an unknown field', () => {
    expect(mistakes(shippedWith({ 'rds.retention': 35 }))).toHaveLength(1);
  });
});

describe('refuses what does not go together:', () => {
  test('an entry that is both, or neither', () => {
    expect(mistakes(shippedWith({ [`${CLUSTER}.instance`]: 'orders' }))).toEqual([
      `${CLUSTER}: must have exactly one of instance, cluster, got: instance, cluster`,
    ]);
    expect(mistakes(shippedWith({ [`${CLUSTER}.cluster`]: undefined }))).toEqual([
      `${CLUSTER}: must have exactly one of instance, cluster, got: none`,
    ]);
  });

  test('a name that is taken, by tenant dumps too, whose metrics would be mixed with these', () => {
    expect(mistakes(shippedWith({ [`${CLUSTER}.name`]: 'orders' }))).toEqual([
      `${CLUSTER}.name: must be unique, databases[0] has it too, got: "orders"`,
    ]);
  });

  test('a name that alarms of Holdfast have', () => {
    expect(mistakes(shippedWith({ [`${CLUSTER}.name`]: 'database' }))).toEqual([
      `${CLUSTER}.name: must not be "database", alarms of Holdfast have it`,
    ]);
  });

  test.each([
    ['instance', 'billing'],
    ['cluster', 'orders'],
  ])('the same %s twice', (kind, identifier) => {
    const databases = ['one', 'two'].map((name) => ({ name, [kind]: identifier }));
    expect(mistakes(shippedWith({ 'rds.databases': databases }))).toEqual([
      `rds.databases[1].${kind}: must be unique, rds.databases[0] has it too, got: "${identifier}"`,
    ]);
  });

  test('a key of another Region', () => {
    const keyArn = `arn:aws:kms:eu-west-3:111122223333:key/${KEY_ID}`;
    expect(mistakes(shippedWith({ [`${INSTANCE}.keyArn`]: keyArn }))).toEqual([
      `${INSTANCE}.keyArn: must be a key in primary.region (eu-west-1), got one in: eu-west-3`,
    ]);
  });

  test('automated backups of a cluster in the recovery Region', () => {
    expect(mistakes(shippedWith({ [`${CLUSTER}.crossRegionBackups`]: true }))).toEqual([
      `${CLUSTER}.crossRegionBackups: must not be true of a cluster: RDS replicates automated backups of instances alone. HINT: leave it out; snapshots are copied there anyway`,
    ]);
  });

  test('automated backups in a Region that RDS does not replicate to', () => {
    expect(
      mistakes(shippedWith({ 'recovery.region': 'ap-southeast-2', [`${INSTANCE}.crossRegionBackups`]: true })),
    ).toEqual([
      expect.stringMatching(
        /^rds\.databases\[1\]\.crossRegionBackups: must not be true here: RDS replicates automated backups from eu-west-1 to .*, got: ap-southeast-2\. HINT: /,
      ),
    ]);
  });

  test('automated backups in another account', () => {
    const changes = {
      'recovery.account': OTHER_ACCOUNT,
      'recovery.replicaKeyArn': REPLICA_KEY_ARN,
      [`${INSTANCE}.crossRegionBackups`]: true,
    };
    expect(mistakes(shippedWith(changes))).toEqual([
      `${INSTANCE}.crossRegionBackups: must not be true while the recovery Region lies in another account (${OTHER_ACCOUNT}): RDS replicates automated backups within an account alone. HINT: leave it out; snapshots are copied there anyway`,
    ]);
  });

  test('one Region for both, once', () => {
    const changes = { 'recovery.region': 'eu-west-1', [`${INSTANCE}.crossRegionBackups`]: true };
    expect(mistakes(shippedWith(changes))).toHaveLength(1);
  });

  test('a time that does not exist', () => {
    expect(mistakes(shippedWith({ 'rds.time': { hour: 24, minute: 60, timeZone: 'CET+1' } }))).toEqual([
      'rds.time.hour: must be a whole number from 0 to 23, got: 24',
      'rds.time.minute: must be a whole number from 0 to 59, got: 60',
      'rds.time.timeZone: must be the IANA name of a time zone such as "Europe/Berlin", got: "CET+1"',
    ]);
  });

  test('more security groups than RDS takes, in either Region', () => {
    const securityGroupIds = ['1', '2', '3', '4', '5', '6'].map((digit) => `sg-${digit}`);
    expect(
      mistakes(
        shippedWith({
          'rds.restoreTesting.primary.securityGroupIds': [],
          'rds.restoreTesting.recovery.securityGroupIds': securityGroupIds,
        }),
      ),
    ).toEqual([
      'rds.restoreTesting.primary.securityGroupIds: must be a list of 1 to 5, got: 0',
      'rds.restoreTesting.recovery.securityGroupIds: must be a list of 1 to 5, got: 6',
    ]);
  });

  test('mistakes of databases and of options, all at once', () => {
    const changes = { 'rds.time.hour': 25, [`${CLUSTER}.crossRegionBackups`]: true, 'rds.lockMode': 'x' };
    expect(mistakes(shippedWith(changes)).map((line) => line.split(': ')[0])).toEqual([
      'rds.lockMode',
      `${CLUSTER}.crossRegionBackups`,
      'rds.time.hour',
    ]);
  });
});
