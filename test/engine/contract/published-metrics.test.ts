import type { CloudWatchClient, MetricDatum } from '@aws-sdk/client-cloudwatch';
import { ProofSystem } from '../../../engine/contract/proofs';
import {
  PUBLISHED_IN_RECOVERY,
  PUBLISHED_SERIES,
  type PublishedSeries,
  publishedMetricCount,
} from '../../../engine/contract/published-metrics';
import { Dimension, System } from '../../../engine/contract/signals';
import { publishAttempt } from '../../../engine/deletion/attempt-signals';
import { publishDumpSignals } from '../../../engine/dump/dump-signals';
import { eventMetrics, judgeEvent } from '../../../engine/events/event-signals';
import { keyMetrics } from '../../../engine/keys/key-signals';
import { publishRouteSignals } from '../../../engine/paging/route-signals';
import type { DatabaseFacts } from '../../../engine/proof/database-facts';
import { tenantMetrics } from '../../../engine/proof/tenant-signals';
import { restoreSignals } from '../../../engine/recovery/restore-signals';
import { publishExportSignals } from '../../../engine/redis/export-signals';
import { publishProbeSignals } from '../../../engine/redis/probe-signals';
import type { RedisManifest } from '../../../engine/redis/redis-manifest';
import type { ProbeOutcome } from '../../../engine/redis/snapshot-cache';
import { cacheMetrics } from '../../../engine/redis/verification-signals';
import { databaseMetrics } from '../../../engine/signals/database-metrics';
import { storageMetrics } from '../../../engine/signals/storage-metrics';
import { FakeSdkClient } from '../../fakes/sdk-client';
import { backupJob, copyJob, event } from '../events/events';
import { verified } from '../signals/verified';

const NOW = Date.parse('2026-11-23T15:00:00Z');

/** A metric as one line: what CloudWatch bills. */
const lineOf = ({ MetricName, Dimensions = [] }: MetricDatum): string =>
  [MetricName, ...Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort()].join(' ');

/** The lines of a series, for a resource of each system that is called like it. */
const expectedLine = ({ system, metric, dimensions, resourcesOf }: PublishedSeries): string =>
  lineOf({
    MetricName: metric,
    Dimensions: Object.entries({
      [Dimension.SYSTEM]: system,
      ...(resourcesOf && { [Dimension.RESOURCE]: resourcesOf }),
      ...dimensions,
    }).map(([Name, Value]) => ({ Name, Value })),
  });

/** What a function publishes through the client it is given. */
async function publishedBy(publish: (cloudWatch: CloudWatchClient) => Promise<void>): Promise<MetricDatum[]> {
  const cloudWatch = new FakeSdkClient({ PutMetricData: () => ({}), SetAlarmState: () => ({}) });
  await publish(cloudWatch as unknown as CloudWatchClient);
  return cloudWatch.inputsOf('PutMetricData').flatMap((input) => (input as { MetricData: MetricDatum[] }).MetricData);
}

const files = () => storageMetrics([verified({ resource: ProofSystem.FILES })], NOW);

const databases = () =>
  databaseMetrics(
    {
      databases: [
        {
          resource: ProofSystem.DATABASE,
          findings: [],
          rpoSeconds: 60,
          presentAgeSeconds: 60,
          ageSeconds: { yearly: 4, monthly: 3, weekly: 2, daily: 1 },
        },
      ],
      common: [],
    },
    NOW,
  );

function jobs(): MetricDatum[] {
  const restoreJob = (detail: Record<string, unknown>) =>
    event('aws.backup', 'Restore Job State Change', {
      restoreJobId: 'r',
      backupSizeInBytes: '36048',
      creationDate: '2026-11-23T03:00:00.000Z',
      completionDate: '2026-11-23T03:20:00.000Z',
      ...detail,
    });
  const inputs = [
    ...['COMPLETED', 'FAILED', 'ABORTED'].flatMap((state) => [backupJob({ state }), copyJob({ state })]),
    ...['COMPLETED', 'FAILED', 'ABORTED'].map((status) => restoreJob({ status })),
    event('aws.rds', 'RDS DB Instance Event', { EventID: 'RDS-EVENT-0028', EventCategories: ['backup'] }),
  ];
  return inputs.flatMap((input) => {
    const judged = judgeEvent(input);
    return judged === undefined ? [] : eventMetrics(judged, NOW);
  });
}

const caches = () =>
  cacheMetrics(
    [
      {
        resource: ProofSystem.REDIS,
        findings: [],
        backupAgeSeconds: 1,
        lastSaveSeconds: 1,
        presentAgeSeconds: 1,
        intactAgeSeconds: 1,
      },
    ],
    NOW,
  );

const manifest = {
  startedAt: '2026-11-23T02:00:00.000Z',
  finishedAt: '2026-11-23T02:10:00.000Z',
} as RedisManifest;

