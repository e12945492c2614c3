import { DeathWatch, startBeating } from '../../../engine/dump/heartbeat';

const MINUTE_MS = 60_000;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('a group at work', () => {
  it('says so at once, then every minute, until it has ended', async () => {
    const told: number[] = [];
    const stop = startBeating(async (beat) => void told.push(beat));
    expect(told).toEqual([0]);
    await jest.advanceTimersByTimeAsync(MINUTE_MS - 1);
    expect(told).toEqual([0]);
    await jest.advanceTimersByTimeAsync(2 * MINUTE_MS);
    expect(told).toEqual([0, 1, 2]);
    await stop();
    await jest.advanceTimersByTimeAsync(5 * MINUTE_MS);
    expect(told).toEqual([0, 1, 2]);
  });

  it('leaves no beat out, also when one could not be told', async () => {
    const tell = jest.fn<Promise<void>, [number]>().mockResolvedValue(undefined);
    tell.mockRejectedValueOnce(new Error('SlowDown')).mockResolvedValueOnce().mockRejectedValueOnce(new Error('cut'));
    const stop = startBeating(tell);
    await jest.advanceTimersByTimeAsync(4 * MINUTE_MS);
    await stop();
    expect(tell.mock.calls.map(([beat]) => beat)).toEqual([0, 0, 1, 1, 2]);
  });

  it('tells one beat after the other, and has ended when none is on its way', async () => {
    const tell = jest.fn((_beat: number) => new Promise<void>((resolve) => setTimeout(resolve, 2.5 * MINUTE_MS)));
    const stop = startBeating(tell);
    await jest.advanceTimersByTimeAsync(3 * MINUTE_MS);
    expect(tell.mock.calls).toEqual([[0], [1]]);
    const ended = jest.fn();
    void stop().then(ended);
    await jest.advanceTimersByTimeAsync(2 * MINUTE_MS);
    expect(ended).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    expect(ended).toHaveBeenCalled();
    expect(tell).toHaveBeenCalledTimes(2);
  });
});

describe('the watch', () => {
  /** A watch over group 7, that hears so many beats. */
  const listening = () => {
    const heard = { beats: 0 };
    const watch = new DeathWatch(async (group, beat) => group === 7 && beat < heard.beats);
    return { heard, look: () => watch.look(7) };
  };
  const pass = (minutes: number) => jest.setSystemTime(Date.now() + minutes * MINUTE_MS);

  it('waits for a group that has not begun', async () => {
    const { look } = listening();
    await look();
    pass(600);
    await expect(look()).resolves.toBeUndefined();
  });

  it('takes a group for alive that goes on telling, however seldom it looks', async () => {
    const { heard, look } = listening();
    for (let beat = 1; beat < 100; beat += 1) {
      heard.beats = beat;
      await look();
      pass(beat % 14);
      await look();
    }
    heard.beats = 200;
    pass(100);
    await expect(look()).resolves.toBeUndefined();
  });

  it('takes a group for dead that began, and then told nothing for 15 minutes', async () => {
    const { heard, look } = listening();
    heard.beats = 2;
    await look();
    await look();
    pass(15);
    await look();
    pass(0.1);
    await expect(look()).rejects.toThrow(
      /^Group 7 has begun, and given no sign of life for 15 minutes\. HINT: its task has died/,
    );
  });
});
