import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Configuration, validateConfiguration } from '../lib/configuration';
import { PACKAGE_ROOT } from '../lib/package-root';
import { LOCAL_ACCOUNT } from './local-aws';

/**
 * Writes the configuration of the local deployment: the shipped one, with what must differ on one machine: a prefix and an
 * account of its own, a verification each minute, a pager that listens here, and a database of this machine in place of its own. Buckets that are expected to be there
 * already are made instead.
 *
 * @param path file to write
 * @param pagerUrl endpoint that gets the pages
 * @param database what is backed up of the local PostgreSQL
 */
export async function writeLocalConfiguration(
  path: string,
  pagerUrl: string,
  database: object,
): Promise<Configuration> {
  const shipped = shippedConfiguration();
  const { $schema, ...rest } = shipped;
  const configuration = validateConfiguration(
    {
      ...rest,
      prefix: 'local',
      primary: { ...shipped.primary, account: LOCAL_ACCOUNT },
      recovery: { region: shipped.recovery.region },
      paging: { ...shipped.paging, pager: pagerUrl },
      files: {
        ...shipped.files,
        verifyEveryMinutes: 1,
        // The rehearsal damages replicas, which nobody can do under a compliance lock.
        lockMode: 'governance',
        buckets: shipped.files.buckets.map(({ existing, ...bucket }: { existing?: unknown }) => bucket),
      },
      databases: [database],
    },
    path,
  );
  await writeFile(path, JSON.stringify(configuration, null, 2));
  return configuration;
}

/** Region that the shipped configuration deploys the platform to. */
export function localRegion(): string {
  return shippedConfiguration().primary.region;
}

function shippedConfiguration() {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'holdfast.config.json'), 'utf8'));
}
