import { type BackupClient, DescribeRegionSettingsCommand, UpdateRegionSettingsCommand } from '@aws-sdk/client-backup';
import { type BackupOptInProperties, OptInMode } from '../contract/backup-opt-in';

/**
 * Sees to it that AWS Backup is opted in for some services in the Region of the client: without, a plan takes no backups of them and
 * reports no failure. Of all other services, the settings stay as they are.
 *
 * @throws Error when a service is not opted in and may not be, or still is not after it was
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html
 */
export async function ensureOptIn(
  backup: Pick<BackupClient, 'send'>,
  { mode, resourceTypes }: BackupOptInProperties,
  abortSignal: AbortSignal,
): Promise<void> {
  const preferences = async (): Promise<Readonly<Record<string, boolean>>> => {
    const settings = await backup.send(new DescribeRegionSettingsCommand({}), { abortSignal });
    return settings.ResourceTypeOptInPreference ?? {};
  };
  const present = await preferences();
  const missing = resourceTypes.filter((type) => present[type] !== true);
  if (missing.length === 0) {
    return;
  }
  if (mode === OptInMode.CHECK) {
    throw new Error(
      `AWS Backup is not opted in for ${missing.join(', ')} in this Region, so the plan would take no backups of it and report no failure. HINT: opt in with \`aws backup update-region-settings --resource-type-opt-in-preference ${missing.map((type) => `${type}=true`).join(',')}\`, or set serviceOptIn to "set".`,
    );
  }
  // The call does not say whether it leaves out what it is not given, so it is given everything.
  const wanted = Object.fromEntries(resourceTypes.map((type) => [type, true]));
  await backup.send(new UpdateRegionSettingsCommand({ ResourceTypeOptInPreference: { ...present, ...wanted } }), {
    abortSignal,
  });
  const now = await preferences();
  const refused = resourceTypes.filter((type) => now[type] !== true);
  if (refused.length > 0) {
    throw new Error(
      `AWS Backup is still not opted in for ${refused.join(', ')} after it was asked to be. HINT: a policy of the organization may hold it; opt in from the account that manages AWS Backup.`,
    );
  }
}
