import { BackupFile } from '../../../engine/contract/backup-layout';
import { ProofOutcome, ProofSystem } from '../../../engine/contract/proofs';
import type { ProofLevel } from '../../../engine/contract/signals';
import { READER_ACTIONS } from '../../../engine/status/gather';
import type { S3Call } from '../../fakes/s3-server';
import { sdkError } from '../../fakes/sdk-client';
import { RESOURCE } from '../catalog/backup';
import { deployment } from '../deployment/deployments';
import { ago, HOUR, NOW, record } from './evidence';
import { alarmsOf, DUMPS_BUCKET, PROOFS_BUCKET, QUIET, StatusRig } from './status-rig';

const ID = '20261123T020000Z-0f3c9a1e';
const OLDER = '20261122T020000Z-0f3c9a1e';
const TENANTS = { tenants: [RESOURCE] };
const FILES = { files: ['uploads'] };

let rig: StatusRig;
beforeAll(async () => {
  rig = await StatusRig.start();
});
afterEach(() => rig.server.reset());
afterAll(() => rig.stop());

const files = (level: ProofLevel, seconds = HOUR, more = {}) =>
  record(seconds, { system: ProofSystem.FILES, resource: 'uploads', level, ...more });

async function proveFiles() {
  await rig.prove(files('present', HOUR, { restorableAt: ago(HOUR + 60).toISOString(), bytes: 9, objects: 3 }));
  await rig.prove(files('intact'));
}

async function proveTenants() {
  await rig.prove(record(HOUR));
  await rig.prove(record(HOUR, { level: 'intact' }));
}

test('a deployment whose every resource is proved and whose alarms are quiet is healthy', async () => {
  await rig.publish({ id: OLDER });
  await rig.publish({ id: ID });
  await proveTenants();
  await proveFiles();
  const status = await rig.look();
  expect(status).toMatchObject({
    prefix: 'acme',
    at: NOW.toISOString(),
    health: 'healthy',
    primaryRegion: 'eu-west-1',
    recoveryRegion: 'eu-central-1',
    resources: [
      {
        system: 'tenants',
        resource: 'shop',
        health: 'healthy',
        backups: 2,
        objects: 2,
        backupAge: { seconds: 10 * HOUR - 1 },
      },
      { system: 'files', resource: 'uploads', health: 'healthy', rpo: { seconds: 60 }, bytes: 9, objects: 3 },
    ],
    alarms: [],
    unknown: [],
  });
  expect(status.tenants).toBeUndefined();
});

test('sends nothing to S3 but requests that read, each of which a reader needs a right for', async () => {
  rig.commands.clear();
  await rig.publish({ id: ID });
  await rig.prove(record(HOUR, { level: 'intact' }));
  await rig.look({ tenants: true });
  const rights: Readonly<Record<string, string>> = {
    HeadBucketCommand: 's3:ListBucket',
    ListObjectsV2Command: 's3:ListBucket',
    HeadObjectCommand: 's3:GetObject',
    GetObjectCommand: 's3:GetObject',
  };
  expect([...rig.commands].sort()).toEqual(Object.keys(rights).sort());
  expect(READER_ACTIONS).toEqual(expect.arrayContaining(Object.values(rights)));
  expect(READER_ACTIONS.every((action) => /:(Get|List|Describe|Decrypt)/.test(action))).toBe(true);
});

test('a deployment without records is unknown, whatever its alarms say', async () => {
  const { health, resources, unknown } = await rig.lookAt(FILES);
  expect({ health, unknown }).toEqual({ health: 'unknown', unknown: [] });
  expect(resources[0]?.reasons).toEqual(
    expect.arrayContaining(['"present" was never proved', '"intact" was never proved']),
  );
});

test('a deployment that protects nothing is not healthy', async () => {
  const { health, unknown } = await rig.lookAt({});
  expect(health).toBe('unknown');
  expect(unknown).toEqual([expect.stringMatching(/^The deployment protects nothing yet\. HINT: /)]);
});

test('the newest proof counts, and the newest that succeeded for the age', async () => {
  await rig.prove(files('present', 3 * HOUR));
  await rig.prove(files('present', 2 * HOUR, { restorableAt: ago(2 * HOUR).toISOString() }));
  const lost = { kind: 'missing', isCritical: true, detail: 'a version is gone' };
  await rig.prove(files('present', HOUR, { outcome: ProofOutcome.DAMAGED, findings: [lost] }));
  const [uploads] = (await rig.lookAt(FILES)).resources;
  expect(uploads).toMatchObject({ health: 'critical', findings: [lost] });
  expect(uploads?.proofs[0]).toMatchObject({ ageSeconds: 2 * HOUR, lastOutcome: 'damaged', health: 'critical' });
  expect(uploads?.restorableAt).toBe(ago(2 * HOUR).toISOString());
});

test('a record of a moment that is yet to come is not believed', async () => {
  await rig.prove(files('present', -7 * 24 * HOUR));
  await rig.prove(files('intact', HOUR));
  const [uploads] = (await rig.lookAt(FILES)).resources;
  expect(uploads?.health).toBe('unknown');
  expect(uploads?.proofs[0]).toEqual(expect.not.objectContaining({ ageSeconds: expect.anything() }));
});

