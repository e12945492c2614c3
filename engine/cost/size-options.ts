import type { CostSizes } from '../contract/cost';

/** An option of the command line for a size. */
export interface SizeOption {
  readonly field: keyof CostSizes;
  /** Without the dashes before it. */
  readonly flag: string;
  readonly description: string;
  /** Largest value. @default - any */
  readonly most?: number;
}

/** One for each size. */
export const SIZE_OPTIONS: readonly SizeOption[] = [
  { field: 'filesGib', flag: 'files-gib', description: 'GiB of files in all protected buckets together' },
  { field: 'objects', flag: 'objects', description: 'number of those files' },
  {
    field: 'newFilesPercent',
    flag: 'new-files-percent',
    description: 'percent of them that are written within a month',
  },
  {
    field: 'replacingPercent',
    flag: 'replacing-percent',
    description: 'percent of what is written that takes the place of an earlier version',
    most: 100,
  },
  { field: 'tenants', flag: 'tenants', description: 'tenants of each database that is dumped' },
  { field: 'dumpGib', flag: 'dump-gib', description: 'GiB of one backup of all tenants of a database' },
  { field: 'databaseGib', flag: 'database-gib', description: 'GiB of each database on RDS or Aurora' },
  {
    field: 'changedPercent',
    flag: 'changed-percent',
    description: 'percent of such a database that changes in a day',
    most: 100,
  },
  { field: 'cacheGib', flag: 'cache-gib', description: 'GiB of one snapshot of each cache' },
];

/** Sizes as the command line takes them. */
export function sizesText(sizes: CostSizes): string {
  return SIZE_OPTIONS.map(({ field, flag }) => `--${flag} ${sizes[field]}`).join(' ');
}

/**
 * The number that an option has.
 *
 * @throws RangeError when it is none, below 0 or too large.
 */
export function sizeOf({ flag, most = Number.MAX_SAFE_INTEGER }: SizeOption, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= 0 && value <= most)) {
    const limit = most === Number.MAX_SAFE_INTEGER ? 'of at least 0' : `from 0 to ${most}`;
    throw new RangeError(`--${flag} must be a number ${limit}, got: "${text}". HINT: such as --${flag} 50.`);
  }
  return value;
}
