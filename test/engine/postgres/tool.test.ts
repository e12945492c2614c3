import { once } from 'node:events';
import { runTool, startTool } from '../../../engine/postgres/tool';
import { ToolError, type ToolFault } from '../../../engine/postgres/tool-error';
import { FakeTools } from './fake-tools';

const LIMIT_BYTES = 1024;

describe('a client tool', () => {
  let tools: FakeTools;
  beforeAll(async () => {
    tools = await FakeTools.create();
  });
  afterAll(() => tools.remove());

  it('gives what it writes', async () => {
    const options = await tools.write('psql', 'printf "%s|" "$@"');
    const output = await runTool('psql', ['two words', '$HOME', '"; exit 1'], options, LIMIT_BYTES);
    expect(output.toString()).toBe('two words|$HOME|"; exit 1|');
  });

  it('gets the environment that it is given, and nothing else', async () => {
    const options = await tools.write('psql', 'env');
    const output = await runTool('psql', [], { ...options, environment: { PGPASSWORD: 'x' } }, LIMIT_BYTES);
    expect(output.toString()).toContain('PGPASSWORD=x');
    expect(output.toString()).not.toContain('HOME=');
  });

  it('fails with its exit code and message', async () => {
    const options = await tools.write('pg_dump', 'echo "pg_dump: error: no such thing" >&2; exit 3');
    const error = await failureOf(runTool('pg_dump', [], options, LIMIT_BYTES));
    expect(error.end).toEqual({ exitCode: 3 });
    expect(error.message).toMatch(/^pg_dump failed with exit code 3: pg_dump: error: no such thing\. HINT: /);
  });

  it('fails although it wrote everything when its exit code says so', async () => {
    const options = await tools.write('pg_dump', 'echo all; exit 1');
    await expect(runTool('pg_dump', [], options, LIMIT_BYTES)).rejects.toThrow('exit code 1');
  });

  it('fails with the signal that ended it, and where it likely came from', async () => {
    const options = await tools.write('pg_dump', 'kill -9 $$');
    const error = await failureOf(runTool('pg_dump', [], options, LIMIT_BYTES));
    expect(error.end).toEqual({ signal: 'SIGKILL' });
    expect(error.message).toMatch(/was ended by SIGKILL\. HINT: .*memory/);
  });

  it('that is not there is named, with the variable that leads to it', async () => {
    const options = { directory: `${tools.directory}/none`, environment: {} };
    const error = await failureOf(runTool('pg_dumpall', [], options, LIMIT_BYTES));
    expect(error.fault).toBe('missing');
    expect(error.message).toMatch(/pg_dumpall could not be started \(ENOENT\)\. HINT: .*HOLDFAST_POSTGRES_BIN/);
  });

  it('that writes more than is expected is ended', async () => {
    const options = await tools.write('pg_dumpall', 'exec yes');
    await expect(runTool('pg_dumpall', [], options, LIMIT_BYTES)).rejects.toThrow(
      /pg_dumpall wrote more than the limit of 1024 bytes\. HINT: /,
    );
  });

  it('is ended by the signal it was given', async () => {
    const options = await tools.write('pg_dump', 'echo begun; exec sleep 60');
    const controller = new AbortController();
    const tool = startTool('pg_dump', [], { ...options, signal: controller.signal });
    await once(tool.stdout, 'data');
    controller.abort();
    expect((await failureOf(tool.done)).end).toEqual({ signal: 'SIGTERM' });
  });

  it('is ended at once by a signal that was aborted before', async () => {
    const options = await tools.write('pg_dump', 'exec sleep 60');
    const tool = startTool('pg_dump', [], { ...options, signal: AbortSignal.abort() });
    expect((await failureOf(tool.done)).end).toEqual({ signal: 'SIGTERM' });
  });

  it('waits while nobody reads what it writes', async () => {
    const options = await tools.write('pg_dump', 'head -c 3000000 /dev/zero; echo done >&2');
    const tool = startTool('pg_dump', [], options);
    const first = await Promise.race([tool.done.then(() => 'ended'), delay(200)]);
    expect(first).toBe('waits');
    tool.stdout.resume();
    await tool.done;
  });

  it('keeps only the end of endless messages', async () => {
    const options = await tools.write('pg_dump', 'yes "pg_dump: warning: again" | head -c 1000000 >&2; exit 1');
    const error = await failureOf(runTool('pg_dump', [], options, LIMIT_BYTES));
    expect(error.message.length).toBeLessThan(3000);
  });

  it.each<[string, ToolFault, RegExp]>([
    ['ERROR:  out of shared memory', 'locks', /max_locks_per_transaction.*rebooted/],
    ['could not write to file: No space left on device', 'disk', /disk is full/],
    ['aborting because of server version mismatch', 'version', /newer/],
    ['FATAL:  password authentication failed for user "backup"', 'login', /password/],
    ['ERROR:  canceling statement due to lock timeout', 'busy', /migration/],
    ['ERROR:  canceling statement due to statement timeout', 'busy', /migration/],
    ['ERROR:  permission denied for schema tenant_1', 'rights', /pg_read_all_data/],
    ['server closed the connection unexpectedly', 'connection', /run again/],
    ['ERROR:  relation "a.b" does not exist', 'vanished', /dropped/],
    ['ERROR:  relation "a."b" x" does not exist', 'vanished', /dropped/],
    ['ERROR:  could not open relation with OID 16999', 'vanished', /dropped/],
    ['ERROR:  cache lookup failed for index 16999', 'vanished', /dropped/],
    ['ERROR:  schema with OID 16999 does not exist', 'vanished', /dropped/],
    ['FATAL:  role "backup" does not exist', 'login', /user exists/],
    ['something new', 'other', /documentation/],
  ])('knows what "%s" means', async (message, fault, hint) => {
    const error = new ToolError('pg_dump', { exitCode: 1 }, `pg_dump: error: ${message}`);
    expect(error.fault).toBe(fault);
    expect(error.message.split('HINT: ')[1]).toMatch(hint);
  });
});

const delay = (ms: number) => new Promise<string>((resolve) => setTimeout(() => resolve('waits'), ms));

async function failureOf(promise: Promise<unknown>): Promise<ToolError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ToolError);
  return error as ToolError;
}
