import * as fc from 'fast-check';
import type { BucketCostInput, CostInput } from '../../../engine/contract/cost';
import { PROOF_SYSTEMS } from '../../../engine/contract/proofs';
import { alarmMetricCounts } from '../../../engine/cost/alarm-costs';
import type { CostLine } from '../../../engine/cost/bill';
import { estimateMonth } from '../../../engine/cost/estimate';
import type { PriceName } from '../../../engine/cost/price';
import { resourceCounts } from '../../../engine/cost/resource-counts';
import { BUCKET, CACHE, DATABASE, DUMPS, NOTHING, ONE_OF_EACH } from './cost-inputs';

const MONTH_DAYS = 365.25 / 12;

const withBuckets = (...buckets: BucketCostInput[]): CostInput => ({
  ...NOTHING,
  files: { ...NOTHING.files, buckets },
});

/** The quantities of what a line is for, by Region. */
function quantities(input: CostInput, isMeant: (line: CostLine) => boolean): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const line of estimateMonth(input).lines.filter(isMeant)) {
    sums[line.region] = (sums[line.region] ?? 0) + line.quantity;
  }
  return sums;
}

const priced =
  (price: PriceName, part?: string) =>
  (line: CostLine): boolean =>
    line.price === price && (part === undefined || line.part === part);

test('costs nothing where nothing is protected', () => {
  expect(estimateMonth(NOTHING)).toEqual({ totalUsd: 0, partsUsd: {}, lines: [], unpriced: [] });
});

describe('files', () => {
  test('lie in both Regions, in the classes that their age brings them to', () => {
    const moved = { currentVersions: { transitions: [{ storageClass: 'STANDARD_IA' as const, afterDays: 91.3125 }] } };
    const input = withBuckets({ ...BUCKET, source: moved });
    // A tenth is written each month, so three tenths are younger than three months.
    expect(quantities(input, priced('s3Standard'))['us-east-1']).toBeCloseTo(30);
    expect(quantities(input, priced('s3StandardIa'))['us-east-1']).toBeCloseTo(70);
    expect(quantities(input, priced('s3Standard'))['eu-central-1']).toBeCloseTo(100);
  });

  test('have earlier versions for as long as these are kept', () => {
    const kept = { noncurrentVersions: { expireAfterDays: 2 * MONTH_DAYS } };
    const input = withBuckets({ ...BUCKET, replacingShare: 0.5, source: kept, replica: kept });
    // Five GiB replaced each month, for two months.
    expect(quantities(input, priced('s3Standard'))).toEqual({
      'us-east-1': expect.closeTo(110),
      'eu-central-1': expect.closeTo(110),
    });
  });

  test('are listed on both sides in each run, a thousand a request', () => {
    const runs = MONTH_DAYS * 24 * 4;
    expect(quantities(withBuckets(BUCKET), ({ what }) => what === 'verification: listings')).toEqual({
      'us-east-1': expect.closeTo((runs * 200) / 1000),
      'eu-central-1': expect.closeTo((runs * 200) / 1000),
    });
  });

  test('are copied once, in time, and read across Regions once a cycle', () => {
    const transfer = quantities(withBuckets(BUCKET), priced('interRegionTransfer'));
    expect(transfer).toEqual({
      'us-east-1': expect.closeTo(10),
      'eu-central-1': expect.closeTo((100 * MONTH_DAYS) / 30),
    });
    expect(quantities(withBuckets(BUCKET), priced('replicationTimeControl'))).toEqual({
      'us-east-1': expect.closeTo(10),
    });
  });

  test('in an archive are not read, and those in a class for what is seldom read cost by the GB', () => {
    const all = (storageClass: 'DEEP_ARCHIVE' | 'GLACIER_IR') => ({
      ...BUCKET,
      newShare: 0,
      replica: { currentVersions: { transitions: [{ storageClass, afterDays: 30 }] } },
    });
    expect(quantities(withBuckets(all('DEEP_ARCHIVE')), ({ what }) => what.startsWith('read cycle: transfer'))).toEqual(
      {},
    );
    expect(quantities(withBuckets(all('GLACIER_IR')), priced('s3RetrieveGlacierIr'))).toEqual({
      'eu-central-1': expect.closeTo((100 * MONTH_DAYS) / 30),
    });
  });
});

