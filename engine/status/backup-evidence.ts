import type { BackupList } from '../catalog/backup-list';
import { CatalogError } from '../catalog/catalog-error';
import type { ManifestHead } from '../catalog/manifest-format';
import type { Evidence } from './evidence';
import { isFuture } from './health';

/** The backups of a resource as they lie in its bucket, and the newest of them that can be read. */
export interface FoundBackups<Manifest> extends Pick<Evidence, 'backups' | 'unread' | 'damaged'> {
  readonly manifest?: Manifest;
}

/** What a manifest says of its backup. */
export interface BackupFigures {
  /** The moment that it shows, as an ISO 8601 instant. */
  readonly moment: string;
  readonly bytes: number;
  readonly objects: number;
}

/**
 * Looks at the backups of a resource. A damaged manifest is told, and the next older backup is taken; so is one that shows a moment to
 * come, since a wrong clock would keep it young for ever. Never throws: what cannot be looked at is told in `unread`.
 */
export async function findBackups<Manifest extends ManifestHead>(
  list: BackupList<Manifest>,
  figuresOf: (manifest: Manifest) => BackupFigures,
  now: Date,
): Promise<FoundBackups<Manifest>> {
  const damaged: string[] = [];
  const isTrusted = (manifest: Manifest): boolean => {
    const { moment } = figuresOf(manifest);
    const isToCome = isFuture(new Date(moment), now);
    if (isToCome) {
      damaged.push(
        `The backup ${manifest.id} shows ${moment}, which is yet to come. HINT: set the clock of what made it, and make a backup.`,
      );
    }
    return !isToCome;
  };
  try {
    const entries = await list.list();
    const manifest = await newestWhole(list, entries, isTrusted, damaged);
    return { backups: { count: entries.length, ...describe(manifest, figuresOf) }, manifest, unread: [], damaged };
  } catch (error) {
    return { unread: [error instanceof Error ? error.message : String(error)], damaged };
  }
}

async function newestWhole<Manifest extends ManifestHead>(
  list: BackupList<Manifest>,
  newestFirst: readonly { readonly id: string }[],
  isTrusted: (manifest: Manifest) => boolean,
  damaged: string[],
): Promise<Manifest | undefined> {
  for (const { id } of newestFirst) {
    try {
      const manifest = await list.find({ id });
      if (manifest !== undefined && isTrusted(manifest)) {
        return manifest;
      }
    } catch (error) {
      if (!(error instanceof CatalogError)) {
        throw error;
      }
      damaged.push(error.message);
    }
  }
  return undefined;
}

function describe<Manifest extends ManifestHead>(
  manifest: Manifest | undefined,
  figuresOf: (manifest: Manifest) => BackupFigures,
) {
  if (manifest === undefined) {
    return {};
  }
  const { moment, bytes, objects } = figuresOf(manifest);
  return { newest: { id: manifest.id, at: new Date(moment), bytes, objects } };
}
