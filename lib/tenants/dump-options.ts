import { COMPRESSIONS, type Compression } from '../../engine/contract/tenant-dumps';
import type { TenantSource } from '../../engine/contract/tenants';
import type { Problem } from '../problem';
import { type DailySchedule, scheduleProblems } from './daily-schedule';

/** Majors of PostgreSQL whose client tools the image can hold. */
export const POSTGRES_MAJORS = [15, 16, 17, 18] as const;
export type PostgresMajor = (typeof POSTGRES_MAJORS)[number];

/** How the tenants of a database are dumped. */
export interface DumpOptions {
  /**
   * Major of the server, and so of the client tools. An older `pg_dump` refuses a newer server; a newer `pg_restore` writes
   * settings that an older server does not know.
   */
  readonly postgresMajor: PostgresMajor;
  /** Reason, such as `suspended`, by the name of a tenant that is not backed up; kept in the manifest. @default - none */
  readonly leaveOut?: Readonly<Record<string, string>>;
  /** How data is compressed. lz4 and zstd need major 16 or newer. @default - zstd, or gzip with major 15 */
  readonly compression?: Compression;
  /**
   * Number of groups that the tenants are divided into, each dumped by a task of its own on the same snapshot: 1 to 100. Worth
   * it once one task takes too long. @default 1
   */
  readonly groups?: number;
  /**
   * Number of groups that are dumped at the same time; with a database for each tenant, of databases in the one task: then
   * 1 to 16. @default - all groups; 4 databases
   */
  readonly parallelism?: number;
  /** When each day the dump begins. @default - 02:00 UTC */
  readonly schedule?: DailySchedule;
  /** Hours after which a run is stopped and counts as failed: 1 to 23. @default 12 */
  readonly timeoutHours?: number;
  /** Computing power of a task in units of 1/1024 vCPU: 512, 1024, 2048, 4096 or 8192. @default 1024 */
  readonly cpu?: number;
  /** Memory of a task in MiB: what Fargate has for that computing power. @default - twice the units of computing power */
  readonly memoryMiB?: number;
  /** Disk of the restore task in GiB, for all archives that one restore loads, of a tenant or of a whole backup: 21 to 200. @default 50 */
  readonly scratchGiB?: number;
}

/** Options with every default filled in. */
export type CompleteDumpOptions = Required<Omit<DumpOptions, 'schedule'>> & Pick<DumpOptions, 'schedule'>;

/** Fills in the defaults. */
export function completeDumpOptions(options: DumpOptions, source: TenantSource): CompleteDumpOptions {
  const { postgresMajor, groups = 1, cpu = 1024 } = options;
  return {
    postgresMajor,
    leaveOut: options.leaveOut ?? {},
    compression: options.compression ?? (postgresMajor >= MODERN_COMPRESSION_SINCE ? 'zstd' : 'gzip'),
    groups,
    parallelism: options.parallelism ?? (source.kind === 'databasesLike' ? 4 : groups),
    schedule: options.schedule,
    timeoutHours: options.timeoutHours ?? 12,
    cpu,
    memoryMiB: options.memoryMiB ?? cpu * 2,
    scratchGiB: options.scratchGiB ?? 50,
  };
}

/** Everything wrong with the options; empty when they can be deployed. */
export function dumpOptionsProblems(options: DumpOptions, source: TenantSource, path = ''): Problem[] {
  const at = (field: string) => (path === '' ? field : `${path}.${field}`);
  return [
    ...majorProblems(options.postgresMajor, at('postgresMajor')),
    ...leaveOutProblems(options.leaveOut ?? {}, at('leaveOut')),
    ...listingProblems(options.leaveOut ?? {}, source, at('tenants')),
    ...compressionProblems(options, at('compression')),
    ...groupProblems(options, source, at),
    ...(options.schedule ? scheduleProblems(options.schedule, at('schedule')) : []),
    ...rangeProblems(options.timeoutHours, 1, 23, at('timeoutHours')),
    ...sizeProblems(options, at),
    ...rangeProblems(options.scratchGiB, 21, 200, at('scratchGiB')),
  ];
}

/** First major whose `pg_dump` knows lz4 and zstd. https://www.postgresql.org/docs/16/release-16.html */
const MODERN_COMPRESSION_SINCE = 16;

/**
 * Bytes that the names of tenants may take in a task definition: ECS takes 64 KiB of it, and all the rest is less than 8 KiB.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
 */
const MOST_LISTED_BYTES = 56 * 1024;

