import { CommanderError } from 'commander';
import { dumpJob } from '../../jobs/dump';
import { runJob, StoppedError } from '../../jobs/run-job';

/** Lines that a job writes to its log. */
function captureLog(): { lines: () => { level: string; message: string; reason?: string }[] } {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  return { lines: () => write.mock.calls.map(([line]) => JSON.parse(String(line))) };
}

describe('a job', () => {
  let exitCode: typeof process.exitCode;
  const variable = process.env.HOLDFAST_TENANT_DUMPS;
  beforeEach(() => {
    exitCode = process.exitCode;
  });
  afterEach(() => {
    process.exitCode = exitCode;
    process.env.HOLDFAST_TENANT_DUMPS = variable ?? '';
    jest.restoreAllMocks();
  });

  it('ends with 0 when it is done', async () => {
    captureLog();
    await runJob('dump', async () => undefined);
    expect(process.exitCode).toBe(exitCode);
  });

  it('ends with 1 and one line that says why when it fails', async () => {
    const log = captureLog();
    await runJob('dump', () => Promise.reject(new Error('it broke. HINT: mend it.')));
    expect(process.exitCode).toBe(1);
    expect(log.lines()).toEqual([
      { level: 'ERROR', time: expect.any(String), message: 'dump failed', reason: 'it broke. HINT: mend it.' },
    ]);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('stops in order at %s and ends with %i', async (signal, code) => {
    const log = captureLog();
    await runJob('dump', async ({ signal: stop }) => {
      process.emit(signal, signal);
      stop.throwIfAborted();
    });
    expect(process.exitCode).toBe(code);
    expect(log.lines()[0]?.reason).toMatch(new RegExp(`^dump was stopped by ${signal}\\. HINT: `));
  });

  it('leaves signals alone when it has ended', async () => {
    captureLog();
    const before = process.listenerCount('SIGTERM');
    await runJob('dump', async () => {
      expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    });
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  it('ends with 2 when its settings are wrong, and names them', async () => {
    const log = captureLog();
    process.env.HOLDFAST_TENANT_DUMPS = '{}';
    await dumpJob().parseAsync(['node', 'dump']);
    expect(process.exitCode).toBe(2);
    expect(log.lines().at(-1)).toMatchObject({ level: 'ERROR', message: 'dump failed' });
    expect(log.lines().at(-1)?.reason).toContain('resource: ');
  });

  it.each([[['coordinate']], [['group', '--run', 'x']], [['group', '--group', '1']], [['--jobs', '3']]])(
    'refuses a command that is not whole: %j',
    async (args) => {
      jest.spyOn(process.stderr, 'write').mockReturnValue(true);
      await expect(dumpJob().parseAsync(['node', 'dump', ...args])).rejects.toThrow(CommanderError);
    },
  );

  it('says by its error what it was stopped with', () => {
    expect(new StoppedError('dump', 'SIGINT').signal).toBe('SIGINT');
  });
});
