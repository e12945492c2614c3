import { ALARM_RULES, type AlarmRule, OBJECTIVES_OF, thresholdOf } from '../contract/alarms';
import type { CostInput } from '../contract/cost';
import { DEFAULT_OBJECTIVES } from '../contract/deployment';
import { SEVERITIES } from '../contract/paging';
import { PROOF_SYSTEMS } from '../contract/proofs';
import { System } from '../contract/signals';
import type { Usage } from './bill';
import { one, replicatedCount, resourceCounts } from './resource-counts';

/** What the alarms of both Regions use. */
export function alarmUsage(input: CostInput): Usage[] {
  const { primary, recovery } = alarmMetricCounts(input);
  const { primaryRegion, recoveryRegion } = input;
  const alarms = { part: 'signals', what: 'alarms', price: 'alarmMetric' } as const;
  const composites = { part: 'signals', what: 'alarms, composite', price: 'compositeAlarm' } as const;
  const systems = PROOF_SYSTEMS.filter((system) => resourceCounts(input)[system] > 0).length;
  return [
    { ...alarms, region: primaryRegion, quantity: primary },
    { ...alarms, region: recoveryRegion, quantity: recovery },
    // Of each system and of Holdfast itself.
    { ...composites, region: primaryRegion, quantity: (systems + 1) * SEVERITIES.length },
    // Of Holdfast itself, of databases, and the one of replication, which only warns.
    {
      ...composites,
      region: recoveryRegion,
      quantity: (1 + one(input.databases)) * SEVERITIES.length + (replicatedCount(input) > 0 ? 1 : 0),
    },
  ];
}

/**
 * Number of metrics that all alarms of a Region read, which is what they are billed by; an alarm on a band of what is expected counts
 * threefold. https://aws.amazon.com/cloudwatch/pricing/
 */
export function alarmMetricCounts(input: CostInput): { readonly primary: number; readonly recovery: number } {
  const deployed = ALARM_RULES.filter((rule) => isAsked(rule) && placesOf(rule, input) > 0);
  const count = (rules: readonly AlarmRule[], operated: Operated): number =>
    rules.reduce((sum, rule) => sum + placesOf(rule, input) * metricsRead(rule, operated), 0);
  return {
    primary: count(
      deployed.filter(({ name }) => name !== LATENCY),
      operatedInPrimary(input),
    ),
    recovery: count(
      deployed.filter(({ name, system }) => IN_RECOVERY[system]?.has(name)),
      operatedInRecovery(input),
    ),
  };
}

/** Rules that make alarms in the recovery Region, by system. */
const LATENCY = 'replicationLatency';
const IN_RECOVERY: Readonly<Partial<Record<System, ReadonlySet<string>>>> = {
  [System.STORAGE]: new Set([LATENCY]),
  [System.DATABASE]: new Set(['jobFailed', 'jobWarning', 'eventsLost']),
  [System.PLATFORM]: new Set(['deletionAttempts', 'functionErrors', 'functionThrottles', 'deadLetters']),
};

/** An alarm on an objective that nobody asks for is not made. */
function isAsked(rule: AlarmRule): boolean {
  return (
    typeof rule.condition.threshold !== 'object' ||
    OBJECTIVES_OF[rule.system] === undefined ||
    thresholdOf(rule, DEFAULT_OBJECTIVES) !== undefined
  );
}

/** How many alarms a rule makes. */
function placesOf({ of, system }: AlarmRule, input: CostInput): number {
  const counts = resourceCounts(input);
  const resources: Readonly<Record<System, number>> = {
    [System.STORAGE]: counts.files,
    [System.DATABASE]: counts.database,
    [System.TENANTS]: counts.tenants,
    [System.REDIS]: counts.redis,
    [System.PLATFORM]: 1,
  };
  if (of !== 'resource') {
    return Math.min(1, resources[system]);
  }
  // Everything that is replicated has the alarms on replication.
  return system === System.STORAGE ? replicatedCount(input) : resources[system];
}

/** What runs in a Region. */
interface Operated {
  readonly functions: number;
  /** Queues of dead letters that no other alarm tells of. */
  readonly queues: number;
}

/** How many metrics an alarm of a rule reads. */
function metricsRead({ name, condition }: AlarmRule, { functions, queues }: Operated): number {
  if (condition.comparison === 'aboveBand') {
    return 3;
  }
  if (name === 'deadLetters') {
    return queues;
  }
  return condition.namespace === 'AWS/Lambda' ? functions : condition.metrics.length;
}

/** Verifications of each system, what makes and restores backups, and the four that look after Holdfast itself. */
function operatedInPrimary({ files, dumps, databases, caches }: CostInput): Operated {
  const verifications = one(files.buckets) + one(dumps) + one(databases) + one(caches);
  const ofCaches = 2 * caches.length;
  return {
    functions: 4 + verifications + 3 * one(databases) + one(caches) + ofCaches,
    queues: 5 + verifications + ofCaches,
  };
}

/** The deletion watch, and what hears of jobs of AWS Backup. */
function operatedInRecovery({ databases }: CostInput): Operated {
  return { functions: 1 + one(databases), queues: 1 };
}
