import { LONGEST_RUN_MS } from '../catalog/leftovers';
import type { BackupManifest } from '../catalog/manifest';
import { publish, removeLeftovers, storeGlobals, warnOfLargeObjects } from './backup-parts';
import type { DumpContext } from './context';
import { type BackupPlace, choosePlace } from './place';
import { formOf, type PreparedDump, prepareDump } from './prepared-dump';
import { RunFiles, type RunPlan } from './run-files';
import { Undertaking } from './undertaking';

/**
 * The coordinator of a run over several tasks: holds the snapshot, tells the groups to begin, waits for their results
 * and makes the backup exist.
 *
 * @param runId id of the run.
 * @throws Error with a HINT; there is then no backup.
 */
export async function coordinateDump(context: DumpContext, runId: string): Promise<BackupManifest> {
  const run = new Undertaking(context.signal);
  return run.finish(coordinate(context, run, runId));
}

async function coordinate(context: DumpContext, run: Undertaking, runId: string): Promise<BackupManifest> {
  const { tenants } = context.settings;
  if (tenants.kind === 'databasesLike') {
    throw new Error(
      'A database for each tenant is dumped by one task. HINT: run the command dump; parallelism says how many are dumped at once.',
    );
  }
  const dump = await prepareDump(context, run, tenants);
  try {
    const { objects } = await context.stores();
    const place = await choosePlace(context, dump.startedAt);
    const files = new RunFiles(objects, runId);
    await files.announce(toPlan(place, formOf(context, dump), dump));
    context.log.info('the groups may begin', { id: place.id, groups: dump.groups.length });
    const globals = run.strand(storeGlobals(context, run, async () => place));
    run.strand(removeLeftovers(context));
    run.strand(warnOfLargeObjects(context, dump));
    const groups = await files.results(dump.groups.length, run.signal, dump.startedAt.getTime() + LONGEST_RUN_MS);
    return await publish(context, run, dump, place, { groups, globals: await globals });
  } finally {
    await dump.session.close();
  }
}

function toPlan(
  { lock, startedAt, ...place }: BackupPlace,
  form: RunPlan['form'],
  { groups, survey }: PreparedDump,
): RunPlan {
  return {
    place: { ...place, startedAt: startedAt.toISOString(), lockedUntil: lock.until.toISOString() },
    form,
    groups: groups.map(({ scope, tenants, isShared }) => ({
      scope: {
        ...(scope.onlySchemas && { onlySchemas: [...scope.onlySchemas] }),
        withoutSchemas: [...scope.withoutSchemas],
      },
      tenants: tenants.map(({ tenant, schemas }) => ({ tenant, schemas: [...schemas] })),
      isShared,
    })),
    survey: [...survey],
  };
}
