/**
 * Says that a group is at work, at once and then every minute. A beat that cannot be told is tried again with the next.
 *
 * @param tell tells a beat; they are counted from 0, and none is left out.
 * @returns what ends it; resolves when nothing is being told any more.
 */
export function startBeating(tell: (beat: number) => Promise<void>): () => Promise<void> {
  let beat = 0;
  let telling: Promise<void> | undefined;
  const tellNext = () => {
    telling ??= tell(beat)
      .then(
        () => {
          beat += 1;
        },
        () => undefined,
      )
      .finally(() => {
        telling = undefined;
      });
  };
  tellNext();
  const timer = setInterval(tellNext, BEAT_MS);
  return async () => {
    clearInterval(timer);
    await telling;
  };
}

/** Notices groups that have begun and died: it no longer hears from them. Those that have not begun may be waiting for others. */
export class DeathWatch {
  private readonly heard = new Map<number, { readonly beats: number; readonly at: number }>();

  /** @param hasBeat whether a group has told a beat. */
  public constructor(private readonly hasBeat: (group: number, beat: number) => Promise<boolean>) {}

  /** @throws Error when the group has begun, and then told nothing for 15 minutes. */
  public async look(group: number): Promise<void> {
    const { beats, at } = this.heard.get(group) ?? { beats: 0, at: 0 };
    if (await this.hasBeat(group, beats)) {
      this.heard.set(group, { beats: beats + 1, at: Date.now() });
    } else if (beats > 0 && Date.now() - at > LONGEST_SILENCE_MS) {
      throw new Error(
        `Group ${group} has begun, and given no sign of life for ${LONGEST_SILENCE_MS / 60_000} minutes. HINT: its task has died, perhaps for want of memory: look at its log, and run again.`,
      );
    }
  }
}

const BEAT_MS = 60_000;
/** Long enough for a bucket that is throttled or a network that is away for a while: then nothing has died. */
const LONGEST_SILENCE_MS = 900_000;
