import { ProofLevel } from '../../../engine/contract/signals';
import { planRun } from '../../../engine/proof/plan-run';
import { BUCKET, RESOURCE } from '../catalog/backup';
import { DAY, HOUR, ProofRig, REPLICA } from './proof-rig';

const NEWEST = '20261123T020000Z-00000003';
const OLDER = '20261122T020000Z-00000002';

let rig: ProofRig;
beforeAll(async () => {
  rig = await ProofRig.start();
});
beforeEach(() => rig.reset());
afterAll(() => rig.backups.stop());

describe('dumps that are as they should be', () => {
  beforeEach(async () => {
    await rig.backUp({ id: OLDER });
    await rig.backUp({ id: NEWEST, tier: 'weekly' });
  });

  test('are looked through and read, the newest first, one a run', async () => {
    const facts = await rig.run();
    expect(rig.steps).toEqual(['survey', NEWEST]);
    expect(facts).toMatchObject({ damaged: 0, errors: 0, warnings: 0, findings: [] });
    rig.now += HOUR;
    await rig.run();
    expect(rig.steps).toEqual([OLDER]);
    rig.now += HOUR;
    await rig.run();
    expect(rig.steps).toEqual([]);
  });

  test('have a record of each level beside them, locked as they are', async () => {
    await rig.run();
    rig.now += HOUR;
    await rig.run();
    for (const level of [ProofLevel.PRESENT, ProofLevel.INTACT]) {
      expect(rig.recordsOf(OLDER, level)).toEqual([
        expect.objectContaining({
          system: 'tenants',
          resource: RESOURCE,
          level,
          outcome: 'proved',
          startedAt: '2026-11-23T07:00:00.000Z',
          backups: [OLDER],
          backupAt: '2026-11-23T02:00:01.000Z',
          restorableAt: '2026-11-23T02:00:01.000Z',
          objects: 6,
          findingCount: 0,
        }),
      ]);
    }
    const { headers } = rig.version(BUCKET, `${OLDER}/proofs/intact/20261123T070000000Z-proved.json`);
    expect(headers).toMatchObject({
      'x-amz-object-lock-mode': 'GOVERNANCE',
      'x-amz-object-lock-retain-until-date': '2026-12-22T02:00:00Z',
    });
  });

  test('have a record of all of them in the bucket of the proofs', async () => {
    await rig.run();
    expect(rig.records(ProofLevel.PRESENT)).toEqual([
      expect.objectContaining({ outcome: 'proved', backups: [NEWEST, OLDER], objects: 12 }),
    ]);
    expect(rig.records(ProofLevel.INTACT)).toEqual([
      expect.objectContaining({ outcome: 'proved', backups: [NEWEST], objects: 6, report: expect.any(String) }),
    ]);
  });

  test('are looked through by several calls of the function where one has no time for all', async () => {
    rig.deadline = rig.now - 1;
    await rig.run();
    expect(rig.steps.filter((step) => step === 'survey')).toHaveLength(2);
    expect(rig.records(ProofLevel.PRESENT)).toMatchObject([{ outcome: 'proved', backups: [NEWEST, OLDER] }]);
  });

  test('are told by metrics of the database, and of all together, and raise no alarm', async () => {
    await rig.run();
    rig.now += 2 * HOUR;
    await rig.run();
    const figures = {
      success: 1,
      errors: 0,
      warnings: 0,
      damaged: 0,
      retentionDrift: 0,
      backupAge: 6 * 3600 - 1,
      'proofAge present': 2 * 3600,
      'proofAge intact': 0,
    };
    const named = Object.entries(figures).map(([name, value]) => {
      const [metric, ...level] = name.split(' ');
      return [[metric, RESOURCE, ...level].join(' '), value];
    });
    expect(rig.metrics()).toEqual({ ...figures, ...Object.fromEntries(named) });
    expect(rig.cloudWatch.inputsOf('SetAlarmState')).toEqual([]);
  });

  test('are looked through again after a day, and read again after a cycle', async () => {
    await rig.run();
    rig.now += HOUR;
    await rig.run();
    rig.now += 22 * HOUR;
    await rig.run();
    expect(rig.steps).toEqual(['survey']);
    rig.now += 28 * DAY;
    await rig.run();
    expect(rig.steps).toEqual(['survey']);
    rig.now += DAY;
    await rig.run();
    expect(rig.steps).toEqual(['survey', NEWEST]);
  });

  test('are left alone while another run is at them', async () => {
    const other = { ...rig.newRun(), run: 'another', readCycleDays: 30 };
    expect(await planRun(other, rig.context)).toMatchObject({ isSurveyDue: true });
    await rig.run();
    expect(rig.steps).toEqual([]);
    rig.now += DAY;
    await rig.run();
    expect(rig.steps).toEqual(['survey', NEWEST]);
  });

  test('are not mistaken for other backups by their records', async () => {
    await rig.run();
    rig.now += HOUR;
    await rig.run();
    expect((await rig.backups.catalog.list()).map(({ id }) => id)).toEqual([NEWEST, OLDER]);
    expect(rig.records(ProofLevel.PRESENT)).toHaveLength(1);
  });

  test('are proved in a store that gives copies ids of their own', async () => {
    rig.renameCopies();
    rig.matching = 'content';
    expect(await rig.run()).toMatchObject({ errors: 0 });
  });

  test('are not proved by copies that are other versions', async () => {
    rig.renameCopies();
    expect(await rig.run()).toMatchObject({ errors: 10 });
  });
});

