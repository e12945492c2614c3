import { readCacheLogin } from '../../../engine/redis/cache-login';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:cache';
const login = { kind: 'secret', secretArn } as const;
const read = (text: string | undefined) => readCacheLogin(login, async () => text);

test('a user and its password', async () => {
  await expect(read('{"username":"probe","password":"pw"}')).resolves.toEqual({ username: 'probe', password: 'pw' });
});

test('an auth token alone', async () => {
  await expect(read('{"password":"token"}')).resolves.toEqual({ password: 'token' });
});

test('nothing is read where everyone is let in', async () => {
  const never = () => Promise.reject(new Error('read'));
  await expect(readCacheLogin({ kind: 'open' }, never)).resolves.toBeUndefined();
});

test.each([
  ['no JSON', 'hush-hush'],
  ['no password', '{"username":"probe","token":"hush-hush"}'],
  ['an empty user', '{"username":"","password":"hush-hush"}'],
])('refuses a secret with %s and does not tell it', async (_, text) => {
  const error: Error = await read(text).then(
    () => Promise.reject(new Error('accepted')),
    (refusal) => refusal,
  );
  expect(error.message).toContain(secretArn);
  expect(error.message).toContain('HINT: it must have the form {"username": ..., "password": ...}');
  expect(error.message).not.toContain('hush-hush');
});
