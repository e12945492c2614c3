import { createServer } from 'node:net';
import type { DatabaseConnection } from '../../../engine/contract/tenant-dumps';
import { DatabaseAccess } from '../../../engine/postgres/connection';
import type { CredentialSources } from '../../../engine/postgres/login';

const access = (connection: Partial<DatabaseConnection>, sources: Partial<CredentialSources> = {}): DatabaseAccess =>
  DatabaseAccess.of(
    { host: '127.0.0.1', port: 5432, database: 'orders', login: { kind: 'environment' }, ...connection },
    { secret: async () => undefined, token: async () => 'token', environment: {}, ...sources },
  );

describe('the environment of the client tools', () => {
  it('holds what they need to connect, and nothing else of this process', async () => {
    const environment = {
      PATH: '/usr/bin',
      HOME: '/home/me',
      PGUSER: 'backup',
      PGPASSWORD: 'secret',
      PGSERVICE: 'other',
      AWS_SECRET_ACCESS_KEY: 'key',
    };
    await expect(access({ port: 6543 }, { environment }).environment()).resolves.toEqual({
      PATH: '/usr/bin',
      HOME: '/home/me',
      LC_ALL: 'C',
      PGHOST: '127.0.0.1',
      PGPORT: '6543',
      PGDATABASE: 'orders',
      PGUSER: 'backup',
      PGPASSWORD: 'secret',
      PGAPPNAME: 'holdfast',
      PGCONNECT_TIMEOUT: '30',
      PGSSLMODE: 'disable',
      PGGSSENCMODE: 'disable',
    });
  });

  it('names another database when asked for it', async () => {
    await expect(access({}).environment('tenant=1')).resolves.toMatchObject({ PGDATABASE: 'tenant=1' });
  });

  it('has neither home nor password file unless libpq is to look there', async () => {
    const environment = { HOME: '/home/me', PGPASSFILE: '/home/me/.pgpass' };
    const signedIn = access({ login: { kind: 'iam', user: 'backup', region: 'eu-west-1' } }, { environment });
    const names = Object.keys(await signedIn.environment());
    expect(names).not.toContain('HOME');
    expect(names).not.toContain('PGPASSFILE');
  });

  it('takes a new token for each tool, since a token does not last', async () => {
    let tokens = 0;
    const token = async () => {
      tokens += 1;
      return `token-${tokens}`;
    };
    const signedIn = access({ login: { kind: 'iam', user: 'backup', region: 'eu-west-1' } }, { token });
    await signedIn.environment();
    await expect(signedIn.environment()).resolves.toMatchObject({ PGUSER: 'backup', PGPASSWORD: 'token-2' });
  });
});

describe('a connection', () => {
  it('that nobody answers says where it went and what to look at', async () => {
    const port = await closedPort();
    await expect(access({ port }, { environment: { PGUSER: 'me' } }).connect()).rejects.toThrow(
      new RegExp(
        `Cannot connect to database "orders" on 127\\.0\\.0\\.1:${port}: ECONNREFUSED .*HINT: .*security group`,
      ),
    );
  });

  it('to another machine without certificates to trust is not attempted', async () => {
    await expect(access({ host: 'orders.example.com' }).connect()).rejects.toThrow('no certificates to trust');
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
