import { GetObjectCommand } from '@aws-sdk/client-s3';
import { LONGEST_RECORD_BYTES, linesOf } from '../catalog/lines';
import { type BackupManifest, parseTenantRecord } from '../catalog/manifest';
import { BackupFile } from '../contract/backup-layout';
import { REPLICATION_DELAY_SECONDS } from '../contract/signals';
import type { BackupPart, CheckAnswer, PartCheck, TenantsBatch } from '../contract/verify-tenants';
import { resolveReplicaKey } from '../files/replica-key';
import { inParallel } from '../objects/in-parallel';
import { READ_HINTS } from '../objects/read-hints';
import { explainStoreError } from '../objects/store-error';
import { OutOfTimeError } from '../objects/until-deadline';
import { type CheckedBackup, type CheckedObject, checkObject, type ObjectFindings } from './check-object';
import { type Dumps, openDumps, type TenantsContext } from './dumps';
import { tallyOf } from './finding';
import { readManifest } from './read-manifest';
import { type PartResult, RunFiles } from './run-files';

/** Objects that are read at the same time. */
const AT_ONCE = 4;

/** Objects after which the time is looked at, and what came of them is kept. */
const SLICE = 8;

/**
 * Checks the objects of a part of a backup, and keeps what came of it. At the deadline the rest is left to another run; what not even a
 * whole run can finish is left to the job. Of a backup whose manifest cannot be read nothing can be checked: concluding it tells.
 *
 * @throws CatalogError when a record is damaged; Error when S3 or KMS refuses.
 */
export async function checkPart(check: PartCheck, context: TenantsContext): Promise<CheckAnswer> {
  const dumps = openDumps(check, context);
  const { id } = check.backup;
  const { manifest } = await readManifest(dumps, id);
  if (manifest === undefined) {
    return {};
  }
  const backup = await checkedBackup(check, manifest, dumps, context);
  const slices = await slicesOf(check.part, manifest, dumps);
  const checked: CheckedSlice[] = [];
  let left: CheckAnswer = {};
  for (const [index, slice] of slices.entries()) {
    const isLate = index > 0 && context.now() > context.deadline;
    const found = isLate ? undefined : await checkSlice(slice, backup);
    if (found === undefined) {
      left = leftOf(check, slices, index);
      break;
    }
    checked.push({ ...slice, found });
  }
  if (checked.length > 0) {
    await new RunFiles(dumps, check).writeResult(id, partOf(checked), resultOf(checked));
  }
  return left;
}

/** Some objects that are checked in one go. */
interface Slice {
  readonly part: BackupPart;
  readonly objects: readonly CheckedObject[];
}

/** A slice, and what was found in each of its objects. */
interface CheckedSlice extends Slice {
  readonly found: readonly ObjectFindings[];
}

/** A first slice that had all the time there is will not end another time either. */
function leftOf(check: PartCheck, slices: readonly Slice[], index: number): CheckAnswer {
  if (index > 0) {
    return { rest: { ...check, part: partOf(slices.slice(index)) } };
  }
  const others = slices.slice(1);
  return {
    large: { ...check, part: partOf(slices.slice(0, 1)) },
    ...(others.length > 0 && { rest: { ...check, part: partOf(others) } }),
  };
}

async function checkedBackup(
  { target }: PartCheck,
  manifest: BackupManifest,
  dumps: Dumps,
  { kms, matching, deadline, now }: TenantsContext,
): Promise<CheckedBackup> {
  const { source, replica } = target;
  const [sourceKey, replicaKey] = await Promise.all([
    resolveReplicaKey(kms(source.region), source.keyArn),
    resolveReplicaKey(kms(replica.region), replica.keyArn),
  ]);
  const isYoung = now() - Date.parse(manifest.finishedAt) < REPLICATION_DELAY_SECONDS * 1000;
  const lockedUntil = Date.parse(manifest.lockedUntil);
  return { target, dumps, sourceKey, replicaKey, lockedUntil, isYoung, matching, deadline, now };
}

async function slicesOf(part: BackupPart, manifest: BackupManifest, dumps: Dumps): Promise<Slice[]> {
  return part.kind === 'common'
    ? [{ part, objects: await commonObjects(manifest, dumps) }]
    : tenantSlices(part.batch, manifest, dumps);
}

