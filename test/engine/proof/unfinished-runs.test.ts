import { ProofLevel } from '../../../engine/contract/signals';
import { divideBackup } from '../../../engine/proof/divide';
import { openDumps } from '../../../engine/proof/dumps';
import { NO_FINDINGS } from '../../../engine/proof/finding';
import { publishRun } from '../../../engine/proof/publish-run';
import { RunFiles } from '../../../engine/proof/run-files';
import { RESOURCE } from '../catalog/backup';
import { HOUR, PROOFS, ProofRig, SETTINGS } from './proof-rig';

const ID = '20261122T020000Z-00000002';

let rig: ProofRig;
beforeAll(async () => {
  rig = await ProofRig.start();
});
beforeEach(async () => {
  rig.reset();
  await rig.backUp({ id: ID, tenants: Array.from({ length: 20 }, (_, index) => `tenant-${index}`) });
});
afterAll(() => rig.backups.stop());

test('a run that is cut off proves nothing of a backup of which a part was not checked', async () => {
  const run = rig.newRun();
  await rig.prove(run, { id: ID, tier: 'daily' }, ({ kind }) => kind === 'tenants');
  for (const level of [ProofLevel.PRESENT, ProofLevel.INTACT]) {
    expect(rig.recordsOf(ID, level)).toMatchObject([
      {
        outcome: 'failed',
        findings: [{ detail: expect.stringContaining(' 20 of 20 archives of tenants were not read') }],
      },
    ]);
  }
  rig.now += HOUR;
  await rig.run();
  expect(rig.steps).toEqual(['survey', ID]);
});

test('a run proves nothing while what belongs to no tenant was not checked', async () => {
  await rig.prove(rig.newRun(), { id: ID, tier: 'daily' }, ({ kind }) => kind === 'common');
  expect(rig.recordsOf(ID, ProofLevel.INTACT)).toMatchObject([
    { outcome: 'failed', findings: [{ detail: expect.stringContaining('nor what belongs to no tenant') }] },
  ]);
});

test('a backup counts what was checked twice once', async () => {
  const run = rig.newRun();
  const backup = { id: ID, tier: 'daily' as const };
  const { partsKey } = await divideBackup({ ...run, backup }, rig.context);
  const part = rig.parts(partsKey).find(({ kind }) => kind === 'tenants');
  const files = new RunFiles(openDumps(run, rig.context), run);
  const result = { objects: 1, bytes: 1, travelling: 0, present: NO_FINDINGS, intact: NO_FINDINGS };
  if (part?.kind === 'tenants') {
    await files.writeResult(
      ID,
      { ...part, batch: { ...part.batch, first: 5 } },
      { ...result, lines: { first: 5, lines: 5 } },
    );
    await files.writeResult(
      ID,
      { ...part, batch: { ...part.batch, first: 9 } },
      { ...result, lines: { first: 6, lines: 4 } },
    );
  }
  await rig.prove(run, backup);
  expect(rig.recordsOf(ID, ProofLevel.INTACT)).toMatchObject([{ outcome: 'proved' }]);
});

test('a run goes on where it was, with what is left of a part', async () => {
  rig.deadline = rig.now - 1;
  const facts = await rig.run();
  expect(facts.errors).toBe(0);
  expect(rig.recordsOf(ID, ProofLevel.INTACT)).toMatchObject([{ outcome: 'proved', objects: 24 }]);
  // What not even a whole run of the function ended, the job did.
  expect(rig.steps.filter((step) => step === 'large').length).toBeGreaterThan(1);
});

test('a run that fails says so with the words of the step that failed, and leaves what is known', async () => {
  const facts = await rig.run(JSON.stringify({ errorType: 'Error', errorMessage: 'Cannot list bucket dumps.' }));
  expect(facts).toMatchObject({ errors: 1, findings: [expect.objectContaining({ kind: 'unknown' })] });
  expect(facts.findings[0]?.detail).toContain('did not come to its end: Cannot list bucket dumps. HINT:');
  rig.now += HOUR;
  expect(await rig.run()).toMatchObject({ errors: 0 });
  expect(rig.steps).toEqual(['survey', ID]);
});

test('a run that fails with a very long cause still says what to do', async () => {
  const facts = await rig.run(`{"Attachments":"${'x'.repeat(5000)}`);
  expect(facts.findings[0]?.detail).toMatch(/its end: \{"Attachments":"x+… HINT: open the newest execution/);
  expect(facts.findings[0]?.detail.length).toBeLessThan(600);
});

test('a run that was stopped tells so, and a damaged state hides no metrics', async () => {
  const { run, startedAt } = rig.newRun();
  const event = { action: 'publish' as const, settings: SETTINGS, run, startedAt };
  const [stopped] = await publishRun(event, rig.context, rig.cloudWatch as never);
  expect(stopped?.findings[0]?.detail).toContain('did not come to its end: it was stopped. HINT:');
  await rig.backups.server.bucket(PROOFS).put(`tenants/${RESOURCE}/state.json`, Buffer.from('{'));
  const [unknown] = await publishRun(event, rig.context, rig.cloudWatch as never);
  expect(unknown).toMatchObject({ errors: 1, findings: [{ kind: 'unknown' }] });
  expect(unknown).not.toHaveProperty('intactAt');
});
