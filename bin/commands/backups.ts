import type { Command } from 'commander';
import { type RebuiltManifest, rebuildManifest } from '../../engine/catalog/rebuild';
import { sourceBucketName } from '../../engine/contract/bucket-names';
import { ObjectStore } from '../../engine/objects/object-store';
import { createStoreClient } from '../../engine/objects/s3-client';
import { SOFTWARE_VERSION } from '../../engine/software';
import { ConfigurationError, loadConfiguration } from '../../lib/configuration';

/** Adds `holdfast backups`. */
export function backupsCommand(program: Command): void {
  program
    .command('backups')
    .description('work on the backups of databases')
    .command('rebuild')
    .description('bring back the manifest of a backup that was lost, if all that belongs to the backup is still there')
    .argument('<database>', 'name of the protected database, as the configuration has it')
    .argument('<id>', 'id of the backup, such as 20261123T020000Z-0f3c9a1e')
    .option('--config <file>', 'configuration file', 'holdfast.config.json')
    .action(rebuild);
}

/** How the manifest came back, for a person. */
const REBUILT: Readonly<Record<RebuiltManifest['from'], string>> = {
  present: 'is there; nothing was done',
  earlierVersion: 'was deleted, and is back byte for byte as it was published',
  records: 'was made anew from tenants.jsonl; the time of its snapshot and who was left out are lost',
};

/** Needs a role that may list versions of the bucket of dumps, read its objects and write a manifest; the jobs' may not. */
async function rebuild(database: string, id: string, { config }: { config: string }): Promise<void> {
  const { prefix, primary, databases } = loadConfiguration(config);
  const configured = databases.find(({ name }) => name === database);
  if (configured === undefined) {
    const names = databases.map(({ name }) => name).join(', ') || 'none';
    throw new ConfigurationError(`${config}: no database is called "${database}". HINT: there are ${names}.`);
  }
  const bucket = sourceBucketName(prefix, database, primary.account, primary.region);
  const s3 = createStoreClient({ region: primary.region });
  const { from, manifest } = await rebuildManifest(
    {
      store: new ObjectStore(s3, { bucket }),
      s3,
      bucket,
      resource: database,
      software: SOFTWARE_VERSION,
      lockMode: configured.lockMode,
    },
    id,
  );
  console.log(
    `The manifest of ${manifest.id} (${manifest.tier}, ${manifest.totals.tenants} tenants) ${REBUILT[from]}.`,
  );
}
