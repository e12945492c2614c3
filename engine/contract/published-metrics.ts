import { Severity } from './paging';
import { PROOF_SYSTEMS, ProofSystem } from './proofs';
import { TIERS } from './retention';
import { Dimension, JobKind, Metric, ProofLevel, System } from './signals';
import { KEYS_KIND } from './verify-keys';

/**
 * All that functions and jobs publish, so that dashboards show nothing that nobody publishes and a month's cost can be told before
 * anything is deployed. CloudWatch bills each combination of a name and dimensions; none of them depends on the number of tenants.
 */

/** One metric, or one of each protected resource of a system. */
export interface PublishedSeries {
  /** Value of the dimension `System`. */
  readonly system: System;
  readonly metric: (typeof Metric)[keyof typeof Metric];
  /** Dimensions beside `System` and `Resource`, by their names. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Whose resources each have it, with the dimension `Resource`. @default - one figure for the system, without that dimension */
  readonly resourcesOf?: ProofSystem;
}

/** All of them in the primary Region. */
export const PUBLISHED_SERIES: readonly PublishedSeries[] = [
  ...files(),
  ...databases(),
  ...dumps(),
  ...tenants(),
  ...caches(),
  ...platform(),
];

/** Those that are published in the recovery Region too, by what watches there. */
export const PUBLISHED_IN_RECOVERY: readonly PublishedSeries[] = together(System.PLATFORM, [
  [Metric.DELETION_ATTEMPTS],
]);

/**
 * Number of metrics in a Region that a deployment is billed for once all of them have been published.
 *
 * @param resources number of protected resources of each system; what belongs to a system without any is not published.
 */
export function publishedMetricCount(
  series: readonly PublishedSeries[],
  resources: Readonly<Record<ProofSystem, number>>,
): number {
  return series.reduce((sum, { system, resourcesOf }) => {
    if (resourcesOf !== undefined) {
      return sum + resources[resourcesOf];
    }
    return sum + (isDeployed(system, resources) ? 1 : 0);
  }, 0);
}

/** What is published of a system as a whole tells of these: the figures of databases are those of managed ones, of dumps there are none. */
const WHOLE: Readonly<Partial<Record<System, ProofSystem>>> = {
  [System.STORAGE]: ProofSystem.FILES,
  [System.DATABASE]: ProofSystem.DATABASE,
  [System.TENANTS]: ProofSystem.TENANTS,
  [System.REDIS]: ProofSystem.REDIS,
};

function isDeployed(system: System, resources: Readonly<Record<ProofSystem, number>>): boolean {
  const of = WHOLE[system];
  return of === undefined ? PROOF_SYSTEMS.some((each) => resources[each] > 0) : resources[of] > 0;
}

/** A metric and its dimensions beside `System` and `Resource`. */
type Named = readonly [metric: PublishedSeries['metric'], dimensions?: Readonly<Record<string, string>>];

/** Of the system as a whole. */
function together(system: System, metrics: readonly Named[]): PublishedSeries[] {
  return metrics.map(([metric, dimensions = {}]) => ({ system, metric, dimensions }));
}

/** Of each resource. */
function ofEach(system: System, resourcesOf: ProofSystem, metrics: readonly Named[]): PublishedSeries[] {
  return metrics.map(([metric, dimensions = {}]) => ({ system, metric, dimensions, resourcesOf }));
}

/** Of each resource, and of all together. */
function both(system: System, resourcesOf: ProofSystem, metrics: readonly Named[]): PublishedSeries[] {
  return [...ofEach(system, resourcesOf, metrics), ...together(system, metrics)];
}

function proofAges(): Named[] {
  return [ProofLevel.PRESENT, ProofLevel.INTACT].map((level) => [Metric.PROOF_AGE, atLevel(level)] as const);
}

function atLevel(level: ProofLevel): Readonly<Record<string, string>> {
  return { [Dimension.LEVEL]: level };
}

