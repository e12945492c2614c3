import { CatalogError } from '../catalog/catalog-error';
import type { BackupManifest, TenantRecord } from '../catalog/manifest';
import type { BackupAddress, DividedBackup, PlannedPart, TenantsRun } from '../contract/verify-tenants';
import { ObjectDamagedError } from '../objects/object-error';
import { type Dumps, openDumps, type TenantsContext } from './dumps';
import { readManifest } from './read-manifest';
import { RunFiles } from './run-files';

/**
 * Bytes of an archive above which the job reads it and not the function. A function reads and unpacks 1 GiB in about a minute of its 15;
 * data that unpack to many times their size take as many times longer.
 */
export const LARGE_ARCHIVE_BYTES = 1024 ** 3;

/** Most tenants of a part: with small archives, less than a minute of work. */
export const MOST_LINES = 48;

/** Most bytes of the archives of a part. */
const MOST_ARCHIVE_BYTES = LARGE_ARCHIVE_BYTES;

/** Most bytes of `tenants.jsonl` that a part is, but for a single longer line: what the function holds in memory of it. */
const MOST_LINE_BYTES = 4 * 1024 * 1024;

/**
 * Divides a backup into parts that are checked one by one: what belongs to no tenant, and stretches of `tenants.jsonl`. The list of them
 * is what the Distributed Map reads. It does not read `tenants.jsonl` itself: a line of a tenant with many tables is longer than an item
 * may be (256 KiB), and the items of a Map are logged, which the names of tenants must not be.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 *
 * A list of tenants that is damaged leaves the part that belongs to none, whose check finds the damage.
 *
 * @throws Error when S3 refuses.
 */
export async function divideBackup(
  run: TenantsRun & { readonly backup: BackupAddress },
  context: TenantsContext,
): Promise<DividedBackup> {
  const dumps = openDumps(run, context);
  const { id } = run.backup;
  const { manifest } = await readManifest(dumps, id);
  const common: PlannedPart = { kind: 'common', isLarge: (manifest?.shared?.bytes ?? 0) > LARGE_ARCHIVE_BYTES };
  const parts = [common, ...(manifest ? await tenantParts(manifest, dumps) : [])];
  return { partsKey: await new RunFiles(dumps, run).writeParts(id, parts) };
}

async function tenantParts(manifest: BackupManifest, { catalog }: Dumps): Promise<PlannedPart[]> {
  const parts: PlannedPart[] = [];
  try {
    for await (const part of partsOf(catalog.tenantLines(manifest))) {
      parts.push(part);
    }
    return parts;
  } catch (error) {
    if (error instanceof CatalogError || error instanceof ObjectDamagedError) {
      return [];
    }
    throw error;
  }
}

/** Stretches of lines, each as long as it may be; a large archive is a part of its own. */
export async function* partsOf(
  lines: AsyncIterable<{ readonly record: Pick<TenantRecord, 'bytes'>; readonly bytes: number }>,
): AsyncGenerator<PlannedPart, void> {
  let batch = { first: 0, lines: 0, offset: 0, bytes: 0 };
  let archiveBytes = 0;
  for await (const { record, bytes } of lines) {
    const isFull =
      batch.lines === MOST_LINES ||
      batch.bytes + bytes > MOST_LINE_BYTES ||
      archiveBytes + record.bytes > MOST_ARCHIVE_BYTES;
    if (isFull && batch.lines > 0) {
      yield { kind: 'tenants', batch, isLarge: archiveBytes > LARGE_ARCHIVE_BYTES };
      batch = { first: batch.first + batch.lines, lines: 0, offset: batch.offset + batch.bytes, bytes: 0 };
      archiveBytes = 0;
    }
    batch = { ...batch, lines: batch.lines + 1, bytes: batch.bytes + bytes };
    archiveBytes += record.bytes;
  }
  if (batch.lines > 0) {
    yield { kind: 'tenants', batch, isLarge: archiveBytes > LARGE_ARCHIVE_BYTES };
  }
}