test('a record that is not what its key says is told, and its resource is unknown', async () => {
  await proveFiles();
  const key = await rig.prove(files('present', 60));
  const [other] = rig.server.bucket(PROOFS_BUCKET).keys();
  const histories = rig.server.bucket(PROOFS_BUCKET).histories;
  histories.set(key, histories.get(other ?? '') ?? []);
  const { health, unknown } = await rig.lookAt(FILES);
  expect(health).toBe('unknown');
  expect(unknown).toEqual([expect.stringContaining('it was moved by hand')]);
});

describe('backups of tenants', () => {
  test('that are not there are critical', async () => {
    await proveTenants();
    const { health, resources } = await rig.lookAt(TENANTS);
    expect(health).toBe('critical');
    expect(resources[0]).toMatchObject({ backups: 0, reasons: ['there is no backup', expect.any(String)] });
  });

  test('count without the newest where its manifest is damaged, which is critical', async () => {
    await rig.publish({ id: OLDER, snapshotAt: '2026-11-22T02:00:01.000Z' });
    await rig.publish({ id: ID });
    await proveTenants();
    rig.server.bucket(DUMPS_BUCKET).histories.delete(rig.backups.key(ID, BackupFile.MANIFEST));
    await rig.server
      .bucket(DUMPS_BUCKET)
      .put(rig.backups.key(ID, BackupFile.MANIFEST), Buffer.from('{}'), {}, true, undefined);
    const { health, resources } = await rig.lookAt(TENANTS);
    expect(health).toBe('critical');
    expect(resources[0]).toMatchObject({ backups: 2, backupAge: { seconds: 34 * HOUR - 1, health: 'critical' } });
    expect(resources[0]?.reasons[0]).toContain('The manifest of backup 20261123T020000Z-0f3c9a1e is not complete');
  });
});

describe('each tenant, when asked for', () => {
  const beside = (id: string, level: ProofLevel) => `daily/${RESOURCE}/${id}/proofs/${level}/`;

  test('is shown from the newest backup, with what is left out', async () => {
    await rig.publish({ id: OLDER, tenants: ['gone', 'acme'] });
    await rig.publish({ id: ID });
    await proveTenants();
    await rig.prove(record(2 * HOUR, { level: 'present' }), DUMPS_BUCKET, beside(ID, 'present'));
    await rig.prove(record(HOUR, { level: 'intact' }), DUMPS_BUCKET, beside(ID, 'intact'));
    const { tenants, leftOut, health } = await rig.lookAt(TENANTS, { tenants: true });
    expect(tenants).toEqual(
      ['acme', 'zeta/north'].map((tenant) => ({
        resource: 'shop',
        tenant,
        health: 'healthy',
        backupId: ID,
        backupAt: '2026-11-23T02:00:01.000Z',
        ageSeconds: 10 * HOUR - 1,
        provedLevel: 'intact',
        provedAt: ago(HOUR).toISOString(),
        bytes: expect.any(Number),
        tables: 1,
        rows: 2,
      })),
    );
    expect(leftOut).toEqual([{ resource: 'shop', tenant: 'gone', reason: 'suspended' }]);
    expect(health).toBe('healthy');
  });

  test('needs no proof of a backup that is not due for one, and is unknown afterwards', async () => {
    await rig.publish({ id: ID });
    const healthAt = async (intact: number) => {
      const { objectives } = deployment();
      const { tenants } = await rig.look({
        deployment: deployment({
          resources: TENANTS,
          objectives: { ...objectives, tenants: { proofAgeSeconds: { intact } } },
        }),
        tenants: true,
      });
      return tenants?.map((tenant) => ({ health: tenant.health, level: tenant.provedLevel }));
    };
    expect(await healthAt(11 * HOUR)).toEqual(Array(2).fill({ health: 'healthy', level: undefined }));
    expect(await healthAt(9 * HOUR)).toEqual(Array(2).fill({ health: 'unknown', level: undefined }));
    // A restore proves more than what is asked for.
    await rig.prove(record(HOUR, { level: 'restored' }), DUMPS_BUCKET, beside(ID, 'restored'));
    expect(await healthAt(9 * HOUR)).toEqual(Array(2).fill({ health: 'healthy', level: 'restored' }));
  });

  test('is unknown where damage was found in its backup, and critical where the backup is too old', async () => {
    await rig.publish({ id: ID });
    const damaged = record(HOUR, { level: 'intact', outcome: ProofOutcome.DAMAGED });
    await rig.prove(damaged, DUMPS_BUCKET, beside(ID, 'intact'));
    const asked = await rig.lookAt(TENANTS, { tenants: true });
    expect(asked.tenants?.map(({ health, provedLevel }) => [health, provedLevel])).toEqual(
      Array(2).fill(['unknown', undefined]),
    );
    rig.server.reset();
    await rig.publish({ id: OLDER, snapshotAt: '2026-11-22T02:00:01.000Z' });
    const old = await rig.lookAt(TENANTS, { tenants: true });
    expect(old.tenants?.map(({ health }) => health)).toEqual(Array(2).fill('critical'));
  });

  test('is not shown from a list that is damaged, which is critical', async () => {
    await rig.publish({ id: ID });
    await proveTenants();
    const [version] = rig.server.bucket(DUMPS_BUCKET).history(rig.backups.key(ID, BackupFile.TENANTS));
    Object.assign(version ?? {}, { body: Buffer.from('{}') });
    const { tenants, health, resources } = await rig.lookAt(TENANTS, { tenants: true });
    expect({ tenants, health }).toEqual({ tenants: [], health: 'critical' });
    expect(resources[0]?.reasons).toEqual([expect.stringMatching(/HINT/)]);
  });

  test('is not shown from a list that cannot be read, which is unknown', async () => {
    await rig.publish({ id: ID });
    await proveTenants();
    rig.server.fault = ({ operation, key }: S3Call) =>
      operation === 'GetObject' && key.endsWith('tenants.jsonl') ? { status: 403, code: 'AccessDenied' } : undefined;
    const { tenants, health, unknown } = await rig.lookAt(TENANTS, { tenants: true });
    expect({ tenants, health }).toEqual({ tenants: [], health: 'unknown' });
    expect(unknown).toEqual([expect.stringContaining('HINT: give the role s3:GetObject')]);
  });
});

