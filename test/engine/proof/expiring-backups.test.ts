import { BUCKET } from '../catalog/backup';
import { DAY, HOUR, ProofRig } from './proof-rig';

const OLD = '20261122T020000Z-00000002';
const NEW = '20261222T020000Z-00000003';

let rig: ProofRig;
beforeAll(async () => {
  rig = await ProofRig.start();
});
beforeEach(async () => {
  rig.reset();
  await rig.backUp({ id: OLD });
  await rig.run();
  await rig.backUp({ id: NEW, tier: 'monthly' });
});
afterAll(() => rig.backups.stop());

/** What the lifecycle does first to the objects of a backup, and then, in no order. */
function expirePartly(): void {
  rig.lose(BUCKET, `${OLD}/globals.sql`);
  rig.backups.server.bucket(BUCKET).deleteCurrent(rig.backups.key(OLD, 'tenants.jsonl'));
}

test('a backup whose time is over may go object by object, and is read no more', async () => {
  // A cycle after it was read, so that its turn would have come.
  rig.now = Date.parse('2026-12-23T06:00:00Z');
  expirePartly();
  for (let run = 1; run <= 3; run++) {
    expect(await rig.run()).toMatchObject({ errors: 0, warnings: 0, damaged: 0, findings: [] });
    expect(rig.steps).not.toContain(OLD);
    rig.now += HOUR;
  }
  expect(rig.metrics()).toMatchObject({ success: 1, damaged: 0 });
});

test('a backup whose time is not over yet may not', async () => {
  rig.now = Date.parse('2026-12-22T01:00:00Z');
  expirePartly();
  expect(await rig.run()).toMatchObject({ damaged: 1, warnings: 1 });
});

test('a backup that is locked for longer than the retention says is missed while it is', async () => {
  const key = rig.backups.key(OLD, 'manifest.json');
  const manifest = rig.backups.text(key) ?? '';
  const lockedLonger = manifest.replace('2026-12-22T02:00:00.000Z', '2027-12-22T02:00:00.000Z');
  expect(lockedLonger).not.toBe(manifest);
  await rig.backups.server.bucket(BUCKET).put(key, Buffer.from(lockedLonger));
  rig.now = Date.parse('2026-12-22T06:00:00Z') + DAY;
  rig.lose(BUCKET, `${OLD}/globals.sql`);
  const { findings } = await rig.run();
  expect(findings).toContainEqual(expect.objectContaining({ kind: 'missing', isCritical: true }));
  rig.now += HOUR;
  await rig.run();
  expect(rig.steps).toContain(OLD);
});