test('a store that answers with the whole of an object whatever part is asked for makes no difference', async () => {
  await rig.backUp({ id: OLDER, tenants: Array.from({ length: 60 }, (_, index) => `tenant-${index}`) });
  rig.backups.server.fault = ({ headers }) => {
    delete headers.range;
    return undefined;
  };
  expect(await rig.run()).toMatchObject({ errors: 0 });
  expect(rig.recordsOf(OLDER, ProofLevel.INTACT)).toMatchObject([{ outcome: 'proved', objects: 64 }]);
});

test('where there is no backup yet nothing is proved, and ages count from the first run', async () => {
  expect(await rig.run()).toMatchObject({ errors: 0, presentAt: rig.now, intactAt: rig.now });
  rig.now += 5 * HOUR;
  await rig.run();
  expect(rig.metrics()).toMatchObject({ success: 1, 'proofAge present': 5 * 3600, 'proofAge intact': 5 * 3600 });
  expect(rig.metrics()).not.toHaveProperty('backupAge');
  expect(rig.records(ProofLevel.PRESENT)).toEqual([]);
});

test('a backup whose copies are on their way is read by the next run', async () => {
  rig.now = Date.parse('2026-11-23T02:15:00Z');
  await rig.backUp({ id: NEWEST, tier: 'weekly', isCopied: false });
  expect(await rig.run()).toMatchObject({ errors: 0 });
  expect(rig.steps).toEqual(['survey']);
  rig.now += HOUR;
  expect(await rig.run()).toMatchObject({ errors: 6 });
  expect(rig.steps).toEqual([NEWEST]);
});

test('while the newest backup is not read, an older one proves nothing of the whole', async () => {
  rig.now = Date.parse('2026-11-23T02:15:00Z');
  await rig.backUp({ id: OLDER });
  await rig.backUp({ id: NEWEST, tier: 'weekly', isCopied: false });
  await rig.run();
  expect(rig.steps).toEqual(['survey', OLDER]);
  expect(rig.recordsOf(OLDER, ProofLevel.INTACT)).toHaveLength(1);
  expect(rig.records(ProofLevel.INTACT)).toEqual([]);
});

test('while some copies may be on their way nothing is said of their presence', async () => {
  rig.now = Date.parse('2026-11-23T02:15:00Z');
  await rig.backUp({ id: '20261124T020000Z-00000004' });
  const putBack = rig.lose(REPLICA, 'acme.dump');
  expect(await rig.run()).toMatchObject({ errors: 0 });
  expect(rig.recordsOf('20261124T020000Z-00000004', ProofLevel.INTACT)).toHaveLength(1);
  expect(rig.recordsOf('20261124T020000Z-00000004', ProofLevel.PRESENT)).toEqual([]);
  putBack();
  rig.now += HOUR;
  await rig.run();
  expect(rig.recordsOf('20261124T020000Z-00000004', ProofLevel.PRESENT)).toMatchObject([{ outcome: 'proved' }]);
});