describe('what cannot be reached', () => {
  const refuse = (bucket: string) => (call: S3Call) =>
    call.bucket === bucket ? { status: 403, code: 'AccessDenied' } : undefined;

  test('leaves the rest to be seen: the bucket of the proofs', async () => {
    await rig.publish({ id: ID });
    rig.server.fault = refuse(PROOFS_BUCKET);
    const { health, resources, unknown } = await rig.look();
    expect(health).toBe('unknown');
    expect(resources).toMatchObject([
      { backups: 1, health: 'unknown' },
      { resource: 'uploads', health: 'unknown' },
    ]);
    expect(unknown).toEqual([expect.stringMatching(/^Cannot read the proofs in bucket acme-proofs-.*AccessDenied/)]);
    expect(rig.server.calls.filter(({ bucket }) => bucket === PROOFS_BUCKET)).toHaveLength(1);
  });

  test('leaves the rest to be seen: the records in that bucket', async () => {
    rig.server.fault = ({ operation, bucket }) =>
      bucket === PROOFS_BUCKET && operation === 'ListObjectsV2' ? { status: 403, code: 'AccessDenied' } : undefined;
    const { unknown } = await rig.lookAt(FILES);
    expect(unknown).toEqual([expect.stringMatching(/^Cannot list the proof records in bucket/)]);
  });

  test('leaves the rest to be seen: a bucket of dumps', async () => {
    await proveTenants();
    await proveFiles();
    rig.server.fault = refuse(DUMPS_BUCKET);
    const { health, resources, unknown } = await rig.look();
    expect(health).toBe('unknown');
    expect(resources).toMatchObject([
      { health: 'unknown', proofs: [{ health: 'healthy' }, {}] },
      { health: 'healthy' },
    ]);
    expect(unknown).toEqual([expect.stringContaining(`bucket ${DUMPS_BUCKET}`)]);
  });

  test('leaves the rest to be seen: the alarms of a Region', async () => {
    await proveFiles();
    const raised = {
      AlarmName: 'acme-storage-replicationDelay',
      StateValue: 'ALARM',
      StateTransitionedTimestamp: ago(60),
    };
    const { health, unknown, alarms } = await rig.lookAt(FILES, {
      primaryAlarms: alarmsOf(sdkError('TimeoutError', 'no answer')),
      recoveryAlarms: alarmsOf({ MetricAlarms: [raised] }, 'eu-central-1'),
    });
    expect(health).toBe('unknown');
    expect(unknown).toEqual([expect.stringMatching(/^The alarms in eu-west-1 could not be looked at: TimeoutError/)]);
    expect(alarms).toEqual([expect.objectContaining({ region: 'eu-central-1', health: 'warning' })]);
  });

  test('is told of another account that nobody signed in to', async () => {
    await proveFiles();
    const { health, unknown } = await rig.look({
      deployment: deployment({ resources: FILES, recovery: { account: '444455556666', region: 'eu-central-1' } }),
      recoveryAlarms: undefined,
    });
    expect(health).toBe('unknown');
    expect(unknown).toEqual([
      'The alarms in eu-central-1 belong to account 444455556666, which these credentials cannot look into. HINT: give --recovery-profile a profile of that account.',
    ]);
  });
});

test.each([
  ['acme-storage-replicationDelay', 'warning'],
  ['acme-storage-backupFailed', 'critical'],
])('a healthy deployment with the alarm %s is %s', async (AlarmName, expected) => {
  await proveFiles();
  const raised = {
    MetricAlarms: [...QUIET.MetricAlarms, { AlarmName, StateValue: 'ALARM', StateTransitionedTimestamp: NOW }],
  };
  const { health, resources } = await rig.lookAt(FILES, { recoveryAlarms: alarmsOf(raised) });
  expect({ health, resource: resources[0]?.health }).toEqual({ health: expected, resource: 'healthy' });
});
