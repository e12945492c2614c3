import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Context } from 'aws-lambda';
import { proofTime } from '../../engine/contract/proofs';
import { handler } from '../../lambda/verify-tenants';
import { BUCKET, RESOURCE } from '../engine/catalog/backup';
import { PROOFS, ProofRig, REPLICA_KEY, SETTINGS, TARGET } from '../engine/proof/proof-rig';

const ID = '20261123T020000Z-00000003';
const environment = { ...process.env };
const context = (remainingMs = 900_000) => ({ getRemainingTimeInMillis: () => remainingMs }) as Context;

const target = { ...TARGET, replica: { ...TARGET.replica, keyArn: REPLICA_KEY } };
const run = { target, proofs: SETTINGS.proofs, run: 'run-1', startedAt: new Date().toISOString() };
const backup = { id: ID, tier: 'weekly' };

let rig: ProofRig;
let log: jest.SpyInstance;
let toCloudWatch: jest.SpyInstance;
beforeAll(async () => {
  rig = await ProofRig.start();
});
afterAll(() => rig.backups.stop());
beforeEach(async () => {
  rig.reset();
  await rig.backUp({ id: ID, tier: 'weekly' });
  process.env = {
    ...environment,
    AWS_ENDPOINT_URL: rig.backups.server.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  log = jest.spyOn(console, 'log').mockImplementation();
  toCloudWatch = jest.spyOn(CloudWatchClient.prototype, 'send').mockImplementation(async () => ({}));
});
afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
});

test('takes the steps of a run, and publishes what is known', async () => {
  // A store of its own gives copies ids of its own.
  rig.renameCopies();
  const plan = await handler({ action: 'plan', ...run, readCycleDays: 30 }, context());
  expect(plan).toEqual({ backups: [backup], isSurveyDue: true });
  expect(await handler({ action: 'survey', ...run }, context())).toEqual({});
  const divided = await handler({ action: 'divide', ...run, backup }, context());
  expect(divided).toEqual({ partsKey: `tenants/${RESOURCE}/runs/run-1/${ID}/parts.jsonl` });
  for (const part of rig.parts((divided as { partsKey: string }).partsKey)) {
    expect(await handler({ action: 'check', ...run, backup, part }, context())).toEqual({});
  }
  expect(await handler({ action: 'conclude', ...run, backup }, context())).toEqual({});
  const outcomes = [{ resource: RESOURCE }];
  const { run: id, startedAt } = run;
  const settings = { ...SETTINGS, databases: [target] };
  expect(await handler({ action: 'publish', settings, run: id, startedAt, outcomes }, context())).toEqual({});

  const [[published]] = toCloudWatch.mock.calls as [[PutMetricDataCommand]];
  expect(published).toBeInstanceOf(PutMetricDataCommand);
  const data = published.input.MetricData ?? [];
  expect(data).toContainEqual(expect.objectContaining({ MetricName: 'success', Value: 1 }));
  expect([...rig.backups.server.objects(PROOFS).keys()]).toContain(
    `tenants/${RESOURCE}/proofs/intact/${proofTime(new Date(startedAt))}-proved.json`,
  );
});

test('leaves what there is no time for to the next call', async () => {
  const part = { kind: 'tenants', batch: { first: 0, lines: 0, offset: 0, bytes: 0 } };
  const [line = ''] = rig.backups.text(`weekly/${RESOURCE}/${ID}/tenants.jsonl`)?.split('\n') ?? [];
  const batch = { ...part.batch, lines: 1, bytes: Buffer.byteLength(line) + 1 };
  const check = { ...run, backup, part: { ...part, batch } };
  const answer = await handler({ action: 'check', ...check }, context(-1));
  // It had all the time there was: the job has more.
  expect(answer).toEqual({ large: { action: 'check', ...check } });
});

test('logs what it did without the names of tenants', async () => {
  rig.version(BUCKET, 'acme.dump').body.fill(0, 20);
  const divided = await handler({ action: 'divide', ...run, backup }, context());
  for (const part of rig.parts((divided as { partsKey: string }).partsKey)) {
    await handler({ action: 'check', ...run, backup, part }, context());
  }
  await handler({ action: 'conclude', ...run, backup }, context());
  const { run: id, startedAt } = run;
  await handler({ action: 'publish', settings: { ...SETTINGS, databases: [target] }, run: id, startedAt }, context());
  const lines = log.mock.calls.map(([line]) => line as string);
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
    level: 'INFO',
    message: 'verified tenants: publish',
    run: 'run-1',
    databases: [{ resource: RESOURCE, damaged: 1, findings: 2 }],
  });
  expect(lines.join('\n')).not.toContain('acme.dump');
});

test.each([
  [{}, /^The event of verify-tenants is wrong \(action: /],
  [{ action: 'plan', ...run, readCycleDays: 0 }, /\(readCycleDays: /],
  [{ action: 'plan', ...run, run: '../other', readCycleDays: 30 }, /\(run: /],
  [{ action: 'divide', ...run, backup: { id: 'latest', tier: 'daily' } }, /\(backup\.id: /],
  [
    {
      action: 'plan',
      ...run,
      target: { ...target, retention: { daily: 0, weekly: 0, monthly: 0, yearly: 0 } },
      readCycleDays: 1,
    },
    /\(target\.retention: is no retention\)/,
  ],
  [
    { action: 'publish', settings: { ...SETTINGS, databases: [target, target] }, run: 'x', startedAt: run.startedAt },
    /names the resource shop twice/,
  ],
])('refuses an event that is wrong, and names the field: %#', async (event, message) => {
  await expect(handler(event, context())).rejects.toThrow(message);
});
