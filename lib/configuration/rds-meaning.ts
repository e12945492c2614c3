import { crossRegionBackupProblems } from '../database/cross-region-backups';
import { recoveryVaultProblems } from '../database/database-backup-options';
import { restoreNetworkProblems } from '../database/restore-testing';
import { alarmedNameProblems } from '../platform/names';
import type { Problem } from '../problem';
import { oneOf } from './database-meaning';
import { type ManagedDatabaseConfiguration, rdsSchema } from './rds-schema';

/** Regions and accounts, as far as they are well-formed. */
export interface Places {
  readonly primary?: { readonly account: string; readonly region: string };
  readonly recovery?: { readonly account?: string; readonly region: string };
}

/** What is wrong between the fields of `rds` that concern all databases. */
export function rdsProblems(raw: unknown): Problem[] {
  const { time, restoreTesting } = rdsSchema.pick({ time: true, restoreTesting: true }).shape;
  const fields = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  const networks = restoreTesting.safeParse(fields.restoreTesting).data;
  return [
    ...recoveryVaultProblems({ time: time.safeParse(fields.time).data }, 'rds'),
    ...(['primary', 'recovery'] as const).flatMap((place) => {
      const network = networks?.[place];
      return network ? restoreNetworkProblems(network, `rds.restoreTesting.${place}`) : [];
    }),
  ];
}

/** What is wrong between the fields of a well-formed entry of `rds.databases`. */
export function managedDatabaseProblems(
  database: ManagedDatabaseConfiguration,
  path: string,
  places: Places,
): Problem[] {
  const kinds = (['instance', 'cluster'] as const).filter((kind) => database[kind] !== undefined);
  return [
    ...alarmedNameProblems(database.name, `${path}.name`),
    ...(kinds.length === 1 ? [] : [oneOf(path, ['instance', 'cluster'], kinds)]),
    ...keyProblems(database, path, places),
    ...(database.crossRegionBackups ? crossRegionProblems(database, `${path}.crossRegionBackups`, places) : []),
  ];
}

function keyProblems({ keyArn }: ManagedDatabaseConfiguration, path: string, { primary }: Places): Problem[] {
  const region = keyArn?.split(':')[3];
  return region === undefined || primary === undefined || region === primary.region
    ? []
    : [
        {
          path: `${path}.keyArn`,
          message: `must be a key in primary.region (${primary.region}), got one in: ${region}`,
        },
      ];
}

/** That both Regions are the same is told elsewhere. */
function crossRegionProblems(
  { cluster }: ManagedDatabaseConfiguration,
  path: string,
  { primary, recovery }: Places,
): Problem[] {
  if (primary === undefined || recovery === undefined || primary.region === recovery.region) {
    return [];
  }
  const kind = cluster === undefined ? 'instance' : 'cluster';
  return crossRegionBackupProblems(kind, primary, { account: primary.account, ...recovery }, path);
}