const MOST_GROUPS = 100;
const MOST_DATABASES_AT_ONCE = 16;

/**
 * Memory in MiB that Fargate has for units of computing power: least, most, and the step between.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 */
const MEMORY_MIB: ReadonlyMap<number, readonly [least: number, most: number, step: number]> = new Map([
  [512, [1024, 4096, 1024]],
  [1024, [2048, 8192, 1024]],
  [2048, [4096, 16_384, 1024]],
  [4096, [8192, 30_720, 1024]],
  [8192, [16_384, 61_440, 4096]],
]);

function majorProblems(major: number, path: string): Problem[] {
  return POSTGRES_MAJORS.some((each) => each === major)
    ? []
    : [{ path, message: `must be one of ${POSTGRES_MAJORS.join(', ')}, got: ${major}` }];
}

function leaveOutProblems(leaveOut: Readonly<Record<string, string>>, path: string): Problem[] {
  return Object.entries(leaveOut).flatMap(([tenant, reason]) =>
    reason.trim() === ''
      ? [{ path: `${path}[${JSON.stringify(tenant)}]`, message: 'must say why the tenant is not backed up, got: ""' }]
      : [],
  );
}

/** The names of tenants are JSON within the JSON of a task definition. */
function listingProblems(leaveOut: Readonly<Record<string, string>>, source: TenantSource, path: string): Problem[] {
  const bytes = Buffer.byteLength(JSON.stringify(JSON.stringify({ source, leaveOut })));
  return bytes <= MOST_LISTED_BYTES
    ? []
    : [
        {
          path,
          message: `must take at most ${MOST_LISTED_BYTES} bytes in the definition of a task, with leaveOut, got: ${bytes}. HINT: let a query of your registry say which tenants there are, and which are left out`,
        },
      ];
}

function compressionProblems({ compression, postgresMajor }: DumpOptions, path: string): Problem[] {
  if (compression === undefined) {
    return [];
  }
  if (!COMPRESSIONS.includes(compression)) {
    return [{ path, message: `must be one of ${COMPRESSIONS.join(', ')}, got: ${compression}` }];
  }
  const isModern = compression === 'lz4' || compression === 'zstd';
  return isModern && postgresMajor < MODERN_COMPRESSION_SINCE
    ? [
        {
          path,
          message: `must be none or gzip with client tools older than ${MODERN_COMPRESSION_SINCE} (postgresMajor ${postgresMajor}), got: ${compression}`,
        },
      ]
    : [];
}

function groupProblems(options: DumpOptions, source: TenantSource, at: (field: string) => string): Problem[] {
  const { groups = 1, parallelism } = options;
  if (source.kind === 'databasesLike') {
    return [
      ...(groups === 1
        ? []
        : [{ path: at('groups'), message: `must be 1 with a database for each tenant, got: ${groups}` }]),
      ...rangeProblems(parallelism, 1, MOST_DATABASES_AT_ONCE, at('parallelism')),
    ];
  }
  const ofGroups = rangeProblems(groups, 1, MOST_GROUPS, at('groups'));
  if (ofGroups.length > 0 || parallelism === undefined) {
    return ofGroups;
  }
  return Number.isInteger(parallelism) && parallelism >= 1 && parallelism <= groups
    ? []
    : [
        {
          path: at('parallelism'),
          message: `must be a whole number from 1 to the number of groups (${groups}), got: ${parallelism}`,
        },
      ];
}

function sizeProblems({ cpu = 1024, memoryMiB }: DumpOptions, at: (field: string) => string): Problem[] {
  const memory = MEMORY_MIB.get(cpu);
  if (!memory) {
    return [{ path: at('cpu'), message: `must be one of ${[...MEMORY_MIB.keys()].join(', ')}, got: ${cpu}` }];
  }
  const [least, most, step] = memory;
  if (memoryMiB === undefined || (memoryMiB >= least && memoryMiB <= most && memoryMiB % step === 0)) {
    return [];
  }
  return [
    {
      path: at('memoryMiB'),
      message: `must be a multiple of ${step} from ${least} to ${most} with ${cpu} units of computing power, got: ${memoryMiB}`,
    },
  ];
}

function rangeProblems(value: number | undefined, least: number, most: number, path: string): Problem[] {
  return value === undefined || (Number.isInteger(value) && value >= least && value <= most)
    ? []
    : [{ path, message: `must be a whole number from ${least} to ${most}, got: ${value}` }];
}
