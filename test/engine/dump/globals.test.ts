import { dumpGlobals } from '../../../engine/dump/globals';
import { FakeTools } from '../postgres/fake-tools';

const ROLES = `CREATE ROLE app;
ALTER ROLE app WITH NOSUPERUSER INHERIT LOGIN;
ALTER ROLE "x PASSWORD 'y" WITH NOSUPERUSER;
ALTER ROLE app SET app.note TO 'the PASSWORD ''';
COMMENT ON ROLE app IS 'PASSWORD ''md5''';
`;

describe('roles and tablespaces', () => {
  let tools: FakeTools;
  beforeAll(async () => {
    tools = await FakeTools.create();
  });
  afterAll(() => tools.remove());

  const dump = async (output: string, database = 'orders'): Promise<string> => {
    const file = await tools.file('globals', Buffer.from(output));
    const options = await tools.write('pg_dumpall', `cat '${file}'`);
    return (await dumpGlobals(database, options)).toString();
  };

  it('are what pg_dumpall writes', async () => {
    await expect(dump(ROLES)).resolves.toBe(ROLES);
  });

  it('are asked for without passwords, in the database of the settings, whatever its name', async () => {
    const options = await tools.write('pg_dumpall', 'printf "%s\\n" "$@"');
    const args = (await dumpGlobals("host=x it's \\ ", options)).toString().trimEnd().split('\n');
    expect(args).toContain('--no-role-passwords');
    expect(args).toContain('--globals-only');
    expect(args).toContain("--database=dbname='host=x it\\'s \\\\ '");
  });

  it.each([
    "ALTER ROLE app WITH NOSUPERUSER LOGIN PASSWORD 'md5c0ffee';",
    "ALTER ROLE \"my app\" WITH NOSUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$4096:c0ffee' VALID UNTIL 'infinity';",
    "CREATE ROLE app WITH PASSWORD 'c0ffee';",
  ])('are refused with a password, and it is not repeated: %s', async (line) => {
    const error: Error = await dump(`${ROLES}${line}\n`).then(
      () => new Error('they were taken'),
      (thrown) => thrown,
    );
    expect(error.message).toMatch(/^pg_dumpall wrote a password of a role .* HINT: /);
    expect(error.message).not.toContain('c0ffee');
  });

  it('fail with pg_dumpall', async () => {
    const options = await tools.write('pg_dumpall', 'echo CREATE; exit 1');
    await expect(dumpGlobals('orders', options)).rejects.toThrow('pg_dumpall failed with exit code 1');
  });
});
