import { errorText } from '../postgres/error-code';
import type { DumpContext } from './context';
import { type DumpedGroup, dumpGroup } from './group-dump';
import { startBeating } from './heartbeat';
import type { BackupPlace } from './place';
import { surveyOf } from './prepared-dump';
import { RunFiles, type RunPlan } from './run-files';
import { Undertaking } from './undertaking';

/**
 * The task of one group: dumps it on the snapshot that the coordinator holds, and leaves its result. A failure is left as
 * well, so that the coordinator need not wait for it; for a task that is killed, the end of its signs of life says so.
 *
 * A group is not tried again by itself: its archives are written once. The run is, under another id.
 *
 * @param runId id of the run.
 * @param group number of the group, as the list of groups has it.
 * @throws Error with a HINT.
 */
export async function dumpGroupTask(context: DumpContext, runId: string, group: string): Promise<DumpedGroup> {
  const { objects } = await context.stores();
  const files = new RunFiles(objects, runId);
  const plan = await files.plan();
  const index = groupIndex(group, plan.groups.length);
  const run = new Undertaking(context.signal);
  const stopBeating = startBeating((beat) => files.beat(index, beat));
  try {
    const dumped = await run.finish(dumpPlanned(context, run, plan, index));
    await files.report(index, { dumped });
    return dumped;
  } catch (error) {
    await files.report(index, { failed: errorText(error) }).catch(() => {
      context.log.warn('the coordinator cannot be told of the failure; it will find the group dead after a while');
    });
    throw error;
  } finally {
    await stopBeating();
  }
}

function groupIndex(group: string, groups: number): number {
  const index = Number(group);
  if (!/^\d+$/.test(group) || index >= groups) {
    throw new RangeError(
      `The group is ${JSON.stringify(group)}, must be a number from 0 to ${groups - 1}. HINT: groups.json of the run lists them.`,
    );
  }
  return index;
}

async function dumpPlanned(
  context: DumpContext,
  run: Undertaking,
  { form, groups, place, survey }: RunPlan,
  index: number,
): Promise<DumpedGroup> {
  const group = groups[index] as RunPlan['groups'][number];
  const backupPlace: BackupPlace = {
    ...place,
    startedAt: new Date(place.startedAt),
    lock: { mode: context.settings.lockMode, until: new Date(place.lockedUntil) },
  };
  return dumpGroup(context, run, { form, group, survey: surveyOf(group, survey), place: async () => backupPlace });
}
