import type { SplitArchive } from '../archive/split';
import type { ArchiveRecord, BackupManifest, TenantRecord } from '../catalog/manifest';
import { tenantFile } from '../contract/backup-layout';
import type { TenantSource } from '../contract/tenants';
import { inParallel } from '../objects/in-parallel';
import { type ClientDescription, checkLockRoom, checkVersions, clientVersion } from '../postgres/preflight';
import { SnapshotSession } from '../postgres/snapshot';
import { startTool } from '../postgres/tool';
import { ArchiveUploads } from './archive-uploads';
import { describeLeftOut, describePlace, removeLeftovers, storeGlobals } from './backup-parts';
import type { DumpContext } from './context';
import { dumpArguments } from './dump-arguments';
import { type DumpedGroup, toRecord } from './group-dump';
import { type BackupPlace, choosePlace } from './place';
import { splitDump } from './split-dump';
import { type SchemaSurvey, surveySchemas } from './survey';
import type { Undertaking } from './undertaking';

/** A source of tenants that are databases of one server. */
export type DatabaseSource = Extract<TenantSource, { kind: 'databasesLike' }>;

/** Backs up a server with a database for each tenant, each as it was at an instant of its own. */
export async function backUpDatabases(
  context: DumpContext,
  run: Undertaking,
  source: DatabaseSource,
): Promise<BackupManifest> {
  const startedAt = context.now();
  const client = await toolsVersion(context);
  const { databases, serverVersion } = await findDatabases(context, client, source);
  const place = await choosePlace(context, startedAt);
  const globals = run.strand(storeGlobals(context, run, async () => place));
  run.strand(removeLeftovers(context));
  const dumped = await run.strand(
    inParallel(databases, context.settings.parallelism, (database) => dumpDatabase(context, run, place, database)),
  );
  const [first] = dumped as [DumpedDatabase];
  const [{ publish }, storedGlobals] = await Promise.all([context.stores(), globals]);
  run.seal();
  return publish(
    {
      ...describePlace(context, place),
      server: { version: serverVersion },
      client: { version: client.version },
      archive: first.archive,
      globals: storedGlobals,
      leftOut: describeLeftOut(
        Object.entries(context.settings.leaveOut).map(([tenant, reason]) => ({ tenant, reason })),
      ),
    },
    dumped.map(({ record }) => record),
  );
}

interface DumpedDatabase {
  readonly archive: DumpedGroup['archive'];
  readonly record: TenantRecord;
}

async function toolsVersion({ access, toolsDirectory, signal }: DumpContext): Promise<ClientDescription> {
  return clientVersion({ environment: await access.environment(), directory: toolsDirectory, signal });
}

async function findDatabases(
  { access, settings }: DumpContext,
  client: ClientDescription,
  { pattern }: DatabaseSource,
): Promise<{ databases: string[]; serverVersion: string }> {
  const session = await SnapshotSession.open(access);
  try {
    checkVersions(client, session.server, settings.compression);
    const rows = await session.query<{ name: string }>(
      `SELECT datname AS name FROM pg_database
       WHERE datname LIKE $1 AND datallowconn AND NOT datistemplate AND NOT datname = ANY($2) ORDER BY datname`,
      [pattern, [...Object.keys(settings.leaveOut), ...SYSTEM_DATABASES]],
    );
    if (rows.length === 0) {
      throw new Error(
        `No database of a tenant was found (databases like '${pattern}'; ${Object.keys(settings.leaveOut).length} left out). HINT: a backup of no tenant is none: correct the tenants in the settings.`,
      );
    }
    return { databases: rows.map(({ name }) => name), serverVersion: session.server.version };
  } finally {
    await session.close();
  }
}

/** `rdsadmin` is what RDS keeps for itself; nobody else can connect to it. */
const SYSTEM_DATABASES = ['postgres', 'rdsadmin'];

async function dumpDatabase(
  context: DumpContext,
  run: Undertaking,
  place: BackupPlace,
  database: string,
): Promise<DumpedDatabase> {
  run.signal.throwIfAborted();
  const session = await SnapshotSession.open(context.access, database);
  run.watch(session.lost);
  try {
    const survey = await surveySchemas(session);
    // As many databases are dumped at once, and the locks of all of them have to fit.
    checkLockRoom(sum(survey.map(({ relations }) => relations)) * context.settings.parallelism, session.server);
    const { archive, record } = await dumpWhole(context, run, place, { database, session, survey });
    const { at } = session.snapshot;
    return { archive, record: { ...record, tenant: database, database, snapshotAt: at.toISOString() } };
  } finally {
    await session.close();
  }
}

interface OpenDatabase {
  readonly database: string;
  readonly session: SnapshotSession;
  readonly survey: readonly SchemaSurvey[];
}

/** Dumps a database into one archive: nothing is a tenant's part of it, and it is read only to see what is in it. */
async function dumpWhole(
  { access, settings, progress, stores, toolsDirectory }: DumpContext,
  run: Undertaking,
  { prefix, lock }: BackupPlace,
  { database, session, survey }: OpenDatabase,
): Promise<{ archive: DumpedGroup['archive']; record: ArchiveRecord }> {
  const form = {
    snapshot: session.snapshot.id,
    compression: settings.compression,
    serverEncoding: session.server.encoding,
  };
  const { objects } = await stores();
  const tool = startTool('pg_dump', dumpArguments({ withoutSchemas: [] }, form), {
    environment: await access.environment(database),
    directory: toolsDirectory,
    signal: run.signal,
  });
  const tables = sum(survey.map((schema) => schema.tables));
  progress.expect(1, tables);
  const uploads = new ArchiveUploads(run, progress);
  const key = `${prefix}${tenantFile(database)}`;
  const open = async () => uploads.open(objects, { key, lock }, database, tables);
  const { header, archives } = await splitDump(tool, () => undefined, open);
  const [whole] = archives as [SplitArchive];
  const schemas = survey.map(({ schema }) => schema);
  return {
    archive: { version: header.version, compression: header.compression },
    record: toRecord(whole, schemas, await uploads.stored(key)),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
