import type { RetentionCounts } from './retention';
import type { TenantSource } from './tenants';

/** How `pg_dump` compresses data. lz4 and zstd need client tools of PostgreSQL 16 or newer. */
export type Compression = 'none' | 'gzip' | 'lz4' | 'zstd';

/** All ways to compress. */
export const COMPRESSIONS: readonly Compression[] = ['none', 'gzip', 'lz4', 'zstd'];

/** How to reach a database. */
export interface DatabaseConnection {
  readonly host: string;
  readonly port: number;
  /** Name of the database; with a database for each tenant, one to begin at, such as `postgres`. */
  readonly database: string;
  readonly login: DatabaseLogin;
}

/** How to sign in to a database. */
export type DatabaseLogin =
  /** With the secret that RDS manages or that has its JSON shape: `username` and `password`; its host and port are not read. */
  | { readonly kind: 'secret'; readonly secretArn: string }
  /** As a user that is a member of the role `rds_iam`, with a token that lasts 15 minutes. */
  | { readonly kind: 'iam'; readonly user: string; readonly region: string }
  /** As libpq would without Holdfast: from `PGUSER`, `PGPASSWORD` or `~/.pgpass`. For a server on the same machine. */
  | { readonly kind: 'environment' };

/** What the jobs `dump` and `restore` must know; JSON in the environment variable {@link TENANT_DUMPS_VARIABLE}. */
export interface TenantDumpsSettings {
  /** Name of the protected database: a part of keys, and the dimension `Resource` of its metrics. */
  readonly resource: string;
  readonly connection: DatabaseConnection;
  readonly tenants: TenantSource;
  /** Reason, such as `suspended`, by the name of a tenant that is not backed up. */
  readonly leaveOut: Readonly<Record<string, string>>;
  readonly store: {
    readonly bucket: string;
    readonly region: string;
    /** ARN of the key that encrypts what is written. @default - the bucket's default encryption */
    readonly keyArn?: string;
  };
  readonly lockMode: 'governance' | 'compliance';
  readonly retention: RetentionCounts;
  readonly compression: Compression;
  /** Number of groups that the tenants are divided into, each dumped by its own `pg_dump` on the same snapshot. */
  readonly groups: number;
  /** Number of groups, or of databases, that are dumped at the same time. */
  readonly parallelism: number;
}

/** Environment variable with the {@link TenantDumpsSettings} as JSON. */
export const TENANT_DUMPS_VARIABLE = 'HOLDFAST_TENANT_DUMPS';

/**
 * Environment variable with the path of the certificates that servers are trusted by, in PEM. Without it, only a server on
 * the same machine is connected to.
 */
export const CA_FILE_VARIABLE = 'HOLDFAST_DATABASE_CA';

/** Environment variable with the folder of PostgreSQL's client tools. @default - they are looked for in `PATH` */
export const TOOLS_DIRECTORY_VARIABLE = 'HOLDFAST_POSTGRES_BIN';

/**
 * Commands of the container, after `node`. `run` is the id of a run: tasks that belong together are given the same.
 *
 * - `dump` does all by itself.
 * - `dump coordinate` exports the snapshot, writes the groups to `<runPrefix>groups.json` (an array of `{ "group": 0 }`),
 *   waits until each group has left its result, and publishes the manifest. It holds the snapshot until then.
 * - `dump group` dumps one group on the snapshot that the coordinator holds.
 */
export const dumpCommand = {
  all: (): string[] => ['dump'],
  coordinate: (runId: string): string[] => ['dump', 'coordinate', '--run', runId],
  group: (runId: string, group: string): string[] => ['dump', 'group', '--run', runId, '--group', group],
} as const;

/** Name of the list of groups within the folder of a run. */
export const GROUPS_FILE = 'groups.json';
