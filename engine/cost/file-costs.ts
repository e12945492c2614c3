import type { AgeingVersions, BucketCostInput, CostInput, KeptVersions } from '../contract/cost';
import {
  COMPARED_PER_SECOND,
  MONTH_DAYS,
  MONTH_HOURS,
  NONCURRENT_DAYS_COUNTED,
  READ_MIB_PER_SECOND,
} from './assumptions';
import type { Usage } from './bill';
import { CLASS_PRICES, type ClassShare, classShares } from './class-shares';
import { functionUsage } from './function-usage';

/** What the protection of files uses: both copies, the way between them, and the verification. */
export function fileUsage(input: CostInput): Usage[] {
  const { buckets } = input.files;
  return buckets.length === 0
    ? []
    : [...buckets.flatMap((bucket) => bucketUsage(bucket, input)), ...verificationRuns(input)];
}

/** A part of the versions of a bucket, as one side keeps it. */
interface Versions {
  readonly gib: number;
  readonly objects: number;
  readonly shares: readonly ClassShare[];
}

function bucketUsage(bucket: BucketCostInput, input: CostInput): Usage[] {
  const { primaryRegion, recoveryRegion } = input;
  const source = sideOf(bucket, bucket.source);
  const replica = sideOf(bucket, bucket.replica);
  return [
    ...storage('versions', source, primaryRegion),
    ...storage('replica', replica, recoveryRegion),
    ...moves(bucket, bucket.source, primaryRegion),
    ...moves(bucket, bucket.replica, recoveryRegion),
    ...replicationUsage(bucket, primaryRegion, recoveryRegion),
    ...listingUsage(source, replica, input),
    ...readingUsage(bucket, source, replica, input),
  ];
}

/** Current and noncurrent versions of one side. */
function sideOf(bucket: BucketCostInput, kept: KeptVersions): Versions[] {
  const { gib, objects, newShare, replacingShare } = bucket;
  const { currentVersions = {}, noncurrentVersions = {} } = kept;
  const noncurrentMonths = (noncurrentVersions.expireAfterDays ?? NONCURRENT_DAYS_COUNTED) / MONTH_DAYS;
  const replaced = newShare * replacingShare * noncurrentMonths;
  return [
    { gib, objects, shares: classShares(currentVersions, newShare) },
    { gib: gib * replaced, objects: objects * replaced, shares: classShares(noncurrentVersions, 1 / noncurrentMonths) },
  ];
}

function storage(what: string, versions: readonly Versions[], region: string): Usage[] {
  return versions.flatMap(({ gib, shares }) =>
    shares.map(({ storageClass, share }) => ({
      part: 'files' as const,
      what: `storage of ${what}, ${storageClass}`,
      region,
      price: CLASS_PRICES[storageClass].storage,
      quantity: gib * share,
    })),
  );
}

/** What is written in a month moves on to each further class within its life. */
function moves(bucket: BucketCostInput, kept: KeptVersions, region: string): Usage[] {
  const { objects, newShare, replacingShare } = bucket;
  const written = objects * newShare;
  const of = ({ transitions = [] }: AgeingVersions = {}, count: number): Usage[] =>
    transitions.flatMap(({ storageClass }) => {
      const { move } = CLASS_PRICES[storageClass];
      return move === undefined
        ? []
        : [{ part: 'files', what: `moves to ${storageClass}`, region, price: move, quantity: count / 1000 }];
    });
  return [...of(kept.currentVersions, written), ...of(kept.noncurrentVersions, written * replacingShare)];
}

function replicationUsage({ gib, objects, newShare }: BucketCostInput, from: string, to: string): Usage[] {
  const part = 'files';
  return [
    { part, what: 'replication: transfer', region: from, price: 'interRegionTransfer', quantity: gib * newShare },
    {
      part,
      what: 'replication: time control',
      region: from,
      price: 'replicationTimeControl',
      quantity: gib * newShare,
    },
    { part, what: 'replication: requests', region: to, price: 's3Write', quantity: (objects * newShare) / 1000 },
  ];
}

