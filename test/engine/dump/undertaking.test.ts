import { setTimeout as sleep } from 'node:timers/promises';
import { Undertaking } from '../../../engine/dump/undertaking';

const never = new AbortController().signal;
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('a consequence')));
  });

describe('an undertaking', () => {
  it('gives the result of its main strand when all have ended', async () => {
    const run = new Undertaking(never);
    let hasEnded = false;
    run.strand(
      sleep(5).then(() => {
        hasEnded = true;
      }),
    );
    await expect(run.finish(Promise.resolve('done'))).resolves.toBe('done');
    expect(hasEnded).toBe(true);
    expect(run.signal.aborted).toBe(false);
  });

  it('fails of the first failure, and stops the other strands', async () => {
    const run = new Undertaking(never);
    run.strand(sleep(5).then(() => Promise.reject(new Error('the cause'))));
    await expect(run.finish(untilAborted(run.signal))).rejects.toThrow('the cause');
  });

  it('fails of a promise that it only watches', async () => {
    const run = new Undertaking(never);
    run.watch(sleep(5).then(() => Promise.reject(new Error('lost'))));
    await expect(run.finish(untilAborted(run.signal))).rejects.toThrow('lost');
  });

  it('fails of a strand although its main strand succeeded', async () => {
    const run = new Undertaking(never);
    run.strand(sleep(5).then(() => Promise.reject(new Error('too late'))));
    await expect(run.finish(Promise.resolve('done'))).rejects.toThrow('too late');
  });

  it('is neither stopped nor failed by anything but its main strand once it is sealed', async () => {
    const outer = new AbortController();
    const run = new Undertaking(outer.signal);
    run.seal();
    run.strand(Promise.reject(new Error('too late')));
    outer.abort(new Error('SIGTERM'));
    await expect(run.finish(sleep(5).then(() => 'done'))).resolves.toBe('done');
    expect(run.signal.aborted).toBe(false);
  });

  it('fails of its main strand although it is sealed', async () => {
    const run = new Undertaking(never);
    run.seal();
    await expect(run.finish(Promise.reject(new Error('the cause')))).rejects.toThrow('the cause');
  });

  it('is not sealed after a failure', () => {
    const run = new Undertaking(AbortSignal.abort(new Error('SIGTERM')));
    expect(() => run.seal()).toThrow('SIGTERM');
  });

  it('waits for strands that were added while it stopped', async () => {
    const run = new Undertaking(never);
    let isCleaned = false;
    run.signal.addEventListener('abort', () => {
      run.strand(
        sleep(10).then(() => {
          isCleaned = true;
        }),
      );
    });
    await expect(run.finish(Promise.reject(new Error('the cause')))).rejects.toThrow('the cause');
    expect(isCleaned).toBe(true);
  });

  it('is stopped from outside, with the reason', async () => {
    const outer = new AbortController();
    const run = new Undertaking(outer.signal);
    const end = run.finish(untilAborted(run.signal));
    outer.abort(new Error('SIGTERM'));
    await expect(end).rejects.toThrow('SIGTERM');
  });

  it('is stopped at once when it was to stop before it began', async () => {
    const run = new Undertaking(AbortSignal.abort(new Error('SIGINT')));
    expect(run.signal.aborted).toBe(true);
    await expect(run.finish(Promise.resolve('done'))).rejects.toThrow('SIGINT');
  });
});