describe('databases', () => {
  const ofDatabase = (change: Partial<typeof DATABASE>) =>
    estimateMonth({
      ...NOTHING,
      retention: { daily: 30, weekly: 0, monthly: 0, yearly: 0 },
      databases: [{ ...DATABASE, ...change }],
    }).lines;
  /** Of all tiers together; undefined when there is no such line. */
  const quantityOf = (lines: readonly CostLine[], what: string): number | undefined => {
    const meant = lines.filter((line) => line.what === what || line.what.startsWith(`${what},`));
    return meant.length === 0 ? undefined : meant.reduce((sum, { quantity }) => sum + quantity, 0);
  };

  test('on RDS have snapshots of what changed, here and in the recovery Region', () => {
    const lines = ofDatabase({});
    // Whole once, and 30 times the 2 GiB of a day.
    expect(quantityOf(lines, 'RDS: snapshots')).toBeCloseTo(160);
    expect(quantityOf(lines, 'RDS: copies in the recovery vault')).toBeCloseTo(160);
    expect(quantityOf(lines, 'RDS: copies, transfer')).toBeCloseTo(2 * MONTH_DAYS);
    expect(quantityOf(lines, 'RDS: snapshots, the first, whole')).toBe(100);
    expect(quantityOf(lines, 'RDS: continuous backup')).toBeCloseTo(70);
  });

  test('on Aurora have whole snapshots, free as long as those of the continuous backup, and whole copies', () => {
    const lines = ofDatabase({ isAurora: true });
    expect(quantityOf(lines, 'Aurora: snapshots')).toBeUndefined();
    expect(quantityOf(lines, 'Aurora: copies in the recovery vault')).toBeCloseTo(3000);
    expect(quantityOf(lines, 'Aurora: copies, transfer')).toBeCloseTo(100 * MONTH_DAYS);
  });

  test('have their automated backups replicated where RDS does that', () => {
    expect(quantityOf(ofDatabase({ crossRegionBackups: true }), 'RDS: automated backups, replicated')).toBeCloseTo(170);
    expect(quantityOf(ofDatabase({}), 'RDS: automated backups, replicated')).toBeUndefined();
  });

  test('are audited each day, and tested as often as configured', () => {
    const input = { ...NOTHING, databases: [DATABASE, DATABASE], backupAudit: { controls: true, restoreTests: 1 } };
    expect(quantities(input, priced('controlEvaluation'))['us-east-1']).toBeCloseTo(7 * 2 * MONTH_DAYS);
    expect(quantities(input, priced('restoreTest'))['us-east-1']).toBe(2);
    const without = { ...input, backupAudit: { controls: false, restoreTests: 0 } };
    expect(quantities(without, priced('controlEvaluation'))).toEqual({});
  });
});

describe('dumps', () => {
  test('are told by tier', () => {
    const { lines } = estimateMonth({ ...NOTHING, dumps: [DUMPS] });
    const stored = lines.filter(({ what }) => what.startsWith('storage of backups, '));
    expect(stored.map(({ what, quantity }) => [what.split(', ')[1], Math.round(quantity)])).toEqual([
      ['daily', 249],
      ['weekly', 116],
      ['monthly', 110],
      ['yearly', 70],
    ]);
  });

  test('are kept whole, in both Regions', () => {
    const input = { ...NOTHING, retention: { daily: 30, weekly: 0, monthly: 0, yearly: 0 }, dumps: [DUMPS] };
    expect(quantities(input, priced('s3Standard'))).toEqual({
      'us-east-1': expect.closeTo(300),
      'eu-central-1': expect.closeTo(370),
    });
  });

  test('in groups take a task more, which holds the snapshot', () => {
    const hours = (groups: number) =>
      quantities({ ...NOTHING, dumps: [{ ...DUMPS, groups }] }, priced('fargateCpu'))['us-east-1'] ?? 0;
    const work = (10 * 1024) / 20 / 3600;
    expect(hours(1)).toBeCloseTo((work + 2 / 60) * MONTH_DAYS);
    expect(hours(4)).toBeCloseTo((work * 1.25 + 10 / 60) * MONTH_DAYS);
  });
});

describe('caches', () => {
  test('keep as many snapshots as their quota allows, or one a day', () => {
    const kept = (savePoints: boolean) =>
      quantities({ ...NOTHING, caches: [{ ...CACHE, savePoints }] }, priced('cacheBackup'))['us-east-1'];
    expect(kept(false)).toBeCloseTo(14);
    expect(kept(true)).toBeCloseTo(14 * (1 + 86_400 / 5780));
  });
});

