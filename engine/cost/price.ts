/** What AWS bills for, as far as Holdfast uses it, with the unit that the price is for. */
export const PRICE_UNITS = {
  s3Standard: 'GB-month',
  s3StandardIa: 'GB-month',
  s3OneZoneIa: 'GB-month',
  s3IntelligentTiering: 'GB-month',
  s3GlacierIr: 'GB-month',
  s3Glacier: 'GB-month',
  s3DeepArchive: 'GB-month',
  /** PUT, COPY, POST and LIST. */
  s3Write: 'thousand requests',
  /** GET, HEAD and all others, on S3 Standard. */
  s3Read: 'thousand requests',
  s3ReadStandardIa: 'thousand requests',
  s3ReadGlacierIr: 'thousand requests',
  /** Moves by a lifecycle rule. */
  s3MoveToStandardIa: 'thousand requests',
  s3MoveToGlacierIr: 'thousand requests',
  s3MoveToGlacier: 'thousand requests',
  s3MoveToDeepArchive: 'thousand requests',
  /** Reading what lies in a class for what is seldom read. */
  s3RetrieveStandardIa: 'GB',
  s3RetrieveGlacierIr: 'GB',
  /** Out of a Region into another one. */
  interRegionTransfer: 'GB',
  /** S3 Replication Time Control, beside the transfer. */
  replicationTimeControl: 'GB',
  metric: 'metric-month',
  /** For each metric that an alarm reads. */
  alarmMetric: 'metric-month',
  compositeAlarm: 'alarm-month',
  dashboard: 'dashboard-month',
  logIngestion: 'GB',
  /** On Arm. */
  lambdaDuration: 'GB-second',
  lambdaRequests: 'million requests',
  stateTransitions: 'thousand transitions',
  /** On Arm. */
  fargateCpu: 'vCPU-hour',
  fargateMemory: 'GB-hour',
  key: 'key-month',
  rdsBackup: 'GB-month',
  auroraBackup: 'GB-month',
  cacheBackup: 'GB-month',
  restoreTest: 'test',
  controlEvaluation: 'evaluation',
} as const;

/** What a price is for. */
export type PriceName = keyof typeof PRICE_UNITS;

/** One price of one Region. */
export interface Price {
  readonly usd: number;
  /** Where it was read, or where AWS publishes what was read in a copy. */
  readonly source: string;
  /** When it was published or recorded, an ISO 8601 date; of a source without a date, when it was read. */
  readonly asOf: string;
  /** Whether the source bears no date, so that the price may be older than `asOf` says. @default false */
  readonly isUndated?: boolean;
}

/** The prices of one Region; one that is not known is absent, and what it would cost is not in the total. */
export type RegionPrices = Readonly<Partial<Record<PriceName, Price>>>;

/** Where prices come from. */
export type PriceSource = Omit<Price, 'usd'>;

/** A source that bears no date. */
export function undated(source: string): PriceSource {
  return { source, asOf: READ_ON, isUndated: true };
}

/** Some prices from one source. */
export function pricesFrom(source: PriceSource, prices: Readonly<Partial<Record<PriceName, number>>>): RegionPrices {
  return Object.fromEntries(Object.entries(prices).map(([name, usd]) => [name, { usd, ...source }]));
}

/** Day on which sources without a date were read. */
const READ_ON = '2026-11-24';
