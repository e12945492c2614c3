import { Command, CommanderError } from 'commander';
import { restoreJob } from '../../jobs/restore';

/** What is wrong with a command, as whoever typed it reads it; undefined when nothing is. */
async function problemOf(...args: string[]): Promise<string | undefined> {
  const written: string[] = [];
  const job = restoreJob();
  const quiet = (command: Command) => {
    command.configureOutput({ writeErr: (text) => written.push(text), writeOut: () => undefined });
    command.commands.forEach(quiet);
  };
  quiet(job);
  const log: string[] = [];
  const before = process.exitCode;
  let exitCode: typeof process.exitCode;
  const settings = process.env.HOLDFAST_TENANT_DUMPS;
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  process.env.HOLDFAST_TENANT_DUMPS = '';
  try {
    await new Command()
      .exitOverride()
      .addCommand(job)
      .parseAsync(['restore', ...args], { from: 'user' });
  } catch (error) {
    expect(error).toBeInstanceOf(CommanderError);
    return written.join('').trim();
  } finally {
    log.push(...write.mock.calls.map(([line]) => String(line)));
    exitCode = process.exitCode;
    write.mockRestore();
    process.exitCode = before;
    if (settings === undefined) delete process.env.HOLDFAST_TENANT_DUMPS;
    else process.env.HOLDFAST_TENANT_DUMPS = settings;
  }
  // Only the settings were missing: the command was understood.
  expect(log.join('')).toContain('HOLDFAST_TENANT_DUMPS');
  expect(exitCode).toBe(2);
  return undefined;
}

test.each([
  [['tenant', 'acme', '--in-place', '--yes']],
  [['tenant', 'acme', '--as-schema', 'other', '--at', '2026-11-23T02:00:00+01:00']],
  [['tenant', 'acme', '--into-database', 'copy', '--create', '--backup', '20261123T020000Z-0f3c9a1e', '--jobs', '64']],
  [['database', '--into', 'copy', '--create', '--dry-run']],
  [['database']],
  [['database', '--into', 'copy', '--at', '2028-02-29T23:30:00-05:00']],
  [['list']],
])('takes %p', async (args) => {
  expect(await problemOf(...args)).toBeUndefined();
});

test.each([
  [['tenant', 'acme'], 'error: give --into-database, --as-schema or --in-place'],
  [['tenant', '--in-place'], "error: missing required argument 'name'"],
  [['tenant', 'acme', '--in-place', '--as-schema', 'x'], 'cannot be used with option'],
  [['tenant', 'acme', '--as-schema', 'x', '--into-database', 'y'], 'cannot be used with option'],
  [['tenant', 'acme', '--in-place', '--create'], 'error: --create needs --into-database'],
  [['tenant', 'acme', '--in-place', '--at', '2026-11-23'], 'It must be a time with its zone'],
  [['tenant', 'acme', '--in-place', '--at', '2026-11-23T02:00:00'], 'It must be a time with its zone'],
  [['tenant', 'acme', '--in-place', '--at', '2026-13-23T02:00:00Z'], 'It must be a time with its zone'],
  [['tenant', 'acme', '--in-place', '--at', '2026-11-32T02:00:00Z'], 'It must be a time with its zone'],
  [
    ['tenant', 'acme', '--in-place', '--at', '2026-02-30T00:00:00Z'],
    'There is no day 2026-02-30. HINT: that month has fewer days.',
  ],
  [['tenant', 'acme', '--in-place', '--at', '2026-02-29T23:00:00-05:00'], 'There is no day 2026-02-29. HINT:'],
  [['database', '--at', '2026-11-31T12:00:00+01:00'], 'There is no day 2026-11-31. HINT:'],
  [['tenant', 'acme', '--in-place', '--at', '2026-11-23T02:00:00Z', '--backup', 'x'], 'cannot be used with option'],
  [['database', '--jobs', '0'], 'It must be a whole number from 1 to 64.'],
  [['database', '--jobs', '65'], 'It must be a whole number from 1 to 64.'],
  [['database', '--jobs', '1.5'], 'It must be a whole number from 1 to 64.'],
  [['database', '--yes'], "error: unknown option '--yes'"],
  [['everything'], 'error: '],
])('refuses %p', async (args, problem) => {
  expect(await problemOf(...args)).toContain(problem);
});
