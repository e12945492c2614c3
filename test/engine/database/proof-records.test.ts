import type { S3Client } from '@aws-sdk/client-s3';
import type { DatabaseFinding, DatabaseResult, VerifyDatabaseResult } from '../../../engine/contract/verify-database';
import { databaseRecord, recordDatabases } from '../../../engine/database/proof-records';
import { FakeS3Server } from '../../fakes/s3-server';
import { NOW } from './fake-account';

const BUCKET = 'proofs';
const HOUR_MS = 3_600_000;
const late: DatabaseFinding = { kind: 'recoveryPointLate', isCritical: true, detail: 'late' };
const drift: DatabaseFinding = { kind: 'drift', isCritical: false, detail: 'differs' };
const unknown: DatabaseFinding = { kind: 'unknown', isCritical: true, detail: 'could not describe the vault' };

const database = (more: Partial<DatabaseResult> = {}): DatabaseResult => ({
  resource: 'orders',
  findings: [],
  rpoSeconds: 180,
  ageSeconds: { daily: 7200, weekly: 90_000 },
  ...more,
});
const result = (more: Partial<VerifyDatabaseResult> = {}): VerifyDatabaseResult => ({
  databases: [database()],
  common: [],
  reportKey: 'database/reports/20261123T150000000Z.json',
  ...more,
});

describe('the record of a database', () => {
  test('says which moment can be restored, and how old the newest backup is', () => {
    expect(databaseRecord(database(), [drift], NOW, 's3://proofs/database/reports/a.json')).toMatchObject({
      system: 'database',
      resource: 'orders',
      level: 'present',
      outcome: 'proved',
      startedAt: '2026-11-23T15:00:00.000Z',
      restorableAt: '2026-11-23T14:57:00.000Z',
      backupAt: '2026-11-23T13:00:00.000Z',
      findings: [drift],
      report: 's3://proofs/database/reports/a.json',
    });
  });

  test('leaves out what is not known', () => {
    const record = databaseRecord(database({ rpoSeconds: undefined, ageSeconds: {} }), [], NOW, undefined);
    expect(Object.keys(record)).not.toEqual(expect.arrayContaining(['restorableAt']));
    expect(Object.keys(record)).not.toEqual(expect.arrayContaining(['backupAt']));
    expect(Object.keys(record)).not.toEqual(expect.arrayContaining(['report']));
  });

  test.each<[string, DatabaseFinding[], DatabaseFinding[], string]>([
    ['something is wrong with it', [late, unknown], [], 'damaged'],
    ['something is wrong with what all share', [], [late], 'damaged'],
    ['something could not be looked up', [drift], [unknown], 'failed'],
    ['something is not set as configured', [drift], [drift], 'proved'],
  ])('when %s', (_, findings, common, outcome) => {
    const record = databaseRecord(database({ findings }), common, NOW, undefined);
    expect(record).toMatchObject({ outcome, findingCount: findings.length + common.length });
  });
});

describe('recording', () => {
  let server: FakeS3Server;
  let s3: S3Client;
  beforeAll(async () => {
    server = await FakeS3Server.start();
    s3 = server.client();
  });
  beforeEach(() => server.reset());
  afterAll(async () => {
    s3.destroy();
    await server.stop();
  });
  const record = (given: VerifyDatabaseResult, now = NOW) => recordDatabases(given, { s3, bucket: BUCKET, now });
  const damaged = result({ databases: [database({ findings: [late] })] });

  test('writes one of each database, whose proof is new then', async () => {
    const given = result({ databases: [database(), database({ resource: 'users' })] });
    expect((await record(given)).databases.map(({ presentAgeSeconds }) => presentAgeSeconds)).toEqual([0, 0]);
    expect([...server.objects(BUCKET).keys()]).toEqual([
      'database/orders/proofs/present/20261123T150000000Z-proved.json',
      'database/users/proofs/present/20261123T150000000Z-proved.json',
    ]);
    expect(server.count('ListObjectsV2')).toBe(0);
  });

  test('tells of a database that is not proved now how old its newest proof is', async () => {
    await record(result());
    const [orders] = (await record(damaged, NOW + 3 * HOUR_MS)).databases;
    expect(orders).toMatchObject({ presentAgeSeconds: 3 * 3600, findings: [late] });
    expect([...server.objects(BUCKET).keys()].at(-1)).toBe(
      'database/orders/proofs/present/20261123T180000000Z-damaged.json',
    );
  });

  test('tells no age of a database that was never proved', async () => {
    const [orders] = (await record(damaged)).databases;
    expect(orders).not.toHaveProperty('presentAgeSeconds');
  });

  test('a record that cannot be written is a finding, and no proof', async () => {
    await record(result());
    server.fault = ({ operation }) => (operation === 'PutObject' ? { status: 403, code: 'AccessDenied' } : undefined);
    const [orders] = (await record(result(), NOW + HOUR_MS)).databases;
    expect(orders?.presentAgeSeconds).toBe(3600);
    expect(orders?.findings).toEqual([
      {
        kind: 'unknown',
        isCritical: true,
        detail: expect.stringMatching(/^could not write the proof record of orders into the bucket proofs \(/),
      },
    ]);
  });

  test('records that cannot be read are a finding', async () => {
    server.fault = ({ operation }) =>
      operation === 'ListObjectsV2' ? { status: 403, code: 'AccessDenied' } : undefined;
    const [orders] = (await record(damaged)).databases;
    expect(orders?.findings).toEqual([
      late,
      expect.objectContaining({ detail: expect.stringMatching(/^could not read the proof records of orders/) }),
    ]);
    expect(orders).not.toHaveProperty('presentAgeSeconds');
  });
});
