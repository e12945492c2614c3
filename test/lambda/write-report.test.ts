import { ProofLevel } from '../../engine/contract/signals';
import { handler } from '../../lambda/write-report';
import { deployment } from '../engine/deployment/deployments';
import { Deployed } from '../fakes/deployed';
import { sdkError } from '../fakes/sdk-client';

const OTHER_ACCOUNT = { account: '444455556666', region: 'eu-central-1' };
const ROLE = 'arn:aws:iam::444455556666:role/acme-read-recovery-alarms';

let deployed: Deployed;
let log: jest.SpyInstance;
beforeAll(async () => {
  deployed = await Deployed.start();
});
beforeEach(() => {
  log = jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => {
  jest.restoreAllMocks();
  deployed.reset();
});
afterAll(() => deployed.stop());

test('keeps the page of this moment in the proofs bucket, and says what it tells', async () => {
  deployed.answer(deployment({ resources: { files: ['uploads'] } }));
  const result = await handler({ prefix: 'acme' });
  expect(result).toEqual({ reportKey: expect.stringMatching(/^reports\/\d{8}T\d{9}Z\.html$/), health: 'unknown' });
  const page = deployed.reports().get(result.reportKey);
  expect(page).toMatch(/^<!doctype html>/);
  expect(page).toContain(`Age of proof (${ProofLevel.PRESENT})`);
  expect(page).toContain('uploads');
  expect(deployed.alarmRegions.sort()).toEqual(['eu-central-1', 'eu-west-1']);
  expect(log.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
    { level: 'INFO', message: 'wrote a report', ...result },
  ]);
});

test('looks into another account where it has a role for it', async () => {
  deployed.answer(deployment({ recovery: OTHER_ACCOUNT }));
  const { reportKey } = await handler({ prefix: 'acme', recoveryRoleArn: ROLE });
  expect(deployed.alarmRegions.sort()).toEqual(['eu-central-1', 'eu-west-1']);
  expect(deployed.reports().get(reportKey)).not.toContain('444455556666');
});

test('tells on the page that it cannot look into another account without one', async () => {
  deployed.answer(deployment({ recovery: OTHER_ACCOUNT }));
  const { reportKey } = await handler({ prefix: 'acme' });
  expect(deployed.alarmRegions).toEqual(['eu-west-1']);
  expect(deployed.reports().get(reportKey)).toContain('The alarms in eu-central-1 belong to account 444455556666');
});

test('tells on the page what could not be looked at', async () => {
  deployed.answer(deployment(), {
    DescribeAlarms: () => sdkError('AccessDenied'),
    GetMetricData: () => sdkError('AccessDenied'),
  });
  const { reportKey } = await handler({ prefix: 'acme' });
  const page = deployed.reports().get(reportKey);
  expect(page).toContain('Charts are missing');
  expect(page).toMatch(/alarms [^<]* eu-central-1 [^<]*AccessDenied/);
});

test('fails when the deployment cannot be found', async () => {
  deployed.answer(deployment(), { GetParameter: () => sdkError('ParameterNotFound') });
  await expect(handler({ prefix: 'acme' })).rejects.toThrow(/acme.*HINT: /s);
  expect(deployed.reports().size).toBe(0);
});

test('fails when the page cannot be written', async () => {
  deployed.answer(deployment());
  deployed.s3.fault = ({ operation }) =>
    operation === 'PutObject' ? { status: 403, code: 'AccessDenied' } : undefined;
  await expect(handler({ prefix: 'acme' })).rejects.toThrow(/Cannot write an object to bucket acme-proofs-/);
});

test.each([
  ['no prefix', {}],
  ['what is no role', { prefix: 'acme', recoveryRoleArn: 'arn:aws:s3:::bucket' }],
])('refuses an event with %s', async (_, event) => {
  await expect(handler(event)).rejects.toThrow('The event of write-report is wrong');
});
