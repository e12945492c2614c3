import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { runPrefix } from '../contract/backup-layout';
import { TIERS } from '../contract/retention';
import { COMPRESSIONS, GROUPS_FILE } from '../contract/tenant-dumps';
import type { ObjectStore } from '../objects/object-store';
import type { DumpedGroup } from './group-dump';
import { DeathWatch } from './heartbeat';

const group = z.object({
  scope: z.object({ onlySchemas: z.optional(z.array(z.string())), withoutSchemas: z.array(z.string()) }),
  tenants: z.array(z.object({ tenant: z.string(), schemas: z.array(z.string()) })),
  isShared: z.boolean(),
});

const runPlan = z.object({
  /** Where the backup is written. */
  place: z.object({
    id: z.string(),
    tier: z.enum(TIERS),
    prefix: z.string(),
    startedAt: z.string(),
    lockedUntil: z.string(),
  }),
  form: z.object({ snapshot: z.string(), compression: z.enum(COMPRESSIONS), serverEncoding: z.string() }),
  groups: z.array(group),
  survey: z.array(z.object({ schema: z.string(), relations: z.number(), tables: z.number() })),
});

/** What the coordinator of a run tells its groups. */
export type RunPlan = z.infer<typeof runPlan>;

/** What a group tells its coordinator at its end. */
export type GroupResult = { readonly dumped: DumpedGroup } | { readonly failed: string };

/** The archives themselves are described by records that the catalogue checks when it publishes them. */
const groupResult = z.union([
  z.object({
    dumped: z.object({
      archive: z.object({ version: z.string(), compression: z.enum(COMPRESSIONS) }),
      shared: z.optional(z.custom<NonNullable<DumpedGroup['shared']>>()),
      tenants: z.array(z.custom<DumpedGroup['tenants'][number]>()),
    }),
  }),
  z.object({ failed: z.string() }),
]);

/**
 * What the tasks of one run tell each other, as objects that are written once: the plan, the list of groups, signs of
 * life and a result of each group. They lie beside the backups and expire by themselves.
 */
export class RunFiles {
  private readonly prefix: string;

  /** @param run id of the run. */
  public constructor(
    private readonly store: ObjectStore,
    run: string,
  ) {
    this.prefix = runPrefix(run);
  }

  /**
   * Tells the groups to begin. The list comes last: who reads it finds the plan.
   *
   * @throws ObjectExistsError when the run has a plan already.
   */
  public async announce(plan: RunPlan): Promise<void> {
    await this.write(PLAN_FILE, plan);
    await this.write(
      GROUPS_FILE,
      plan.groups.map((_, index) => ({ group: index })),
    );
  }

  /** @throws Error when the run has no plan. */
  public async plan(): Promise<RunPlan> {
    const plan = await this.read(PLAN_FILE);
    if (plan === undefined) {
      throw new Error(
        'The run has no plan. HINT: start the coordinator of the run first; the groups are named by what it writes.',
      );
    }
    return z.parse(runPlan, plan);
  }

  /** @throws ObjectExistsError when the group has another result already. */
  public async report(index: number, result: GroupResult): Promise<void> {
    await this.write(resultFile(index), result);
  }

  /** Tells that a group is at work. @param beat how many times it has told that before */
  public async beat(index: number, beat: number): Promise<void> {
    await this.write(beatFile(index, beat), {});
  }

  /** The result of a group; undefined while there is none. */
  public async result(index: number): Promise<GroupResult | undefined> {
    const result = await this.read(resultFile(index));
    return result === undefined ? undefined : z.parse(groupResult, result);
  }

  /**
   * Waits for the results of all groups.
   *
   * @param number how many there are.
   * @param signal ends the waiting; its reason is thrown.
   * @param deadline when no more is waited, in milliseconds since 1970.
   * @throws Error with what a group failed of, as soon as one has failed or is found dead.
   */
  public async results(number: number, signal: AbortSignal, deadline: number): Promise<DumpedGroup[]> {
    const results: DumpedGroup[] = [];
    const watch = new DeathWatch(async (group, beat) => (await this.read(beatFile(group, beat))) !== undefined);
    while (results.length < number) {
      const result = await this.result(results.length);
      if (result !== undefined && 'dumped' in result) {
        results.push(result.dumped);
        continue;
      }
      await this.refuseFailed(number, watch);
      if (Date.now() > deadline) {
        throw new Error(
          `Group ${results.length} of ${number} has left no result in time. HINT: look at the log of its task.`,
        );
      }
      await sleep(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
    return results;
  }

  private async refuseFailed(number: number, watch: DeathWatch): Promise<void> {
    for (let index = 0; index < number; index += 1) {
      const result = await this.result(index);
      if (result === undefined) {
        await watch.look(index);
      } else if ('failed' in result) {
        throw new Error(`Group ${index} of ${number} failed: ${result.failed}`);
      }
    }
  }

  private async read(name: string): Promise<unknown> {
    const stored = await this.store.get(`${this.prefix}${name}`, LARGEST_FILE_BYTES);
    return stored && JSON.parse(stored.body.toString());
  }

  private async write(name: string, content: unknown): Promise<void> {
    await this.store.put(`${this.prefix}${name}`, Buffer.from(JSON.stringify(content)), {
      contentType: 'application/json',
    });
  }
}

const PLAN_FILE = 'plan.json';
const resultFile = (index: number): string => `groups/${index}.json`;
const beatFile = (index: number, beat: number): string => `beats/${index}/${beat}.json`;
/** A table takes about 80 bytes in a result: room for 3 million tables. */
const LARGEST_FILE_BYTES = 256 * 1024 * 1024;
const POLL_MS = 2_000;