describe('a backup that is damaged', () => {
  beforeEach(() => rig.backUp({ id: OLDER }));

  test('is told with what is left, and cleared when it is whole again', async () => {
    await rig.run();
    await rig.backUp({ id: '20261123T020000Z-00000003', tier: 'weekly' });
    const { body } = rig.version(BUCKET, `${NEWEST}/tenants/acme.dump`);
    const last = body.length - 1;
    body.writeUInt8(body.readUInt8(last) ^ 1, last);
    rig.now += HOUR;
    expect(await rig.run()).toMatchObject({ damaged: 1, errors: 1 });
    expect(rig.metrics()).toMatchObject({ success: 0, damaged: 1, 'damaged shop': 1, 'proofAge intact': 3600 });
    const [incident, alarm] = rig.cloudWatch.inputsOf('SetAlarmState') as Record<string, string>[];
    expect([incident?.AlarmName, alarm?.AlarmName]).toEqual(['acme-tenants-incident', 'acme-tenants-backupFailed']);
    expect(alarm?.StateReason).toMatch(
      /^shop: 1 finding \(report s3:\/\/proofs\/tenants\/shop\/reports\/20261123T070000000Z-20261123T020000Z-00000003\.json\)\. Still restorable: the backup of 2026-11-23T02:00Z \(proved intact 2026-11-23T06:00Z\)\. tenants\/acme\.dump of backup 20261123T020000Z-00000003: Archive, byte \d+/,
    );
    expect(rig.records(ProofLevel.INTACT).map(({ outcome }) => outcome)).toEqual(['proved', 'damaged']);

    body.writeUInt8(body.readUInt8(last) ^ 1, last);
    rig.now += HOUR;
    expect(await rig.run()).toMatchObject({ damaged: 0, errors: 0 });
    expect(rig.metrics()).toMatchObject({ success: 1, 'proofAge intact': 0 });
  });

  test.each([
    ['an archive', BUCKET, 'zeta%2Fnorth.dump', 'missing'],
    ['what is shared', BUCKET, 'shared.dump', 'missing'],
    ['the copy of an archive', REPLICA, 'acme.dump', 'copyMissing'],
    ['the copy of the manifest', REPLICA, 'manifest.json', 'copyMissing'],
  ])('without %s is found by a survey, and mended when it is there again', async (_, bucket, ending, kind) => {
    await rig.run();
    const putBack = rig.lose(bucket, ending);
    rig.now += DAY;
    const facts = await rig.run();
    expect(facts).toMatchObject({ damaged: 1, errors: 1 });
    expect(facts.findings).toContainEqual(expect.objectContaining({ kind, isCritical: true }));
    rig.now += HOUR;
    expect(await rig.run()).toMatchObject({ damaged: 1, errors: 1 });
    putBack();
    rig.now += HOUR;
    expect(await rig.run()).toMatchObject({ damaged: 0, errors: 0 });
    expect(rig.steps).toEqual(['survey', OLDER]);
  });

  test('because its list of tenants was changed is found', async () => {
    const { body } = rig.version(BUCKET, 'tenants.jsonl');
    body.write('x', body.indexOf('acme'));
    const { findings, damaged } = await rig.run();
    expect(damaged).toBe(1);
    expect(findings.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['damaged', 'unreadable']));
  });

  test('because its manifest cannot be read is found, and hides no other', async () => {
    await rig.backUp({ id: NEWEST, tier: 'weekly' });
    rig.version(BUCKET, `${NEWEST}/manifest.json`).body.write('x');
    expect(await rig.run()).toMatchObject({ errors: 1, findings: [expect.objectContaining({ kind: 'unreadable' })] });
    expect(rig.steps).toEqual(['survey', NEWEST]);
    rig.now += HOUR;
    const facts = await rig.run();
    expect(rig.steps).toContain(OLDER);
    expect(facts.restorable).toEqual({
      backupAt: '2026-11-23T02:00:01.000Z',
      provedAt: new Date(rig.now).toISOString(),
    });
    expect(facts).not.toHaveProperty('backupAt');
  });

  test('because its key or its lock is another is found', async () => {
    const archive = rig.version(REPLICA, 'acme.dump');
    Object.assign(archive, {
      headers: { ...archive.headers, 'x-amz-server-side-encryption-aws-kms-key-id': `${REPLICA}-other` },
    });
    const globals = rig.version(BUCKET, 'globals.sql');
    Object.assign(globals, {
      headers: { ...globals.headers, 'x-amz-object-lock-retain-until-date': '2026-11-30T00:00:00Z' },
    });
    const shared = rig.version(BUCKET, 'shared.dump');
    Object.assign(shared, { headers: { ...shared.headers, 'x-amz-object-lock-mode': 'COMPLIANCE' } });
    const { findings, errors, warnings } = await rig.run();
    expect({ errors, warnings }).toEqual({ errors: 1, warnings: 2 });
    expect(findings.map(({ kind, isCritical, detail }) => [kind, isCritical, detail])).toEqual([
      ['wrongKey', true, expect.stringMatching(/^tenants\/acme\.dump of backup .* must be with arn:.*000002\. HINT:/)],
      [
        'wrongLock',
        false,
        expect.stringMatching(/^globals\.sql .* until 2026-11-30T00:00:00.000Z in bucket dumps, must/),
      ],
      [
        'wrongLock',
        false,
        expect.stringMatching(/^shared\.dump .* locked in compliance mode .* must be in governance mode/),
      ],
    ]);
  });

  test('counts what is damaged, however many warnings its record has no room for', async () => {
    const id = '20261121T020000Z-00000001';
    const tenants = Array.from({ length: 25 }, (_, index) => `tenant-${index}`);
    await rig.backUp({ id, tenants });
    for (const tenant of tenants) {
      const archive = rig.version(BUCKET, `${id}/tenants/${tenant}.dump`);
      Object.assign(archive, { headers: { ...archive.headers, 'x-amz-object-lock-mode': 'COMPLIANCE' } });
    }
    Object.assign(rig.version(REPLICA, `${id}/tenants/tenant-7.dump`), { crc64nvme: 'AAAAAAAAAAA=' });
    await rig.run();
    rig.now += HOUR;
    expect(await rig.run()).toMatchObject({ damaged: 1, errors: 1 });
    expect(rig.recordsOf(id, ProofLevel.PRESENT)).toMatchObject([{ outcome: 'damaged', findingCount: 26 }]);
  });

  test('because its copy has another checksum is found', async () => {
    Object.assign(rig.version(REPLICA, 'acme.dump'), { crc64nvme: 'AAAAAAAAAAA=' });
    const { findings } = await rig.run();
    expect(findings).toEqual([
      {
        kind: 'copyMissing',
        isCritical: true,
        detail: expect.stringMatching(
          /^tenants\/acme\.dump .* the checksum AAAAAAAAAAA= in bucket dumps-replica, written were /,
        ),
      },
    ]);
  });

  test('because someone deleted an object can still be restored, which is a warning', async () => {
    rig.backups.server.bucket(BUCKET).deleteCurrent(rig.backups.key(OLDER, 'tenants/acme.dump'));
    expect(await rig.run()).toMatchObject({
      errors: 0,
      warnings: 1,
      findings: [expect.objectContaining({ kind: 'hidden', isCritical: false })],
    });
  });
});

