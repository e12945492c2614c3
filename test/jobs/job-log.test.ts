import { PassThrough } from 'node:stream';
import { openLog } from '../../jobs/job-log';

describe('the log of a job', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is one JSON object a line on standard output', () => {
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const log = openLog({ isTTY: false } as NodeJS.WriteStream);
    log.info('begun', { tenants: 2 });
    log.warn('odd\nline');
    log.error('failed', { reason: 'why' });
    const lines = write.mock.calls.map(([line]) => String(line));
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 'INFO', time: expect.any(String), message: 'begun', tenants: 2 },
      { level: 'WARN', time: expect.any(String), message: 'odd\nline' },
      { level: 'ERROR', time: expect.any(String), message: 'failed', reason: 'why' },
    ]);
  });

  it('shows lists on a terminal one below the other', () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    const log = openLog(terminal as unknown as NodeJS.WriteStream);
    log.info('plan', { none: [], one: ['a "b"'], two: ['a', 'b'], left: undefined, entries: [{ dumpId: 1 }] });
    expect(String(terminal.read())).toBe(
      '\r\u001b[Kplan\n  none: -\n  one: a "b"\n  two:\n    a\n    b\n  entries: [{"dumpId":1}]\n',
    );
  });

  it('is text for people on a terminal', () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    const write = jest.spyOn(process.stdout, 'write');
    const log = openLog(terminal as unknown as NodeJS.WriteStream);
    log.info('the backup exists', { id: '20261123', tenants: 2 });
    log.error('dump failed');
    expect(String(terminal.read())).toBe(
      '\r\u001b[Kthe backup exists\n  id: 20261123\n  tenants: 2\n\r\u001b[KERROR dump failed\n',
    );
    expect(write).not.toHaveBeenCalled();
  });
});
