import { randomBytes } from 'node:crypto';
import { backupId, backupPrefix } from '../contract/backup-layout';
import { Retention, type Tier } from '../contract/retention';
import type { ObjectLock } from '../objects/stored-object';
import type { DumpContext } from './context';

/** Where a backup is written, and until when it is kept. */
export interface BackupPlace {
  readonly id: string;
  readonly tier: Tier;
  /** Folder of its objects; ends with a slash. */
  readonly prefix: string;
  readonly startedAt: Date;
  readonly lock: ObjectLock;
}

/** A place of its own for a backup; its tier is the longest that its date earns beside the backups that are there. */
export async function choosePlace(
  { settings, stores }: Pick<DumpContext, 'settings' | 'stores'>,
  startedAt: Date,
): Promise<BackupPlace> {
  const { catalog } = await stores();
  const retention = Retention.gfs(settings.retention);
  const tier = retention.tierOf(startedAt, await catalog.list());
  const id = backupId(startedAt, randomBytes(4).toString('hex'));
  return {
    id,
    tier,
    startedAt,
    prefix: backupPrefix(tier, settings.resource, id),
    lock: { mode: settings.lockMode, until: retention.keptUntil(tier, startedAt) },
  };
}
