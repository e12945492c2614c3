import { tlsSessions } from '../../../engine/redis/cache-session';
import { bulk, FakeCacheServer, makeCertificate, type TestCertificate } from '../../fakes/cache-server';

let certificate: TestCertificate;
let server: FakeCacheServer;
beforeAll(async () => {
  certificate = await makeCertificate();
});
beforeEach(async () => {
  server = await FakeCacheServer.start(certificate);
});
afterEach(() => server.stop());

const addressOf = ({ port }: FakeCacheServer, host = 'localhost') => ({ host, port });
const open = (...args: Parameters<ReturnType<typeof tlsSessions>>) => tlsSessions(certificate.cert)(...args);

test('speaks TLS 1.3, and sends no credentials where none are needed', async () => {
  server.answer = () => bulk('run_id:1\r\n');
  const session = await open(addressOf(server), undefined);
  await expect(session.ask('INFO')).resolves.toBe('run_id:1\r\n');
  expect(server).toMatchObject({ asked: [['INFO']], versions: ['TLSv1.3'] });
  session.close();
});

test.each([
  [{ username: 'probe', password: 'pw' }, ['AUTH', 'probe', 'pw']],
  [{ password: 'token' }, ['AUTH', 'token']],
])('signs in before it asks', async (credentials, command) => {
  const session = await open(addressOf(server), credentials);
  await session.ask('CLUSTER', 'SLOTS');
  expect(server.asked).toEqual([command, ['CLUSTER', 'SLOTS']]);
  session.close();
});

test('speaks TLS 1.2 with an older engine, and nothing older', async () => {
  const older = await FakeCacheServer.start(certificate, 'TLSv1.2');
  const session = await open(addressOf(older), undefined);
  expect(older.versions).toEqual(['TLSv1.2']);
  session.close();
  await older.stop();
});

test('knows a server by its name when it is reached by its address', async () => {
  const session = await open(addressOf(server, '127.0.0.1'), undefined, 'localhost');
  session.close();
  await expect(open(addressOf(server, '127.0.0.1'), undefined)).rejects.toThrow('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('talks to no server that nobody vouches for', async () => {
  await expect(tlsSessions()(addressOf(server), { password: 'hush' })).rejects.toThrow(
    /^The cache at localhost:\d+ cannot be talked to: (DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN). HINT: let the security group/,
  );
  expect(server.asked).toEqual([]);
});

test('a refusal tells its code, and neither the user nor the password', async () => {
  server.answer = () => '-WRONGPASS invalid pair for probe hush-hush\r\n';
  const error: Error = await open(addressOf(server), { username: 'probe', password: 'hush-hush' }).then(
    () => Promise.reject(new Error('accepted')),
    (refusal) => refusal,
  );
  expect(error.message).toMatch(/does not let the user in: WRONGPASS. HINT: compare the secret/);
  expect(`${error.message} ${error.cause}`).not.toMatch(/probe|hush/);
});

test('an error of the server fails the command, and not the session', async () => {
  const session = await open(addressOf(server), undefined);
  server.answer = ([name]) => (name === 'INFO' ? '-NOPERM no\r\n' : '+OK\r\n');
  await expect(session.ask('INFO')).rejects.toThrow('NOPERM no');
  await expect(session.ask('PING')).resolves.toBe('OK');
  session.close();
});

test('a connection that breaks fails what was asked and whatever is asked after', async () => {
  const session = await open(addressOf(server), undefined);
  server.answer = () => {
    server.cut();
    return undefined;
  };
  await expect(session.ask('INFO')).rejects.toThrow('cannot be talked to');
  await expect(session.ask('INFO')).rejects.toThrow('cannot be talked to');
});

test('waits five seconds for an answer', async () => {
  const session = await open(addressOf(server), undefined);
  server.answer = () => undefined;
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  const asked = session.ask('INFO');
  jest.advanceTimersByTime(4_999);
  const state = await Promise.race([asked.then(String, String), Promise.resolve('waits')]);
  jest.advanceTimersByTime(1);
  jest.useRealTimers();
  expect(state).toBe('waits');
  await expect(asked).rejects.toThrow('no answer to INFO within 5 s');
  session.close();
});

test('what is no RESP comes from no Redis', async () => {
  const session = await open(addressOf(server), undefined);
  server.answer = () => 'HTTP/1.1 400 Bad Request\r\n\r\n';
  await expect(session.ask('INFO')).rejects.toThrow('it answers in no form that Redis knows');
});
