import { errorName, explainStoreError, httpStatus } from '../../../engine/objects/store-error';

const HINTS = { AccessDenied: 'ask for access.', other: 'look it up.' };
const sdkError = (name: string, status: number, message = name) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });

test('says what was attempted where, and what to do', () => {
  const cause = sdkError('AccessDenied', 403, 'no');
  const error = explainStoreError(cause, 'write to', 'dumps', HINTS);
  expect(error.message).toBe('Cannot write to bucket dumps: AccessDenied: no. HINT: ask for access.');
  expect(error.cause).toBe(cause);
});

test('has a hint for what nobody thought of', () => {
  expect(explainStoreError('odd', 'write to', 'dumps', HINTS).message).toBe(
    'Cannot write to bucket dumps: Error: odd. HINT: look it up.',
  );
});

test('names an error without a name by its status', () => {
  expect(errorName(sdkError('Unknown', 403))).toBe('AccessDenied');
  expect(errorName(sdkError('404', 404))).toBe('NotFound');
  expect(errorName(sdkError('Unknown', 500))).toBe('Unknown');
  expect(errorName(sdkError('SlowDown', 503))).toBe('SlowDown');
});

test('knows the status of an answer only if there was one', () => {
  expect(httpStatus(sdkError('SlowDown', 503))).toBe(503);
  expect(httpStatus(new Error('broken'))).toBeUndefined();
  expect(httpStatus('broken')).toBeUndefined();
});

test('does not repeat the key of an object', () => {
  const error = sdkError(
    'AccessDenied',
    403,
    'x on resource: "arn:aws:s3:::dumps/daily/shop/tenants/acme" because of y',
  );
  expect(explainStoreError(error, 'write to', 'dumps', HINTS).message).toContain('"arn:aws:s3:::dumps/…" because of y');
});
