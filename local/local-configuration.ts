import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Configuration, validateConfiguration } from '../lib/configuration';
import { PACKAGE_ROOT } from '../lib/package-root';
import { LOCAL_ACCOUNT } from './local-aws';

/**
 * Writes the configuration of the local deployment: the shipped one, with what must differ on one machine: a prefix and an
 * account of its own, a verification each minute, and a pager that listens here. Buckets that are expected to be there
 * already are made instead.
 *
 * @param path file to write
 * @param pagerUrl endpoint that gets the pages
 */
export async function writeLocalConfiguration(path: string, pagerUrl: string): Promise<Configuration> {
  const shipped = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'holdfast.config.json'), 'utf8'));
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
    },
    path,
  );
  await writeFile(path, JSON.stringify(configuration, null, 2));
  return configuration;
}
