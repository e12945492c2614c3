import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { S3Client } from '@aws-sdk/client-s3';
import { Catalog } from '../catalog/catalog';
import { abortLeftovers, LONGEST_RUN_MS } from '../catalog/leftovers';
import type { BackupManifest, TenantRecord } from '../catalog/manifest';
import { type BackupDraft, publishBackup } from '../catalog/publish';
import type { TenantDumpsSettings } from '../contract/tenant-dumps';
import { ObjectStore } from '../objects/object-store';
import { type DumpOutcome, publishDumpSignals } from './dump-signals';

/** The bucket of dumps and its catalogue, as a dump uses them. */
export interface Stores {
  readonly objects: ObjectStore;
  readonly catalog: Catalog;
  /** Makes the backup exist. */
  publish(draft: BackupDraft, tenants: Iterable<TenantRecord>): Promise<BackupManifest>;
  /** Gives up what runs that died have left half uploaded. */
  abortLeftovers(): Promise<number>;
  /** Publishes metrics. */
  signal(outcome: DumpOutcome): Promise<void>;
}

/** Stores in AWS. In a module of its own, with all that it loads, so that a job can begin before it is there. */
export function openStores(
  { store, resource, lockMode }: TenantDumpsSettings,
  { s3, cloudWatch }: { s3: S3Client; cloudWatch: CloudWatchClient },
  now: () => Date,
): Stores {
  const objects = new ObjectStore(s3, store);
  return {
    objects,
    catalog: new Catalog(objects, s3, store.bucket, resource),
    publish: (draft, tenants) => publishBackup(objects, draft, tenants, { lockMode, now }),
    abortLeftovers: () => abortLeftovers(s3, store.bucket, resource, new Date(now().getTime() - LONGEST_RUN_MS)),
    signal: (outcome) => publishDumpSignals(cloudWatch, resource, outcome, now()),
  };
}
