import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Configuration, validateConfiguration } from '../lib/configuration';
import { PACKAGE_ROOT } from '../lib/package-root';
import { LOCAL_ACCOUNT } from './local-aws';

/**
 * Writes the configuration of the local deployment: the shipped one, with what must differ on one machine: a prefix and an
 * account of its own, a verification each minute, a pager that listens here, and databases and caches of this machine in place of
 * its own. Buckets that are expected to be there already are made instead.
 *
 * @param path file to write
 * @param pagerUrl endpoint that gets the pages
 * @param local what is backed up here
 */
export async function writeLocalConfiguration(
  path: string,
  pagerUrl: string,
  local: LocallyProtected,
): Promise<Configuration> {
  const shipped = shippedConfiguration();
  const { $schema, ...rest } = shipped;
  // MiniStack has no chat applications, and the check of the routes would rightly find that nobody is reached.
  const { slack, ...paging } = shipped.paging;
  const configuration = validateConfiguration(
    {
      ...rest,
      prefix: 'local',
      primary: { ...shipped.primary, account: LOCAL_ACCOUNT },
      recovery: { region: shipped.recovery.region },
      paging: { ...paging, pager: pagerUrl },
      files: {
        ...shipped.files,
        verifyEveryMinutes: 1,
        // The rehearsal damages replicas, which nobody can do under a compliance lock.
        lockMode: 'governance',
        buckets: shipped.files.buckets.map(({ existing, ...bucket }: { existing?: unknown }) => bucket),
      },
      databases: [local.database],
      rds: { databases: local.managedDatabases },
      redis: local.caches,
    },
    path,
  );
  await writeFile(path, JSON.stringify(configuration, null, 2));
  return configuration;
}

/** What is backed up here, as entries of the configuration. */
export interface LocallyProtected {
  /** The database of the local PostgreSQL whose tenants are dumped. */
  readonly database: object;
  readonly managedDatabases: readonly object[];
  readonly caches: readonly object[];
}

/** Region that the shipped configuration deploys the platform to. */
export function localRegion(): string {
  return shippedConfiguration().primary.region;
}

function shippedConfiguration() {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'holdfast.config.json'), 'utf8'));
}
