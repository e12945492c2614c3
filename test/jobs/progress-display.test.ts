import { PassThrough } from 'node:stream';
import { ProgressCounter } from '../../engine/dump/progress';
import { progressFigures, showProgress } from '../../jobs/progress-display';

const log = () => ({ info: jest.fn(), warn: jest.fn(), error: jest.fn() });
const pipe = { isTTY: false } as NodeJS.WriteStream;

describe('the progress of a dump', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('has a rate and what is left', () => {
    const progress = Object.assign(new ProgressCounter(), { tables: 400, tablesDone: 100, bytes: 5_000_000 });
    expect(progressFigures(progress, 10_000)).toMatchObject({
      tables: '100/400',
      bytesPerSecond: 500_000,
      secondsLeft: 30,
    });
  });

  it('does not guess before the first table is done', () => {
    expect(progressFigures(new ProgressCounter(), 0)).toMatchObject({ bytesPerSecond: 0, secondsLeft: undefined });
  });

  it('is a line of the log every ten seconds where there is no terminal, until it is stopped', async () => {
    const lines = log();
    const progress = new ProgressCounter();
    const display = await showProgress(progress, lines, pipe);
    progress.expect(2, 40);
    progress.begin('acme');
    progress.complete('acme', 20);
    jest.advanceTimersByTime(9_999);
    expect(lines.info).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(lines.info).toHaveBeenCalledWith(
      'dumping',
      expect.objectContaining({ tenants: '1/2', tables: '20/40', tenant: 'acme', secondsLeft: 10 }),
    );
    display.stop();
    jest.advanceTimersByTime(60_000);
    expect(lines.info).toHaveBeenCalledTimes(1);
  });

  it('is a bar on a terminal, which goes away when it is stopped', async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 160 });
    let written = '';
    terminal.on('data', (piece: Buffer) => {
      written += piece;
    });
    const progress = new ProgressCounter();
    const lines = log();
    const display = await showProgress(progress, lines, terminal as unknown as NodeJS.WriteStream);
    jest.advanceTimersByTime(1_000);
    expect(written).toBe('');
    progress.expect(2, 40);
    progress.begin('acme');
    progress.complete('acme', 10);
    progress.bytes = 3_000_000;
    jest.advanceTimersByTime(1_000);
    expect(written).toContain('25%');
    expect(written).toContain('tables 10/40');
    expect(written).toContain('3.0 MB');
    expect(written).toContain('left 6 s  acme');
    display.stop();
    const end = written.length;
    jest.advanceTimersByTime(60_000);
    expect(written.length).toBe(end);
    expect(lines.info).not.toHaveBeenCalled();
  });

  it('counts anew when a dump is tried again', () => {
    const progress = new ProgressCounter();
    progress.expect(2, 40);
    progress.bytes = 5;
    progress.complete(undefined, 3);
    progress.reset();
    expect({ ...progress }).toEqual({ ...new ProgressCounter() });
  });
});
