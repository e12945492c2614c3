import type { BackupManifest } from '../catalog/manifest';
import { clientVersion } from '../postgres/preflight';
import { type RestoreContext, toolOptions } from './context';
import { RestoreError } from './restore-error';

/**
 * Makes sure that the client tools are not older than those that wrote a backup: they would not read its archives.
 *
 * @throws RestoreError with both versions.
 */
export async function checkClient(
  context: Pick<RestoreContext, 'access' | 'toolsDirectory' | 'signal'>,
  manifest: BackupManifest,
): Promise<void> {
  const client = await clientVersion(await toolOptions(context));
  const needed = Number.parseInt(manifest.client.version, 10);
  if (client.major < needed) {
    throw new RestoreError(
      `The client tools are of PostgreSQL ${client.version}, and those that wrote the backup of ${manifest.client.version}. HINT: install client tools of version ${needed} or newer.`,
    );
  }
}
