import { CatalogError } from '../catalog/catalog-error';
import type { BackupManifest } from '../catalog/manifest';
import type { ProofFinding } from '../contract/proofs';
import { ObjectDamagedError } from '../objects/object-error';
import type { Dumps } from './dumps';
import { critical, TenantFinding } from './finding';

/** What is found where the manifest of a backup should be; neither when there is no such backup any more. */
export interface FoundManifest {
  readonly manifest?: BackupManifest;
  /** Why it cannot be read. */
  readonly findings: readonly ProofFinding[];
}

/**
 * Reads a manifest. One that says something else than where it lies, or is damaged, is a finding, and hides no other backup.
 *
 * @throws Error when S3 refuses.
 */
export async function readManifest({ catalog }: Dumps, id: string): Promise<FoundManifest> {
  try {
    const manifest = await catalog.find({ id });
    return { findings: [], ...(manifest && { manifest }) };
  } catch (error) {
    if (error instanceof CatalogError || error instanceof ObjectDamagedError) {
      return { findings: [critical(TenantFinding.UNREADABLE, error.message)] };
    }
    throw error;
  }
}
