import type { BackupManifest } from '../catalog/manifest';
import { inParallel } from '../objects/in-parallel';
import { publish, removeLeftovers, storeGlobals, warnOfLargeObjects } from './backup-parts';
import type { DumpContext } from './context';
import { dumpGroup } from './group-dump';
import { type BackupPlace, choosePlace } from './place';
import { formOf, prepareDump, surveyOf } from './prepared-dump';
import type { SchemaSource } from './tenants';
import type { Undertaking } from './undertaking';

/** Backs up a database whose tenants are schemas, all as they were at one instant. */
export async function backUpSchemas(
  context: DumpContext,
  run: Undertaking,
  source: SchemaSource,
): Promise<BackupManifest> {
  const dump = await prepareDump(context, run, source);
  try {
    const form = formOf(context, dump);
    let chosen: Promise<BackupPlace> | undefined;
    const place = () => {
      chosen ??= choosePlace(context, dump.startedAt);
      return chosen;
    };
    const groups = run.strand(
      inParallel(dump.groups, context.settings.parallelism, (group) =>
        dumpGroup(context, run, { form, group, survey: surveyOf(group, dump.survey), place }),
      ),
    );
    const globals = run.strand(storeGlobals(context, run, place));
    run.strand(warnOfLargeObjects(context, dump));
    run.strand(globals.then(() => removeLeftovers(context)));
    // The place is asked for by those who need it, when pg_dump runs: to choose it the SDK is loaded, which takes a while.
    const parts = { groups: await groups, globals: await globals };
    return await publish(context, run, dump, await place(), parts);
  } finally {
    await dump.session.close();
  }
}
