import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_SIZES } from '../../../engine/contract/cost';
import { validateConfiguration } from '../../../lib/configuration';
import { costInput } from '../../../lib/cost/cost-input';
import { FileCategory } from '../../../lib/files/file-category';

const EXAMPLE = JSON.parse(readFileSync(join(__dirname, '../../../holdfast.config.json'), 'utf8'));

/** @param change fields that differ from the example's; undefined takes one away. */
function inputOf(change: Record<string, unknown>, sizes = DEFAULT_SIZES) {
  const raw = JSON.parse(JSON.stringify({ ...EXAMPLE, ...change }));
  return costInput(validateConfiguration(raw, 'holdfast.config.json'), sizes);
}

describe('of the least that can be configured', () => {
  const input = inputOf({
    files: { buckets: [{ name: 'uploads', category: 'uploadedDocuments' }] },
    retention: undefined,
    databases: [],
    rds: undefined,
    redis: [],
  });

  test('takes the defaults, and nothing that is not protected', () => {
    expect(input).toMatchObject({
      primaryRegion: 'eu-west-1',
      recoveryRegion: 'eu-central-1',
      retention: { daily: 30, weekly: 12, monthly: 12, yearly: 7 },
      files: { verifyEveryMinutes: 15, readCycleDays: 30 },
      dumps: [],
      databases: [],
      backupAudit: { controls: false, restoreTests: 0 },
      caches: [],
    });
  });

  test('ages files as their category does, and the replica longer', () => {
    const [bucket] = input.files.buckets;
    const category = FileCategory.UPLOADED_DOCUMENTS;
    expect(bucket?.source).toEqual(category.sourceLifecycle());
    expect(bucket?.replica.noncurrentVersions?.expireAfterDays).toBe(97);
  });
});

describe('of everything', () => {
  const sizes = { ...DEFAULT_SIZES, filesGib: 80, objects: 160, tenants: 7, dumpGib: 3, databaseGib: 9, cacheGib: 2 };
  const [orders] = EXAMPLE.databases;
  const [sessions] = EXAMPLE.redis;
  const input = inputOf(
    {
      files: { ...EXAMPLE.files, verifyEveryMinutes: 60, readCycleDays: 90 },
      databases: [{ ...orders, groups: 4, cpu: 2048 }],
      rds: {
        ...EXAMPLE.rds,
        databases: [
          { name: 'orders-cluster', cluster: 'orders' },
          { name: 'billing', instance: 'billing', crossRegionBackups: true },
        ],
      },
      redis: [
        { ...sessions, savePoints: [] },
        {
          ...sessions,
          name: 'carts',
          replicationGroup: undefined,
          serverlessCache: 'carts',
          savePoints: undefined,
          snapshotRetentionDays: 3,
        },
      ],
    },
    sizes,
  );

  test('divides the files among the buckets', () => {
    expect(input.files).toMatchObject({ verifyEveryMinutes: 60, readCycleDays: 90 });
    expect(input.files.buckets).toHaveLength(8);
    expect(input.files.buckets[0]).toMatchObject({ gib: 10, objects: 20, newShare: 0.05, replacingShare: 0.1 });
  });

  test('takes the tasks of dumps as they are deployed', () => {
    expect(input.dumps).toEqual([{ gib: 3, tenants: 7, groups: 4, cpu: 2048, memoryMiB: 4096 }]);
  });

  test('tells Aurora from RDS, and counts the restores that are tested', () => {
    expect(input.databases).toEqual([
      { isAurora: true, gib: 9, changedShare: 0.03, crossRegionBackups: false },
      { isAurora: false, gib: 9, changedShare: 0.03, crossRegionBackups: true },
    ]);
    expect(input.backupAudit).toEqual({ controls: true, restoreTests: 1 + 1 / 3 });
  });

  test('knows what caches keep', () => {
    expect(input.caches).toEqual([
      { kind: 'replicationGroup', gib: 2, snapshotRetentionDays: 7, savePoints: false },
      { kind: 'serverless', gib: 2, snapshotRetentionDays: 3, savePoints: true },
    ]);
  });
});

test('takes the lifecycle of a bucket that is there already as the configuration tells it', () => {
  const existing = { bucket: 'example-documents' };
  const bucketOf = (lifecycle?: object) =>
    inputOf({ files: { buckets: [{ name: 'documents', category: 'logFiles', existing, lifecycle }] } }).files
      .buckets[0];
  expect(bucketOf()?.source).toEqual({});
  const lifecycle = { currentVersions: { expireAfterDays: 100 } };
  expect(bucketOf(lifecycle)?.source).toEqual(lifecycle);
  expect(bucketOf(lifecycle)?.replica.currentVersions?.expireAfterDays).toBe(107);
});
