import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { BackupManifest } from '../../../engine/catalog/manifest';
import type { Deployment } from '../../../engine/contract/deployment';
import { type ProofRecord, proofsPrefix } from '../../../engine/contract/proofs';
import { writeProofRecord } from '../../../engine/proofs/write-record';
import { gatherStatus, type StatusSources } from '../../../engine/status/gather';
import type { Status } from '../../../engine/status/model';
import { clientOf } from '../../fakes/client-of';
import { BackupBucket, type BackupPlan, BUCKET, RESOURCE } from '../catalog/backup';
import { deployment } from '../deployment/deployments';
import { NOW } from './evidence';

export const PROOFS_BUCKET = 'acme-proofs-111122223333-eu-west-1';
export const DUMPS_BUCKET = `acme-${RESOURCE}-111122223333-eu-west-1`;

/** One alarm that is as it should be: a deployment without any is not healthy. */
export const QUIET = { MetricAlarms: [{ AlarmName: 'acme-storage-backupFailed', StateValue: 'OK' }] };

/** An account with a deployment, its buckets and its alarms. */
export class StatusRig {
  /** Names of all commands that were sent to S3. */
  public readonly commands = new Set<string>();

  public static async start(): Promise<StatusRig> {
    return new StatusRig(await BackupBucket.start());
  }

  private constructor(public readonly backups: BackupBucket) {}

  public get server() {
    return this.backups.server;
  }

  public async stop(): Promise<void> {
    await this.backups.stop();
  }

  /** Publishes a backup of the tenants in the bucket that the deployment gives the database. */
  public async publish(plan: BackupPlan): Promise<BackupManifest> {
    const manifest = await this.backups.publish(plan);
    for (const [key, history] of this.server.bucket(BUCKET).histories) {
      this.server.bucket(DUMPS_BUCKET).histories.set(key, history);
    }
    return manifest;
  }

  /** Writes a record where the records of its resource lie, or into another folder of a bucket. */
  public prove(record: ProofRecord, bucket = PROOFS_BUCKET, folder?: string): Promise<string> {
    const { system, resource, level } = record;
    return writeProofRecord(this.backups.s3, bucket, folder ?? proofsPrefix(system, resource, level), record);
  }

  /** What somebody sees who looks at {@link NOW}. */
  public look(more: Partial<StatusSources> & { readonly tenants?: boolean } = {}): Promise<Status> {
    const { tenants = false, ...sources } = more;
    const s3 = this.server.client();
    s3.middlewareStack.add(
      (next, { commandName = '' }) =>
        (args) => {
          this.commands.add(commandName);
          return next(args);
        },
      { step: 'initialize' },
    );
    return gatherStatus(
      { deployment: deployment(), s3, primaryAlarms: alarmsOf(QUIET), recoveryAlarms: alarmsOf(QUIET), ...sources },
      { tenants, now: NOW },
    );
  }

  /** The status of a deployment that protects so. */
  public lookAt(
    resources: Deployment['resources'],
    more: Partial<StatusSources> & { readonly tenants?: boolean } = {},
  ) {
    return this.look({ deployment: deployment({ resources }), ...more });
  }
}

/** CloudWatch with one page of alarms, or that refuses. */
export function alarmsOf(answer: object, region = 'eu-west-1'): CloudWatchClient {
  return clientOf(CloudWatchClient, { DescribeAlarms: () => answer }, async () => region).client;
}
