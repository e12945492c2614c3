import type { BackupEntry } from '../catalog/backup-list';
import { CatalogError } from '../catalog/catalog-error';
import type { BackupManifest } from '../catalog/manifest';
import { BackupFile } from '../contract/backup-layout';
import type { ProofFinding } from '../contract/proofs';
import { Retention } from '../contract/retention';
import { REPLICATION_DELAY_SECONDS } from '../contract/signals';
import type { SurveyAnswer, TenantsRun } from '../contract/verify-tenants';
import { ObjectDamagedError } from '../objects/object-error';
import type { StoredObject } from '../objects/object-store';
import { concludeSurvey } from './conclude-survey';
import { type Dumps, openDumps, type TenantsContext } from './dumps';
import { critical, TenantFinding, tallyOf, warning } from './finding';
import { type ExpectedObject, lookThrough } from './look-through';
import { readManifest } from './read-manifest';
import { mayGo } from './retention-check';
import { RunFiles, type SurveyedBackup } from './run-files';

/**
 * Looks through the listings of all backups of a database, in the source and in the replica, for every object that their manifests
 * name: there, of the right version and size. Which key encrypts them and what they hold, reading them tells. Memory: the names of
 * the objects of one backup.
 *
 * Ends at the deadline, after at least one backup; whoever comes to the last one makes a record of all.
 *
 * @throws Error when S3 refuses.
 */
export async function survey(
  run: TenantsRun & { readonly next?: string },
  context: TenantsContext,
): Promise<SurveyAnswer> {
  const dumps = openDumps(run, context);
  const files = new RunFiles(dumps, run);
  const backups = await dumps.catalog.list();
  const left = backups.filter(({ id }) => run.next === undefined || id <= run.next);
  for (const [index, entry] of left.entries()) {
    if (index > 0 && context.now() > context.deadline) {
      return { next: entry.id };
    }
    await files.writeSurveyed(await surveyBackup(entry, run, dumps, context));
  }
  await concludeSurvey(run, dumps, files, context.now());
  return {};
}

/** Looks through the listings of one backup. Of one that may go nothing is missed. */
async function surveyBackup(
  entry: BackupEntry,
  { target }: TenantsRun,
  dumps: Dumps,
  { matching, now }: TenantsContext,
): Promise<SurveyedBackup> {
  const { manifest, findings } = await readManifest(dumps, entry.id);
  const retention = Retention.gfs(target.retention);
  const keptUntil = retention.keptUntil(entry.tier, entry.at).toISOString();
  const lockedUntil = manifest?.lockedUntil ?? keptUntil;
  const retained = { tier: entry.tier, at: entry.at.getTime(), lockedUntil: Date.parse(lockedUntil) };
  const isExpected = manifest !== undefined && !mayGo(retained, retention, now());
  const { objects, damage } = isExpected ? await objectsOf(manifest, dumps) : NOTHING;
  const inSource = await lookThrough(dumps.source, entry.prefix, objects, 'versionId');
  const inReplica = await lookThrough(dumps.replica, entry.prefix, objects, matching);
  const finishedAt = Date.parse(manifest?.finishedAt ?? entry.at.toISOString());
  const isYoung = now() - finishedAt < REPLICATION_DELAY_SECONDS * 1000;
  const name = (key: string): string => `${key.slice(entry.prefix.length)} of backup ${entry.id}`;
  return {
    id: entry.id,
    tier: entry.tier,
    startedAt: entry.at.toISOString(),
    lockedUntil,
    objects: objects.size,
    bytes: isExpected ? manifest.totals.bytes : 0,
    tally: tallyOf([
      ...findings,
      ...damage,
      ...inSource.missing.map((key) => missing(TenantFinding.MISSING, name(key), dumps.source.name)),
      ...(isYoung ? [] : inReplica.missing).map((key) =>
        missing(TenantFinding.COPY_MISSING, name(key), dumps.replica.name),
      ),
      ...inSource.hidden.map((key) => hidden(name(key), dumps.source.name)),
      ...inReplica.hidden.map((key) => hidden(name(key), dumps.replica.name)),
    ]),
  };
}

const NOTHING = { objects: new Map<string, ExpectedObject>(), damage: [] };

/** All objects that a manifest names, and itself. What a damaged list of tenants says is not believed. */
async function objectsOf(
  manifest: BackupManifest,
  { catalog }: Dumps,
): Promise<{ objects: Map<string, ExpectedObject>; damage: ProofFinding[] }> {
  const { tenantsFile, globals, shared } = manifest;
  const folder = tenantsFile.key.slice(0, -BackupFile.TENANTS.length);
  const common = [tenantsFile, globals, ...(shared ? [shared] : [])];
  const objects = new Map<string, ExpectedObject>([[`${folder}${BackupFile.MANIFEST}`, {}], ...common.map(expected)]);
  const ofTenants: [string, ExpectedObject][] = [];
  try {
    for await (const record of catalog.tenants(manifest)) {
      ofTenants.push(expected(record));
    }
  } catch (error) {
    if (error instanceof CatalogError || error instanceof ObjectDamagedError) {
      const where = `${BackupFile.TENANTS} of backup ${manifest.id}`;
      return { objects, damage: [critical(TenantFinding.UNREADABLE, `${where}: ${error.message}`)] };
    }
    throw error;
  }
  for (const [key, object] of ofTenants) {
    objects.set(key, object);
  }
  return { objects, damage: [] };
}

const expected = ({ key, versionId, bytes }: StoredObject): [string, ExpectedObject] => [key, { versionId, bytes }];

const missing = (kind: TenantFinding, name: string, bucket: string): ProofFinding =>
  critical(
    kind,
    `${name} is not in bucket ${bucket} as it was written. HINT: take the copy of the other bucket; look in CloudTrail for who deleted or wrote it.`,
  );

const hidden = (name: string, bucket: string): ProofFinding =>
  warning(
    TenantFinding.HIDDEN,
    `${name} lies below a delete marker in bucket ${bucket}. HINT: it can still be restored; look in CloudTrail for who deleted it, and delete the marker.`,
  );