/** What a verification found, and whether that is nothing. */
function verdict(dimensions: Readonly<Record<string, string>> = {}): Named[] {
  return [Metric.SUCCESS, Metric.ERRORS, Metric.WARNINGS].map((metric) => [metric, dimensions] as const);
}

/** The verification of files. */
function files(): PublishedSeries[] {
  return both(System.STORAGE, ProofSystem.FILES, [
    [Metric.SIZE],
    [Metric.OBJECTS],
    [Metric.REPLICATION],
    [Metric.SUCCESS],
    [Metric.ERRORS],
    [Metric.BACKUP_AGE],
    ...proofAges(),
  ]);
}

/** The verification of what RDS and AWS Backup keep, their events, and restores of databases. */
function databases(): PublishedSeries[] {
  const ages: Named[] = [
    [Metric.RPO],
    [Metric.PROOF_AGE, atLevel(ProofLevel.PRESENT)],
    ...TIERS.map((tier) => [Metric.BACKUP_AGE, { [Dimension.TIER]: tier }] as const),
  ];
  const ofKind = (metric: Named[0], kinds: readonly JobKind[]): Named[] =>
    kinds.map((kind) => [metric, { [Dimension.KIND]: kind }] as const);
  const jobs = [JobKind.BACKUP, JobKind.COPY, JobKind.RESTORE];
  return [
    ...both(System.DATABASE, ProofSystem.DATABASE, ages),
    ...ofEach(System.DATABASE, ProofSystem.DATABASE, verdict(atLevel(ProofLevel.PRESENT))),
    ...together(System.DATABASE, [
      ...verdict(),
      ...Object.values(Severity).map((severity) => [Metric.FAILED_JOBS, { [Dimension.SEVERITY]: severity }] as const),
      ...ofKind(Metric.FAILED_JOBS, [...jobs, JobKind.RDS]),
      ...ofKind(Metric.DURATION, jobs),
      ...ofKind(Metric.SIZE, jobs),
      ...restores(),
    ]),
  ];
}

/** A restore of a managed database or cache. */
function restores(): Named[] {
  return [[Metric.DURATION], [Metric.LEFT_BEHIND]];
}

/** The dumps of tenants, of which a database publishes one set of figures however many tenants it has. */
function dumps(): PublishedSeries[] {
  return ofEach(System.DATABASE, ProofSystem.TENANTS, [
    [Metric.SIZE],
    [Metric.DURATION],
    [Metric.SUCCESS],
    [Metric.ERRORS],
  ]);
}

/** The verification of those dumps. */
function tenants(): PublishedSeries[] {
  return both(System.TENANTS, ProofSystem.TENANTS, [
    ...verdict(),
    [Metric.DAMAGED],
    [Metric.RETENTION_DRIFT],
    [Metric.BACKUP_AGE],
    ...proofAges(),
  ]);
}

/** The probe and the exports of caches, their verification, and restores. */
function caches(): PublishedSeries[] {
  return [
    ...both(System.REDIS, ProofSystem.REDIS, [[Metric.BACKUP_AGE], [Metric.LAST_SAVE], ...proofAges()]),
    ...ofEach(System.REDIS, ProofSystem.REDIS, [
      ...verdict(atLevel(ProofLevel.INTACT)),
      [Metric.CHANGES],
      [Metric.RPO],
      [Metric.SIZE],
      [Metric.DURATION],
      [Metric.SUCCESS],
      [Metric.ERRORS],
    ]),
    ...together(System.REDIS, [...verdict(), ...restores()]),
  ];
}

/** What Holdfast finds out about itself. */
function platform(): PublishedSeries[] {
  return together(System.PLATFORM, [
    [Metric.KEYS_UNUSABLE],
    [Metric.WARNINGS, { [Dimension.KIND]: KEYS_KIND }],
    [Metric.ROUTE_PROBLEMS],
    [Metric.DELETION_ATTEMPTS],
  ]);
}
