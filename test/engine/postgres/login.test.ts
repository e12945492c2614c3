import type { DatabaseConnection, DatabaseLogin } from '../../../engine/contract/tenant-dumps';
import { type CredentialSources, signIn } from '../../../engine/postgres/login';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders';
const PASSWORD = 'correct horse';

const connectionWith = (login: DatabaseLogin): DatabaseConnection => ({
  host: 'orders.example.com',
  port: 5432,
  database: 'orders',
  login,
});

const sources = (overrides: Partial<CredentialSources> = {}): CredentialSources => ({
  secret: async () => undefined,
  token: async () => 'token',
  environment: {},
  ...overrides,
});

const signInWithSecret = (text: string | undefined) =>
  signIn(
    connectionWith({ kind: 'secret', secretArn: SECRET_ARN }),
    sources({ secret: async (arn) => (arn === SECRET_ARN ? text : undefined) }),
  );

describe('signing in with a secret', () => {
  it('reads the shape that RDS gives a secret', async () => {
    const text = JSON.stringify({ username: 'backup', password: PASSWORD, engine: 'postgres', host: 'elsewhere' });
    await expect(signInWithSecret(text)).resolves.toEqual({ user: 'backup', password: PASSWORD });
  });

  it.each([
    ['username', { password: PASSWORD }],
    ['username', { username: '', password: PASSWORD }],
    ['password', { username: 'backup' }],
    ['password', { username: 'backup', password: 5 }],
  ])('names the field %s when it is missing, and no value', async (field, secret) => {
    const error: Error = await signInWithSecret(JSON.stringify(secret)).then(fail, (thrown) => thrown);
    expect(error.message).toContain(`has no field "${field}"`);
    expect(error.message).toContain('HINT: ');
    expect(error.message).not.toContain(PASSWORD);
    expect(error.message).not.toContain('"backup"');
  });

  it.each([[`${PASSWORD} is no JSON`], ['null'], ['"text"'], [undefined]])(
    'refuses a secret that is no JSON object without quoting it: %j',
    async (text) => {
      const error: Error = await signInWithSecret(text).then(fail, (thrown) => thrown);
      expect(error.message).toContain('is no JSON object');
      expect(error.message).not.toContain(PASSWORD);
    },
  );

  it('says which secret cannot be read, and why', async () => {
    const denied = Object.assign(new Error(`text with ${PASSWORD}`), { name: 'AccessDeniedException' });
    const failing = sources({ secret: () => Promise.reject(denied) });
    const login = { kind: 'secret', secretArn: SECRET_ARN } as const;
    const error: Error = await signIn(connectionWith(login), failing).then(fail, (thrown) => thrown);
    expect(error.message).toContain(`Cannot read the secret ${SECRET_ARN}: AccessDeniedException. HINT: `);
    expect(error.message).not.toContain(PASSWORD);
  });
});

describe('signing in with IAM', () => {
  const login = { kind: 'iam', user: 'backup', region: 'eu-west-1' } as const;

  it('asks for a token for the server and the user', async () => {
    const token = jest.fn().mockResolvedValue('the-token');
    await expect(signIn(connectionWith(login), sources({ token }))).resolves.toEqual({
      user: 'backup',
      password: 'the-token',
    });
    expect(token).toHaveBeenCalledWith({
      hostname: 'orders.example.com',
      port: 5432,
      username: 'backup',
      region: 'eu-west-1',
    });
  });

  it('says what to do when there are no credentials', async () => {
    const failing = sources({ token: () => Promise.reject(new TypeError('nothing found')) });
    await expect(signIn(connectionWith(login), failing)).rejects.toThrow(
      /Cannot make a token for the user backup in eu-west-1: TypeError\. HINT: .*rds-db:connect/,
    );
  });
});

describe('signing in as libpq would', () => {
  it('takes user and password of the environment', async () => {
    const environment = { PGUSER: 'me', PGPASSWORD: PASSWORD, PGHOST: 'not read' };
    await expect(signIn(connectionWith({ kind: 'environment' }), sources({ environment }))).resolves.toEqual({
      user: 'me',
      password: PASSWORD,
    });
  });

  it('leaves to libpq what the environment does not have', async () => {
    const environment = { PGUSER: '', PATH: '/bin' };
    await expect(signIn(connectionWith({ kind: 'environment' }), sources({ environment }))).resolves.toEqual({});
  });
});

function fail(): never {
  throw new Error('it did not fail');
}
