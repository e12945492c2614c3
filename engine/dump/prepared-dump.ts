import { type ClientDescription, checkLockRoom, checkVersions, clientVersion } from '../postgres/preflight';
import { SnapshotSession } from '../postgres/snapshot';
import type { DumpContext } from './context';
import type { DumpForm } from './dump-arguments';
import { type DumpGroup, planGroups } from './groups';
import type { ResolvedTenants } from './resolved-tenants';
import { publishedObjects, type SchemaSurvey, schemaSizes, surveySchemas } from './survey';
import { resolveTenants, type SchemaSource } from './tenants';
import type { Undertaking } from './undertaking';

/** A database whose snapshot is held, and what is to be dumped of it. */
export interface PreparedDump {
  readonly startedAt: Date;
  readonly session: SnapshotSession;
  readonly client: ClientDescription;
  readonly tenants: ResolvedTenants;
  readonly groups: readonly DumpGroup[];
  /** What there is in the schemas that are dumped. */
  readonly survey: readonly SchemaSurvey[];
}

/**
 * Exports the snapshot, finds the tenants in it and makes sure that they can be dumped.
 *
 * @throws Error with a HINT.
 */
export async function prepareDump(context: DumpContext, run: Undertaking, source: SchemaSource): Promise<PreparedDump> {
  const { access, settings, toolsDirectory, signal } = context;
  const startedAt = context.now();
  const tools = access.environment().then((environment) => ({ environment, directory: toolsDirectory, signal }));
  const [client, session] = await bothOrNone(tools.then(clientVersion), SnapshotSession.open(access));
  run.watch(session.lost);
  try {
    checkVersions(client, session.server, settings.compression);
    const tenants = await resolveTenants(session, source, settings.leaveOut);
    const leftOut = new Set(tenants.leftOut.flatMap(({ schemas }) => schemas));
    const survey = (await surveySchemas(session)).filter(({ schema }) => !leftOut.has(schema));
    checkLockRoom(
      survey.reduce((total, { relations }) => total + relations, 0),
      session.server,
    );
    const sizes = settings.groups > 1 ? await sizesForGroups(session, tenants) : new Map<string, number>();
    return { startedAt, session, client, tenants, groups: planGroups(tenants, settings.groups, sizes), survey };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** @throws Error when the tenants cannot be dumped in groups. */
async function sizesForGroups(
  session: SnapshotSession,
  { tenants }: ResolvedTenants,
): Promise<ReadonlyMap<string, number>> {
  const schemas = tenants.flatMap((tenant) => tenant.schemas);
  const published = await publishedObjects(session, schemas, session.server.versionNumber);
  if (published > 0) {
    throw new Error(
      `Publications list ${published} tables or schemas of tenants, which a dump in groups would lose. HINT: set groups to 1, which dumps the database as a whole, or publish FOR ALL TABLES.`,
    );
  }
  return schemaSizes(session);
}

/** What there is in the schemas of one group. */
export function surveyOf({ scope }: DumpGroup, survey: readonly SchemaSurvey[]): SchemaSurvey[] {
  const only = scope.onlySchemas && new Set(scope.onlySchemas);
  const without = new Set(scope.withoutSchemas);
  return survey.filter(({ schema }) => (only?.has(schema) ?? true) && !without.has(schema));
}

/** How each `pg_dump` of a prepared dump reads and writes. */
export const formOf = ({ settings }: DumpContext, { session }: PreparedDump): DumpForm => ({
  snapshot: session.snapshot.id,
  compression: settings.compression,
  serverEncoding: session.server.encoding,
});

/** Both results; when one fails the session of the other is not left open. */
async function bothOrNone<Other>(
  other: Promise<Other>,
  opening: Promise<SnapshotSession>,
): Promise<[Other, SnapshotSession]> {
  const [first, session] = await Promise.allSettled([other, opening]);
  if (first.status === 'fulfilled' && session.status === 'fulfilled') {
    return [first.value, session.value];
  }
  if (session.status === 'fulfilled') {
    await session.value.close();
  }
  throw first.status === 'rejected' ? first.reason : (session as PromiseRejectedResult).reason;
}
