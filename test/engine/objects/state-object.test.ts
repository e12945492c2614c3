import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { READ_HINTS } from '../../../engine/objects/read-hints';
import { StateObject, StateTakenError } from '../../../engine/objects/state-object';
import { FakeS3Server, only } from '../../fakes/s3-server';

let server: FakeS3Server;
let s3: S3Client;
beforeAll(async () => {
  server = await FakeS3Server.start();
  s3 = server.client();
});
afterAll(async () => {
  s3.destroy();
  await server.stop();
});
beforeEach(() => server.reset());

const states = () =>
  new StateObject({
    s3,
    bucket: 'states',
    key: 'state.json',
    schema: z.object({ format: z.literal(1), count: z.number() }),
    of: 'counts',
    takenBy: 'counts',
    hints: READ_HINTS,
  });
const count = (value: number) => ({ format: 1 as const, count: value });

test('is read as it was written, and there is none at first', async () => {
  await expect(states().read()).resolves.toEqual({ state: undefined, etag: undefined });
  const etag = await states().write(count(1), undefined);
  await expect(states().read()).resolves.toEqual({ state: count(1), etag });
});

test('what another run has written since is not overwritten', async () => {
  const first = await states().write(count(1), undefined);
  await states().write(count(2), first);
  await expect(states().write(count(3), first)).rejects.toThrow(StateTakenError);
  await expect(states().write(count(3), undefined)).rejects.toThrow(
    'Another run counts. HINT: nothing to do; let one schedule only send the event.',
  );
  await expect(states().read()).resolves.toMatchObject({ state: count(2) });
});

test('a write whose answer was lost is known as the own one', async () => {
  server.fault = only('PutObject', 0, 'lose');
  const etag = await states().write(count(1), undefined);
  expect(server.count('PutObject')).toBe(2);
  await expect(states().write(count(2), etag)).resolves.toEqual(expect.any(String));
});

test.each([
  ['no JSON', '<', 'the whole file'],
  ['another form', '{"format":1}', 'count'],
])('what is %s is refused', async (_, content, where) => {
  await server.bucket('states').put('state.json', Buffer.from(content));
  await expect(states().read()).rejects.toThrow(
    `s3://states/state.json is no state of counts of format 1 (wrong: ${where}). HINT: restore an earlier version`,
  );
});

test.each([
  ['GetObject', () => states().read(), 'Cannot read the state of counts from bucket states: AccessDenied'],
  [
    'PutObject',
    () => states().write(count(1), undefined),
    'Cannot write the state of counts to bucket states: AccessDenied',
  ],
] as const)('a refusal of %s is told', async (operation, act, message) => {
  server.fault = only(operation, 0, { status: 403, code: 'AccessDenied' });
  await expect(act()).rejects.toThrow(message);
});