describe('signals', () => {
  test('cost the same for one tenant as for ten thousand', () => {
    const signals = (tenants: number) => {
      const { lines } = estimateMonth({ ...ONE_OF_EACH, dumps: [{ ...DUMPS, tenants }] });
      return lines.filter(({ part }) => part === 'signals');
    };
    expect(signals(10_000)).toEqual(signals(1));
    expect(signals(1).length).toBeGreaterThan(5);
  });

  test('are those of what is protected alone', () => {
    expect(resourceCounts(ONE_OF_EACH)).toEqual(Object.fromEntries(PROOF_SYSTEMS.map((system) => [system, 1])));
    const files = alarmMetricCounts(withBuckets(BUCKET));
    const all = alarmMetricCounts(ONE_OF_EACH);
    expect(files.primary).toBeLessThan(all.primary);
    expect(files.recovery).toBeLessThan(all.recovery);
  });

  test('of each further bucket are an alarm on what failed here, and one on what is late there', () => {
    const one = alarmMetricCounts(withBuckets(BUCKET));
    const two = alarmMetricCounts(withBuckets(BUCKET, BUCKET));
    expect(two).toEqual({ primary: one.primary + 1, recovery: one.recovery + 1 });
  });

  test('of functions and queues grow with what is deployed', () => {
    // Two functions, each of which has errors, throttles and a queue; and the alarms on its snapshots and its replica.
    const one = alarmMetricCounts({ ...NOTHING, caches: [CACHE] });
    const two = alarmMetricCounts({ ...NOTHING, caches: [CACHE, CACHE] });
    expect(two).toEqual({ primary: one.primary + 2 * 3 + 2, recovery: one.recovery + 1 });
  });

  test('have composites for each system and severity, here and in the recovery Region', () => {
    expect(quantities(ONE_OF_EACH, priced('compositeAlarm'))).toEqual({ 'us-east-1': 10, 'eu-central-1': 5 });
    expect(quantities(withBuckets(BUCKET), priced('compositeAlarm'))).toEqual({ 'us-east-1': 4, 'eu-central-1': 3 });
  });
});

describe('a price that is not known', () => {
  const { totalUsd, unpriced, lines } = estimateMonth({ ...ONE_OF_EACH, primaryRegion: 'eu-nowhere-1' });

  test('is told, and is in no sum', () => {
    expect(unpriced.map(({ region }) => region)).toContain('eu-nowhere-1');
    expect(unpriced.every(({ usd, priced: price }) => usd === undefined && price === undefined)).toBe(true);
    expect(totalUsd).toBeCloseTo(lines.reduce((sum, { usd = 0 }) => sum + usd, 0));
    expect(totalUsd).toBeGreaterThan(0);
  });
});

test('sorts the lines of a part by what they cost, and adds them up', () => {
  const { lines, partsUsd, totalUsd } = estimateMonth(ONE_OF_EACH);
  expect(Object.values(partsUsd).reduce((sum, part) => sum + part, 0)).toBeCloseTo(totalUsd);
  const dumps = lines.filter(({ part }) => part === 'tenant dumps').map(({ usd = 0 }) => usd);
  expect(dumps).toEqual([...dumps].sort((left, right) => right - left));
});

