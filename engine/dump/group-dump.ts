import type { ArchiveHeader } from '../archive/header';
import type { SplitArchive } from '../archive/split';
import type { ArchiveRecord, TenantRecord } from '../catalog/manifest';
import { BackupFile, tenantFile } from '../contract/backup-layout';
import { startTool } from '../postgres/tool';
import { ArchiveUploads } from './archive-uploads';
import type { DumpContext } from './context';
import { type DumpForm, dumpArguments } from './dump-arguments';
import type { DumpGroup } from './groups';
import type { BackupPlace } from './place';
import { splitDump } from './split-dump';
import type { SchemaSurvey } from './survey';
import { UnclaimedObjects } from './unclaimed-objects';
import type { Undertaking } from './undertaking';

/** What one group of a backup has become. */
export interface DumpedGroup {
  readonly archive: { readonly version: string; readonly compression: ArchiveHeader['compression'] };
  /** What belongs to no tenant, of the group that dumps it. */
  readonly shared?: ArchiveRecord;
  readonly tenants: readonly TenantRecord[];
}

/** What all groups of a backup have in common. */
export interface GroupRequest {
  readonly form: DumpForm;
  readonly group: DumpGroup;
  /** What there is in the schemas of the group. */
  readonly survey: readonly SchemaSurvey[];
  /** Where the archives go. Asked as soon as `pg_dump` runs, and the same with each call. */
  readonly place: () => Promise<BackupPlace>;
}

/**
 * Dumps one group: one `pg_dump`, an archive for each tenant, and one for what they share.
 *
 * @throws ToolError, ArchiveError or an error of the bucket; Error when a tenant got no archive.
 */
export async function dumpGroup(context: DumpContext, run: Undertaking, request: GroupRequest): Promise<DumpedGroup> {
  const { group, form } = request;
  const { access, toolsDirectory, progress } = context;
  const tool = startTool('pg_dump', dumpArguments(group.scope, form), {
    environment: await access.environment(),
    directory: toolsDirectory,
    signal: run.signal,
  });
  const place = run.strand(request.place());
  const owners = new Map(group.tenants.flatMap(({ tenant, schemas }) => schemas.map((schema) => [schema, tenant])));
  const tablesOf = countTables(request.survey, owners);
  const uploads = new ArchiveUploads(run, progress);
  progress.expect(group.tenants.length, sum([...tablesOf.values()]));
  const { header, archives } = await splitDump(
    tool,
    (schema) => owners.get(schema),
    async (tenant) => {
      const [{ objects }, { prefix, lock }] = await Promise.all([context.stores(), place]);
      if (tenant === undefined && !group.isShared) {
        return new UnclaimedObjects();
      }
      return uploads.open(objects, { key: keyOf(prefix, tenant), lock }, tenant, tablesOf.get(tenant) ?? 0);
    },
  );
  const { prefix } = await place;
  const recordOf = async (archive: SplitArchive, schemas: readonly string[]): Promise<ArchiveRecord> =>
    toRecord(archive, schemas, await uploads.stored(keyOf(prefix, archive.tenant)));
  return {
    archive: { version: header.version, compression: header.compression },
    ...(await sharedRecord(request, archives, owners, recordOf)),
    tenants: await tenantRecords(group, archives, recordOf),
  };
}

type RecordOf = (archive: SplitArchive, schemas: readonly string[]) => Promise<ArchiveRecord>;

const keyOf = (prefix: string, tenant: string | undefined): string =>
  `${prefix}${tenant === undefined ? BackupFile.SHARED : tenantFile(tenant)}`;

async function sharedRecord(
  { group, survey }: GroupRequest,
  archives: readonly SplitArchive[],
  owners: ReadonlyMap<string, string>,
  recordOf: RecordOf,
): Promise<{ shared?: ArchiveRecord }> {
  const shared = archives.find(({ tenant }) => tenant === undefined);
  if (!group.isShared || shared === undefined) {
    return {};
  }
  const schemas = survey.flatMap(({ schema }) => (owners.has(schema) ? [] : [schema]));
  return { shared: await recordOf(shared, schemas) };
}

async function tenantRecords(
  group: DumpGroup,
  archives: readonly SplitArchive[],
  recordOf: RecordOf,
): Promise<TenantRecord[]> {
  const byTenant = new Map(archives.map((archive) => [archive.tenant, archive]));
  const missing = group.tenants.filter(({ tenant }) => !byTenant.has(tenant));
  if (missing.length > 0) {
    throw new Error(
      `pg_dump wrote nothing of ${missing.length} of ${group.tenants.length} tenants, the first is "${missing[0]?.tenant}". HINT: look whether their schemas are an extension's, or "public" without anything in it; leave such tenants out with a reason.`,
    );
  }
  return Promise.all(
    group.tenants.map(async ({ tenant, schemas }) => ({
      ...(await recordOf(byTenant.get(tenant) as SplitArchive, schemas)),
      tenant,
    })),
  );
}

/** An archive as the catalogue describes it. */
export function toRecord(
  { tables, largeObjects }: SplitArchive,
  schemas: readonly string[],
  stored: Awaited<ReturnType<ArchiveUploads['stored']>>,
): ArchiveRecord {
  return {
    ...stored,
    schemas: [...schemas],
    tables: tables.map(({ schema, table, rows }) => ({ schema, table, ...(rows !== undefined && { rows }) })),
    largeObjects: largeObjects.count,
  };
}

function countTables(
  survey: readonly SchemaSurvey[],
  owners: ReadonlyMap<string, string>,
): Map<string | undefined, number> {
  const counts = new Map<string | undefined, number>();
  for (const { schema, tables } of survey) {
    const tenant = owners.get(schema);
    counts.set(tenant, (counts.get(tenant) ?? 0) + tables);
  }
  return counts;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