/** What belongs to no tenant. Nothing says what the manifest must be but itself: it is compared with its copy. */
async function commonObjects(
  { id, shared, globals, tenantsFile }: BackupManifest,
  { store }: Dumps,
): Promise<CheckedObject[]> {
  const named = (file: string): string => `${file} of backup ${id}`;
  const manifest = await store.identify(
    `${tenantsFile.key.slice(0, -BackupFile.TENANTS.length)}${BackupFile.MANIFEST}`,
  );
  return [
    ...(manifest ? [{ name: named(BackupFile.MANIFEST), object: manifest, isArchive: false }] : []),
    { name: named(BackupFile.TENANTS), object: tenantsFile, isArchive: false },
    { name: named(BackupFile.GLOBALS), object: globals, isArchive: false },
    ...(shared ? [{ name: named(BackupFile.SHARED), object: shared, isArchive: true }] : []),
  ];
}

/** The tenants of a stretch of lines, so many at a time. */
async function tenantSlices(batch: TenantsBatch, manifest: BackupManifest, dumps: Dumps): Promise<Slice[]> {
  const slices: { batch: TenantsBatch; objects: CheckedObject[] }[] = [];
  let [first, offset] = [batch.first, batch.offset];
  for await (const line of linesOf(stretchOf(batch, manifest, dumps), LONGEST_RECORD_BYTES)) {
    const record = parseTenantRecord(line, `Line ${first + 1} of tenants.jsonl of backup ${manifest.id}`);
    const bytes = Buffer.byteLength(line) + LINE_END_BYTES;
    let slice = slices.at(-1);
    if (slice === undefined || slice.objects.length === SLICE) {
      slice = { batch: { first, lines: 0, offset, bytes: 0 }, objects: [] };
      slices.push(slice);
    }
    slice.batch = { ...slice.batch, lines: slice.batch.lines + 1, bytes: slice.batch.bytes + bytes };
    slice.objects.push({ name: nameOf(record.key, manifest.id), object: record, isArchive: true });
    first += 1;
    offset += bytes;
  }
  return slices.map(({ batch: part, objects }) => ({ part: { kind: 'tenants', batch: part }, objects }));
}

const LINE_END_BYTES = 1;

const nameOf = (key: string, id: string): string => `${key.slice(key.indexOf(id) + id.length + 1)} of backup ${id}`;

/** A store may ignore which range is asked for, and answer with the whole object: then its ends are left out here. */
async function* stretchOf(
  { offset, bytes }: TenantsBatch,
  { tenantsFile: { key, versionId } }: BackupManifest,
  { source }: Dumps,
): AsyncGenerator<Buffer, void> {
  const address = { Bucket: source.name, Key: key, VersionId: versionId };
  try {
    const range = `bytes=${offset}-${offset + bytes - 1}`;
    const { Body: body, ContentRange: given } = await source.s3.send(
      new GetObjectCommand({ ...address, Range: range }),
    );
    let skip = given === undefined ? offset : 0;
    let left = bytes;
    for await (const piece of body as AsyncIterable<Buffer>) {
      const wanted = piece.subarray(skip, skip + left);
      skip = Math.max(0, skip - piece.length);
      left -= wanted.length;
      yield wanted;
    }
  } catch (error) {
    throw explainStoreError(error, 'read a list of tenants in', source.name, READ_HINTS);
  }
}

/** The stretch that slices of one part cover together. */
function partOf(slices: readonly Slice[]): BackupPart {
  const batches = slices.flatMap(({ part }) => (part.kind === 'tenants' ? [part.batch] : []));
  const [first] = batches;
  if (first === undefined) {
    return { kind: 'common' };
  }
  const sum = (of: (batch: TenantsBatch) => number) => batches.reduce((total, batch) => total + of(batch), 0);
  return { kind: 'tenants', batch: { ...first, lines: sum(({ lines }) => lines), bytes: sum(({ bytes }) => bytes) } };
}

/** @returns undefined when there was no time. */
async function checkSlice({ objects }: Slice, backup: CheckedBackup): Promise<ObjectFindings[] | undefined> {
  try {
    return await inParallel(objects, AT_ONCE, (object) => checkObject(object, backup));
  } catch (error) {
    if (error instanceof OutOfTimeError) {
      return undefined;
    }
    throw error;
  }
}

function resultOf(slices: readonly CheckedSlice[]): PartResult {
  const part = partOf(slices);
  const objects = slices.flatMap((slice) => slice.objects);
  const found = slices.flatMap((slice) => slice.found);
  return {
    ...(part.kind === 'tenants' && { lines: { first: part.batch.first, lines: part.batch.lines } }),
    objects: objects.length,
    bytes: objects.reduce((sum, { object }) => sum + object.bytes, 0),
    travelling: found.filter(({ isTravelling }) => isTravelling).length,
    present: tallyOf(found.flatMap(({ present }) => present)),
    intact: tallyOf(found.flatMap(({ intact }) => intact)),
  };
}
