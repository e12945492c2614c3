import type { BackupManifest } from '../../engine/catalog/manifest';
import type { Expectations } from '../expectations';
import type { LocalAws } from '../local-aws';
import type { Note, Progress } from '../progress';
import { type Replication, replicate } from '../replication-stand-in';
import type { TenantDatabase } from './database';
import type { TenantDumps } from './dumps';
import { LEFT_OUT, TENANTS } from './seed';

/** What a rehearsal of tenant dumps works with. */
export interface TenantRehearsalContext {
  readonly aws: LocalAws;
  readonly replications: readonly Replication[];
  readonly database: TenantDatabase;
  readonly dumps: TenantDumps;
  readonly progress: Progress;
  readonly expectations: Expectations;
}

/** The tenant that is lost; its name is the hardest of all to quote. */
const LOST = 'tenant_Mixed "Case"';

/** What is shared, the roles, the list of tenants and the manifest. */
const OBJECTS_OF_NO_TENANT = 4;

/** All tenants are dumped and every archive is proved; one tenant is lost, and comes back as it was. */
export async function rehearseTenantLoss(context: TenantRehearsalContext): Promise<void> {
  const { database, dumps, progress, expectations } = context;
  const manifest = await progress.step('dump all tenants by the job, into the deployed bucket', (note) =>
    dump(context, note),
  );
  await progress.step('read every archive to its end', async (note) => {
    const { archives, rows, faults } = await dumps.readAll(manifest);
    note(`${archives} archives, ${rows} rows`);
    expectations.equal(
      'every archive is intact, with the rows of its manifest',
      'no fault',
      faults.join('; ') || 'no fault',
    );
  });
  await progress.step('replication stand-in copies the dumps', async (note) => {
    const copied = await replicate(context.aws, context.replications);
    note(`${copied} objects`);
    const written = manifest.totals.tenants + OBJECTS_OF_NO_TENANT;
    expectations.equal('every object of the backup is copied to the other Region', String(written), String(copied));
  });
  const before = await database.digests(LOST);
  await progress.step(`drop the schema ${LOST}`, () => database.dropSchema(LOST));
  expectations.equal('the tenant is gone', 'false', String(await database.hasSchema(LOST)));
  await progress.step('restore it from the dump, by the job', (note) => restore(context, note));
  const tables = Object.keys(before).length;
  const equal = Object.entries(await database.digests(LOST)).filter(([table, digest]) => before[table] === digest);
  expectations.equal('every table of the tenant is as it was', `${tables} tables`, `${equal.length} tables`);
}

async function dump({ dumps, expectations }: TenantRehearsalContext, note: Note): Promise<BackupManifest> {
  await dumps.run('dump');
  const manifest = await dumps.newest();
  if (manifest === undefined) throw new Error('The job ended well and left no manifest.');
  const { totals, id, tier, leftOut } = manifest;
  note(
    `${id} (${tier}): ${totals.tenants} tenants, ${totals.tables} tables, ${totals.rows} rows, ${totals.bytes} bytes`,
  );
  const expected = TENANTS.filter((tenant) => tenant !== LEFT_OUT);
  expectations.equal('every tenant is in the backup', names(expected), names(await dumps.tenants(manifest)));
  expectations.equal(
    'who is left out is in the manifest',
    LEFT_OUT,
    leftOut.map(({ tenant }) => tenant).join(', ') || 'nobody',
  );
  return manifest;
}

async function restore({ database, dumps, expectations }: TenantRehearsalContext, note: Note): Promise<void> {
  const outcome = await dumps.run('restore', 'tenant', LOST, '--into-database', database.name, '--yes').then(
    () => 'exit code 0',
    (error: Error) => error.message,
  );
  note(outcome === 'exit code 0' ? 'rows compared with the manifest by the job' : 'the job failed');
  expectations.equal('the job restores it', 'exit code 0', outcome);
}

const names = (tenants: readonly string[]): string => [...tenants].sort().join(', ');
