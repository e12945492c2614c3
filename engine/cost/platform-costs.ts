import type { CostInput } from '../contract/cost';
import { PUBLISHED_IN_RECOVERY, PUBLISHED_SERIES, publishedMetricCount } from '../contract/published-metrics';
import { alarmUsage } from './alarm-costs';
import { MONTH_HOURS } from './assumptions';
import type { Usage } from './bill';
import { functionUsage } from './function-usage';
import { one, protectedCount, replicatedCount, resourceCounts } from './resource-counts';

/** Metrics, alarms, dashboards, keys, and the functions that look after Holdfast itself. None of it depends on the number of tenants. */
export function platformUsage(input: CostInput): Usage[] {
  return protectedCount(input) === 0
    ? []
    : [
        ...metricUsage(input),
        ...alarmUsage(input),
        ...dashboardUsage(input),
        ...keyUsage(input),
        ...ownFunctions(input),
      ];
}

function metricUsage(input: CostInput): Usage[] {
  const counts = resourceCounts(input);
  const replicated = replicatedCount(input);
  const custom = (region: string, quantity: number): Usage => ({
    part: 'signals',
    what: 'metrics that Holdfast publishes',
    region,
    price: 'metric',
    quantity,
  });
  const ofReplication = (region: string, quantity: number): Usage => ({
    part: 'signals',
    what: 'metrics that S3 publishes of replication',
    region,
    price: 'metric',
    quantity,
  });
  return [
    custom(input.primaryRegion, publishedMetricCount(PUBLISHED_SERIES, counts)),
    custom(input.recoveryRegion, publishedMetricCount(PUBLISHED_IN_RECOVERY, counts)),
    // Failed operations in the Region of the source; latency, bytes and operations on their way in that of the replica.
    ofReplication(input.primaryRegion, replicated),
    ofReplication(input.recoveryRegion, 3 * replicated),
  ];
}

function dashboardUsage({ primaryRegion, recoveryRegion }: CostInput): Usage[] {
  return [primaryRegion, recoveryRegion].map((region) => ({
    part: 'signals',
    what: 'dashboard',
    region,
    price: 'dashboard',
    quantity: 1,
  }));
}

/** Keys of pages and of records of deletions in both Regions, of reports and files, of each other system, and of the replicas. */
function keyUsage(input: CostInput): Usage[] {
  const { dumps, caches, databases, primaryRegion, recoveryRegion } = input;
  const keys = (region: string, quantity: number): Usage => ({
    part: 'platform',
    what: 'keys',
    region,
    price: 'key',
    quantity,
  });
  return [keys(primaryRegion, 3 + one(dumps) + one(caches) + one(databases)), keys(recoveryRegion, 3 + one(databases))];
}

/** Keys and routes are looked at each hour, and the report is written each hour. */
function ownFunctions({ primaryRegion }: CostInput): Usage[] {
  const calls = OWN_FUNCTIONS * MONTH_HOURS;
  return functionUsage({
    part: 'platform',
    what: 'functions: keys, routes, report',
    region: primaryRegion,
    calls,
    seconds: calls * OWN_FUNCTION_SECONDS,
    memoryMiB: 512,
  });
}

const OWN_FUNCTIONS = 3;
const OWN_FUNCTION_SECONDS = 5;