const probe = { changes: 1, bytes: 1, lastSaveSeconds: 1, rpoSeconds: 1 } as ProbeOutcome;

/** What is known of dumps of so many tenants, of which each is damaged. */
const factsOf = (tenants: number): DatabaseFacts => ({
  resource: ProofSystem.TENANTS,
  backupAt: NOW,
  presentAt: NOW,
  intactAt: NOW,
  damaged: tenants,
  findings: Array.from({ length: tenants }, (_, index) => ({
    kind: 'missing',
    isCritical: true,
    detail: `tenant_${index} is gone`,
  })),
  errors: tenants,
  warnings: 0,
  retentionDrift: 0,
});

async function aboutDumps(tenants: number): Promise<MetricDatum[]> {
  const dump = { isBackup: true, bytes: tenants, seconds: 1 } as const;
  return [
    ...(await publishedBy((cloudWatch) => publishDumpSignals(cloudWatch, ProofSystem.TENANTS, dump, new Date(NOW)))),
    ...tenantMetrics([factsOf(tenants)], NOW),
  ];
}

async function aboutThePlatform(): Promise<MetricDatum[]> {
  type About<Publish extends (...input: never[]) => unknown, Index extends number> = Parameters<Publish>[Index];
  const routes = {} as About<typeof publishRouteSignals, 1>;
  const call = { text: 'somebody' } as About<typeof publishAttempt, 2>;
  const attempt = { alarmName: 'alarm', incidentName: 'incident' } as About<typeof publishAttempt, 1>;
  return [
    ...keyMetrics({ keys: [], common: [] }, NOW),
    ...(await publishedBy((cloudWatch) =>
      publishRouteSignals(cloudWatch, routes, { findings: [], heartbeats: 0 }, NOW),
    )),
    ...(await publishedBy((cloudWatch) => publishAttempt(cloudWatch, attempt, call, NOW))),
  ];
}

async function everything(): Promise<MetricDatum[]> {
  const restored = (system: System) =>
    publishedBy(async (cloudWatch) => restoreSignals(cloudWatch, system, NOW).succeeded(60));
  return [
    ...files(),
    ...databases(),
    ...jobs(),
    ...caches(),
    ...(await aboutDumps(1)),
    ...(await publishedBy((cloudWatch) => publishProbeSignals(cloudWatch, ProofSystem.REDIS, probe, NOW))),
    ...(await publishedBy((cloudWatch) => publishExportSignals(cloudWatch, ProofSystem.REDIS, manifest, NOW))),
    ...(await restored(System.DATABASE)),
    ...(await restored(System.REDIS)),
    ...(await aboutThePlatform()),
  ];
}

test('lists what is published, and nothing else', async () => {
  const published = new Set((await everything()).map(lineOf));
  expect([...published].sort()).toEqual(PUBLISHED_SERIES.map(expectedLine).sort());
});

test('has the same metrics for a thousand tenants as for one', async () => {
  const linesFor = async (tenants: number) => new Set((await aboutDumps(tenants)).map(lineOf));
  const ofOne = await linesFor(1);
  expect(await linesFor(1000)).toEqual(ofOne);
  expect(ofOne.size).toBe(4 + 2 * 8);
});

test('lists each metric once', () => {
  const lines = PUBLISHED_SERIES.map(expectedLine);
  expect(new Set(lines).size).toBe(lines.length);
  expect(PUBLISHED_SERIES).toEqual(expect.arrayContaining([...PUBLISHED_IN_RECOVERY]));
});

describe('the number of metrics', () => {
  const none = { database: 0, tenants: 0, files: 0, redis: 0 };
  const count = (resources: Partial<typeof none>) => publishedMetricCount(PUBLISHED_SERIES, { ...none, ...resources });

  test('is nothing where nothing is protected', () => {
    expect(count({})).toBe(0);
  });

  test('grows by what each further resource publishes', () => {
    const perBucket = files().filter(({ Dimensions = [] }) =>
      Dimensions.some(({ Name }) => Name === Dimension.RESOURCE),
    ).length;
    expect(count({ files: 2 }) - count({ files: 1 })).toBe(perBucket);
    expect(count({ files: 1 })).toBe(files().length + PUBLISHED_SERIES.filter(isOfPlatform).length);
  });

  test('does not count the figures of managed databases where there are dumps alone', () => {
    const lines = PUBLISHED_SERIES.filter(
      ({ system, resourcesOf }) =>
        resourcesOf === ProofSystem.TENANTS || system === System.TENANTS || system === System.PLATFORM,
    );
    expect(count({ tenants: 1 })).toBe(lines.length);
  });
});

const isOfPlatform = ({ system }: PublishedSeries): boolean => system === System.PLATFORM;
