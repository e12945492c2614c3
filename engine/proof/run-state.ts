import * as z from 'zod/mini';
import { filled, instant } from '../catalog/manifest-format';
import { TIERS } from '../contract/retention';
import { LONGEST_VERIFICATION_SECONDS, tenantsProofsFolder } from '../contract/verify-tenants';
import { READ_HINTS } from '../objects/read-hints';
import { StateObject, StateTakenError, type StoredState } from '../objects/state-object';
import type { DumpsBucket } from './dumps';

const runState = z.object({
  /** Version of this format. */
  format: z.literal(1),
  /** When the first run began. */
  firstAt: instant,
  /** The run that looks at the database, and until when no other does. */
  running: z.optional(z.object({ run: filled, until: instant })),
  /** Backups that the newest survey saw, and those that it missed before their time was over. */
  kept: z.array(z.object({ id: filled, tier: z.enum(TIERS), lockedUntil: instant })),
});

/** What is remembered of a database from run to run, as `state.json` in the proofs bucket holds it. */
export type RunState = z.infer<typeof runState>;

/** What is remembered of the runs of one database. */
export class RunMemory {
  private readonly object: StateObject<typeof runState>;

  /** @param proofs bucket of the proofs. */
  public constructor(
    proofs: DumpsBucket,
    resource: string,
    private readonly now: () => number,
  ) {
    this.object = new StateObject({
      s3: proofs.s3,
      bucket: proofs.name,
      key: `${tenantsProofsFolder(resource)}state.json`,
      schema: runState,
      of: 'verifications',
      takenBy: `verifies ${resource}`,
      hints: READ_HINTS,
    });
  }

  /** @throws Error when it cannot be read, or is damaged. */
  public async read(): Promise<RunState> {
    return this.stateOf(await this.object.read());
  }

  /**
   * Takes the database for a run, so that runs that take longer than the time between two of them do not read the same backups.
   *
   * @returns false while another run has it.
   */
  public async take(run: string): Promise<boolean> {
    const stored = await this.object.read();
    const state = this.stateOf(stored);
    const { running } = state;
    if (running !== undefined && running.run !== run && Date.parse(running.until) > this.now()) {
      return false;
    }
    const until = new Date(this.now() + LONGEST_VERIFICATION_SECONDS * 1000).toISOString();
    try {
      await this.object.write({ ...state, running: { run, until } }, stored.etag);
      return true;
    } catch (error) {
      if (error instanceof StateTakenError) {
        return false;
      }
      throw error;
    }
  }

  /** Gives the database back; nothing is done when the run does not have it. */
  public async release(run: string): Promise<void> {
    const stored = await this.object.read();
    const { running, ...state } = this.stateOf(stored);
    if (running?.run === run) {
      await this.object.write(state, stored.etag);
    }
  }

  /** Remembers which backups there are. */
  public async remember(kept: RunState['kept']): Promise<void> {
    const stored = await this.object.read();
    await this.object.write({ ...this.stateOf(stored), kept }, stored.etag);
  }

  private stateOf({ state }: StoredState<RunState>): RunState {
    return state ?? { format: 1, firstAt: new Date(this.now()).toISOString(), kept: [] };
  }
}
