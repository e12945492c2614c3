import { CommanderError } from 'commander';
import { runJob } from '../../jobs/run-job';
import { verifyJob } from '../../jobs/verify';
import { verifyPart } from '../../jobs/verify-work';
import { ProofRig, REPLICA_KEY, SETTINGS, TARGET } from '../engine/proof/proof-rig';

const ID = '20261123T020000Z-00000003';
const CHECK = {
  target: { ...TARGET, replica: { ...TARGET.replica, keyArn: REPLICA_KEY } },
  proofs: SETTINGS.proofs,
  run: 'run-1',
  startedAt: '2026-11-24T06:00:00.000Z',
  backup: { id: ID, tier: 'weekly' },
  part: { kind: 'common' },
};
const environment = { ...process.env };

let rig: ProofRig;
let exitCode: typeof process.exitCode;
let written: jest.SpyInstance;
beforeAll(async () => {
  rig = await ProofRig.start();
});
afterAll(() => rig.backups.stop());
beforeEach(async () => {
  rig.reset();
  await rig.backUp({ id: ID, tier: 'weekly' });
  exitCode = process.exitCode;
  process.env = {
    ...environment,
    AWS_ENDPOINT_URL: rig.backups.server.endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  process.exitCode = exitCode;
  process.env = environment;
  jest.restoreAllMocks();
});

const verify = (check: string) => runJob('verify', (tools) => verifyPart(check, tools));
const lines = () => written.mock.calls.map(([line]) => JSON.parse(String(line)));

test('checks what its argument says, and leaves the result in the bucket of the proofs', async () => {
  await verify(JSON.stringify(CHECK));
  expect(process.exitCode).toBe(exitCode);
  const result = rig.version('proofs', 'results/common.json').body.toString();
  expect(JSON.parse(result)).toMatchObject({ objects: 4, present: { criticals: 0 }, intact: { criticals: 0 } });
  expect(lines().map(({ message }) => message)).toEqual(['checking a part of a backup', 'checked a part of a backup']);
});

test.each([
  ['no JSON', '{'],
  ['no part', JSON.stringify({ ...CHECK, part: { kind: 'tenants' } })],
])('fails with 1 and says why when it is told %s', async (_, check) => {
  await verify(check);
  expect(process.exitCode).toBe(1);
  expect(lines()).toEqual([
    expect.objectContaining({
      level: 'ERROR',
      reason: expect.stringMatching(/^The event of the job verify is wrong \(/),
    }),
  ]);
});

test('fails with 1 when S3 refuses, so that the part counts as not checked', async () => {
  rig.backups.server.fault = ({ operation }) =>
    operation === 'GetObject' ? { status: 403, code: 'AccessDenied' } : undefined;
  await verify(JSON.stringify(CHECK));
  expect(process.exitCode).toBe(1);
});

test('stops in order when it is asked to', async () => {
  rig.backups.server.fault = ({ key }) => {
    if (key.endsWith('globals.sql')) {
      process.emit('SIGTERM', 'SIGTERM');
    }
    return undefined;
  };
  await verify(JSON.stringify(CHECK));
  expect(process.exitCode).toBe(143);
});

test('refuses a command without a part', async () => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  await expect(verifyJob().parseAsync(['node', 'verify'])).rejects.toThrow(CommanderError);
});