/** Each run lists both sides, a thousand versions a request, and keeps its state and its report. */
function listingUsage(source: readonly Versions[], replica: readonly Versions[], input: CostInput): Usage[] {
  const runs = runsOf(input);
  const pages = (versions: readonly Versions[]) => Math.max(1, objectsOf(versions) / 1000);
  const list = (region: string, versions: readonly Versions[]): Usage => ({
    part: 'files',
    what: 'verification: listings',
    region,
    price: 's3Write',
    quantity: (runs * pages(versions)) / 1000,
  });
  const what = 'verification: state and reports';
  return [
    list(input.primaryRegion, source),
    list(input.recoveryRegion, replica),
    {
      part: 'files',
      what,
      region: input.primaryRegion,
      price: 's3Write',
      quantity: (runs * WRITES_A_RUN) / 1000,
    },
  ];
}

/** Checksums of what is new are looked up once; everything is read once a cycle, from another Region. */
function readingUsage(
  { objects, newShare }: BucketCostInput,
  source: readonly Versions[],
  replica: readonly Versions[],
  { files, primaryRegion, recoveryRegion }: CostInput,
): Usage[] {
  const cycles = MONTH_DAYS / files.readCycleDays;
  const checksums = (region: string): Usage => ({
    part: 'files',
    what: 'verification: checksums of what is new',
    region,
    price: 's3Read',
    quantity: (objects * newShare) / 1000,
  });
  const requests = (versions: readonly Versions[], region: string, each: number): Usage[] =>
    versions.flatMap((part) =>
      readable(part).map(({ storageClass, share }) => ({
        part: 'files' as const,
        what: `read cycle: requests, ${storageClass}`,
        region,
        price: CLASS_PRICES[storageClass].read,
        quantity: (part.objects * share * cycles * each) / 1000,
      })),
    );
  const retrievals = replica.flatMap((part) =>
    readable(part).flatMap(({ storageClass, share }): Usage[] => {
      const { retrieve } = CLASS_PRICES[storageClass];
      const what = `read cycle: retrieval, ${storageClass}`;
      return retrieve === undefined
        ? []
        : [{ part: 'files', what, region: recoveryRegion, price: retrieve, quantity: part.gib * share * cycles }];
    }),
  );
  return [
    checksums(primaryRegion),
    checksums(recoveryRegion),
    ...requests(source, primaryRegion, 1),
    ...requests(replica, recoveryRegion, 2),
    ...retrievals,
    {
      part: 'files',
      what: 'read cycle: transfer',
      region: recoveryRegion,
      price: 'interRegionTransfer',
      quantity: readableGib(replica) * cycles,
    },
  ];
}

/** The function: a run looks at one bucket after the other. */
function verificationRuns(input: CostInput): Usage[] {
  const { buckets, readCycleDays } = input.files;
  const runs = runsOf(input);
  const sides = buckets.map((bucket) => sideOf(bucket, bucket.replica));
  const versions = sides.reduce((sum, side) => sum + objectsOf(side), 0);
  const readGib = (sides.reduce((sum, side) => sum + readableGib(side), 0) * MONTH_DAYS) / readCycleDays;
  const seconds = runs * (START_SECONDS + versions / COMPARED_PER_SECOND) + (readGib * 1024) / READ_MIB_PER_SECOND;
  return functionUsage({
    part: 'files',
    what: 'verification: function',
    region: input.primaryRegion,
    calls: runs,
    seconds,
    memoryMiB: FUNCTION_MIB,
  });
}

function runsOf({ files }: CostInput): number {
  return (MONTH_HOURS * 60) / files.verifyEveryMinutes;
}

function objectsOf(versions: readonly Versions[]): number {
  return versions.reduce((sum, { objects }) => sum + objects, 0);
}

function readable({ shares }: Versions): ClassShare[] {
  return shares.filter(({ storageClass }) => CLASS_PRICES[storageClass].isArchive === undefined);
}

function readableGib(versions: readonly Versions[]): number {
  return versions.reduce((sum, part) => sum + readable(part).reduce((gib, { share }) => gib + part.gib * share, 0), 0);
}

/** The lease, the state, the report and the record. */
const WRITES_A_RUN = 4;
/** Memory of the function. */
const FUNCTION_MIB = 1024;
const START_SECONDS = 3;