test('a backup that vanishes before its time is missed until it is back', async () => {
  await rig.backUp({ id: OLDER });
  await rig.run();
  const putBack = rig.lose(BUCKET, 'manifest.json');
  for (const hours of [24, 1]) {
    rig.now += hours * HOUR;
    expect(await rig.run()).toMatchObject({
      errors: 1,
      damaged: 0,
      findings: [
        expect.objectContaining({ kind: 'vanished', detail: expect.stringContaining('kept until 2026-12-22') }),
      ],
    });
  }
  putBack();
  rig.now += HOUR;
  expect(await rig.run()).toMatchObject({ errors: 0, findings: [] });
});

test('a backup that goes when its time is over is not missed', async () => {
  await rig.backUp({ id: OLDER });
  await rig.run();
  rig.lose(BUCKET, 'manifest.json');
  rig.now = Date.parse('2026-12-23T06:00:00Z');
  expect(await rig.run()).toMatchObject({ errors: 0, findings: [] });
});

test('a backup that differs from the retention is counted', async () => {
  await rig.backUp({ id: '20261120T020000Z-00000001', tier: 'yearly' });
  expect(await rig.run()).toMatchObject({
    errors: 0,
    warnings: 1,
    retentionDrift: 1,
    findings: [expect.objectContaining({ kind: 'retention' })],
  });
  expect(rig.metrics()).toMatchObject({ success: 1, retentionDrift: 1, warnings: 1 });
});