const share = fc.double({ min: 0, max: 1, noNaN: true });
const size = fc.double({ min: 0, max: 1e6, noNaN: true });
const days = fc.integer({ min: 1, max: 3650 });
const coldClass = fc.constantFrom('STANDARD_IA' as const, 'GLACIER_IR' as const, 'DEEP_ARCHIVE' as const);
const versions = fc.record(
  {
    transitions: fc.array(fc.record({ storageClass: coldClass, afterDays: days }), { maxLength: 1 }),
    expireAfterDays: days,
  },
  { requiredKeys: [] },
);
const kept = fc.record({ currentVersions: versions, noncurrentVersions: versions });
const bucket = fc.record({
  gib: size,
  objects: size,
  newShare: share,
  replacingShare: share,
  source: kept,
  replica: kept,
});
const input: fc.Arbitrary<CostInput> = fc.record({
  primaryRegion: fc.constantFrom('us-east-1', 'eu-west-1'),
  recoveryRegion: fc.constant('eu-central-1'),
  retention: fc.record({
    daily: fc.integer({ min: 1, max: 60 }),
    weekly: fc.integer({ min: 0, max: 52 }),
    monthly: fc.integer({ min: 0, max: 36 }),
    yearly: fc.integer({ min: 0, max: 10 }),
  }),
  files: fc.record({
    verifyEveryMinutes: fc.integer({ min: 1, max: 1440 }),
    readCycleDays: fc.integer({ min: 1, max: 365 }),
    buckets: fc.array(bucket, { maxLength: 3 }),
  }),
  dumps: fc.array(
    fc.record({
      gib: size,
      tenants: fc.nat(100_000),
      groups: fc.integer({ min: 1, max: 100 }),
      cpu: fc.constantFrom(512, 4096),
      memoryMiB: fc.constant(8192),
    }),
    { maxLength: 3 },
  ),
  databases: fc.array(
    fc.record({ isAurora: fc.boolean(), gib: size, changedShare: share, crossRegionBackups: fc.boolean() }),
    { maxLength: 3 },
  ),
  backupAudit: fc.record({ controls: fc.boolean(), restoreTests: share }),
  caches: fc.array(
    fc.record({
      kind: fc.constantFrom('replicationGroup' as const, 'serverless' as const),
      gib: size,
      snapshotRetentionDays: fc.integer({ min: 1, max: 35 }),
      savePoints: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
});

describe('whatever is protected', () => {
  test('no quantity is negative, infinite or no number', () => {
    fc.assert(
      fc.property(input, (any) => {
        const { lines, totalUsd } = estimateMonth(any);
        expect(lines.every(({ quantity, usd = 0 }) => quantity > 0 && Number.isFinite(quantity) && usd >= 0)).toBe(
          true,
        );
        expect(Number.isFinite(totalUsd)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('more of anything never costs less', () => {
    const grown: readonly ((any: CostInput) => CostInput)[] = [
      (any) => ({
        ...any,
        files: { ...any.files, buckets: any.files.buckets.map((each) => ({ ...each, gib: each.gib + 10 })) },
      }),
      (any) => ({
        ...any,
        files: { ...any.files, buckets: any.files.buckets.map((each) => ({ ...each, objects: each.objects + 1e4 })) },
      }),
      (any) => ({ ...any, files: { ...any.files, buckets: [...any.files.buckets, BUCKET] } }),
      (any) => ({ ...any, dumps: any.dumps.map((each) => ({ ...each, gib: each.gib + 10 })) }),
      (any) => ({ ...any, dumps: any.dumps.map((each) => ({ ...each, tenants: each.tenants + 100 })) }),
      (any) => ({ ...any, databases: any.databases.map((each) => ({ ...each, gib: each.gib + 10 })) }),
      (any) => ({
        ...any,
        databases: any.databases.map((each) => ({ ...each, changedShare: each.changedShare / 2 + 0.5 })),
      }),
      (any) => ({ ...any, caches: any.caches.map((each) => ({ ...each, gib: each.gib + 1 })) }),
      (any) => ({ ...any, retention: { ...any.retention, daily: any.retention.daily + 1 } }),
    ];
    fc.assert(
      fc.property(input, fc.constantFrom(...grown), (any, grow) => {
        const before = estimateMonth(any).totalUsd;
        expect(estimateMonth(grow(any)).totalUsd).toBeGreaterThanOrEqual(before * (1 - 1e-9));
      }),
      { numRuns: 150 },
    );
  });

  test('two deployments of storage cost what both cost by themselves', () => {
    const stored = { 'us-east-1': true, 'eu-west-1': true, 'eu-central-1': true };
    const prices = Object.fromEntries(
      Object.keys(stored).map((region) => [
        region,
        {
          s3Standard: { usd: 0.02, source: 'https://example.com', asOf: '2026-11-24' },
          rdsBackup: { usd: 0.1, source: 'https://example.com', asOf: '2026-11-24' },
        },
      ]),
    );
    const total = (any: CostInput) => estimateMonth(any, prices).totalUsd;
    fc.assert(
      fc.property(input, input, (one, other) => {
        const and = {
          ...one,
          files: { ...one.files, buckets: [...one.files.buckets, ...other.files.buckets] },
          dumps: [...one.dumps, ...other.dumps],
          databases: [...one.databases, ...other.databases],
          caches: [...one.caches, ...other.caches],
        };
        const sum =
          total(one) +
          total({
            ...one,
            files: { ...one.files, buckets: other.files.buckets },
            dumps: other.dumps,
            databases: other.databases,
            caches: other.caches,
          });
        expect(Math.abs(total(and) - sum)).toBeLessThanOrEqual(sum * 1e-9 + 1e-6);
      }),
      { numRuns: 60 },
    );
  });
});
