import { type CustomResourceOutcome, sendResponse } from '../../../engine/cloudformation/custom-resource-response';
import { type ResponseReceiver, startResponseReceiver } from './response-receiver';

const IDS = {
  StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/HoldfastPrimary/1',
  RequestId: 'request-1',
  LogicalResourceId: 'Replication',
};
const SUCCESS: CustomResourceOutcome = { status: 'SUCCESS', physicalResourceId: 'uploads' };

let receiver: ResponseReceiver;
beforeEach(async () => {
  receiver = await startResponseReceiver();
});
afterEach(() => receiver.close());

const send = (outcome: CustomResourceOutcome, waitsMs: number[] = [], ResponseURL = receiver.url) =>
  sendResponse({ ...IDS, ResponseURL }, outcome, waitsMs);
const body = () => JSON.parse(receiver.received.at(-1)?.body ?? 'null');

test('puts the answer with the ids of the request', async () => {
  await send(SUCCESS);
  expect(receiver.received).toHaveLength(1);
  expect(receiver.received[0]).toMatchObject({ method: 'PUT', url: '/answer?X-Amz-Signature=secret' });
  expect(body()).toEqual({ Status: 'SUCCESS', PhysicalResourceId: 'uploads', ...IDS });
});

test('sends no content type, because the address is signed without one', async () => {
  await send(SUCCESS);
  expect(receiver.received[0]?.headers).not.toHaveProperty('content-type');
});

test('gives the reason of a failure', async () => {
  await send({ status: 'FAILED', physicalResourceId: 'NOT_PROTECTED', reason: 'not versioned' });
  expect(body()).toMatchObject({ Status: 'FAILED', Reason: 'not versioned', PhysicalResourceId: 'NOT_PROTECTED' });
});

test('cuts a reason that would make the answer longer than 4,096 bytes', async () => {
  await send({ status: 'FAILED', physicalResourceId: 'uploads', reason: '漢'.repeat(5_000) });
  expect(Buffer.byteLength(receiver.received[0]?.body ?? '')).toBeLessThanOrEqual(4_096);
  expect(body().Reason).toMatch(/^漢+$/);
});

test('repeats what was not taken', async () => {
  receiver.statuses.push(503, 500);
  await send(SUCCESS, [1, 1]);
  expect(receiver.received).toHaveLength(3);
});

test('stops repeating once the answer was taken', async () => {
  await send(SUCCESS, [1, 1]);
  expect(receiver.received).toHaveLength(1);
});

test('fails after the last attempt, without the address', async () => {
  receiver.statuses.push(403, 403);
  const error: Error = await send(SUCCESS, [1]).catch((caught) => caught);
  expect(error.message).toMatch(
    /^CloudFormation did not take the answer SUCCESS for Replication in 2 attempts, at last: HTTP 403\. HINT: /,
  );
  expect(receiver.received).toHaveLength(2);
});

test.each(['http://127.0.0.1:1/?X-Amz-Signature=secret', 'not an address?X-Amz-Signature=secret'])(
  'does not tell the address when nothing can be sent to it: %s',
  async (url) => {
    const error: Error = await send(SUCCESS, [], url).catch((caught) => caught);
    expect(error.message).toContain('at last: TypeError');
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain('secret');
  },
);
