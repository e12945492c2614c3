/**
 * Stands in for S3 replication, which MiniStack 1.5.33 does not do with the replica's key: given a replication
 * configuration it copies by itself, but keeps the key of the source. So the configuration is deployed and never applied,
 * and this copies instead, as the configuration says: destination, key, delete markers, prefix.
 *
 * What it cannot do: keep the version ids. What is written through the S3 API gets a new one.
 */

import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { BucketLocation } from '../engine/contract/verify-files';
import type { ObjectVersion } from '../engine/files/listing-page';
import { type ReplicationRule, replicationRules } from './bucket-configuration';
import type { DeployedStack } from './deployed-stack';
import type { LocalAws } from './local-aws';
import { readObject } from './stored-object';
import { type Histories, readHistories } from './version-history';

/** One replication rule of a deployed bucket. */
export interface Replication {
  readonly sourceBucket: string;
  readonly sourceRegion: string;
  readonly replicaRegion: string;
  readonly rule: ReplicationRule;
}

/** One version to copy, or one delete marker to set. */
export interface PlannedCopy {
  readonly key: string;
  readonly version: ObjectVersion;
}

/** The replication rules of all buckets of a deployed stack. */
export function deployedReplications(stack: DeployedStack): Replication[] {
  return stack
    .resources('AWS::S3::Bucket', ['ReplicationConfiguration'])
    .filter(({ properties }) => properties.ReplicationConfiguration !== undefined)
    .flatMap(({ physicalId, properties }) =>
      replicationRules(properties.ReplicationConfiguration).map((rule) => ({
        sourceBucket: physicalId,
        sourceRegion: stack.region,
        replicaRegion: regionOfKey(rule.Destination.EncryptionConfiguration.ReplicaKmsKeyID),
        rule,
      })),
    );
}

/** Where the copies of a bucket lie, and their key. */
export function replicaOf(
  replications: readonly Replication[],
  sourceBucket: string,
): BucketLocation & { readonly keyArn: string } {
  const replication = replications.find((each) => each.sourceBucket === sourceBucket);
  if (replication === undefined) throw new Error(`Nothing replicates ${sourceBucket}.`);
  const { Bucket, EncryptionConfiguration } = replication.rule.Destination;
  return { bucket: Bucket, region: replication.replicaRegion, keyArn: EncryptionConfiguration.ReplicaKmsKeyID };
}

/**
 * One round: copies what the replicas do not have yet. A round after a round copies nothing.
 *
 * @returns number of versions and delete markers copied
 */
export async function replicate(aws: LocalAws, replications: readonly Replication[]): Promise<number> {
  let copied = 0;
  for (const { sourceBucket, sourceRegion, replicaRegion, rule } of replications) {
    const source = { s3: aws.s3(sourceRegion), bucket: sourceBucket };
    const replica = {
      s3: aws.s3(replicaRegion),
      bucket: rule.Destination.Bucket,
      keyArn: await resolveKey(aws.kms(replicaRegion), rule.Destination.EncryptionConfiguration.ReplicaKmsKeyID),
    };
    const lacking = planCopies(
      await readHistories(source.s3, source.bucket),
      await readHistories(replica.s3, replica.bucket),
      rule,
    );
    for (const planned of lacking) await copy(planned, source, replica);
    copied += lacking.length;
  }
  return copied;
}

/**
 * What a replica lacks, oldest first. Versions can only be added at the end of a history, so the replica's history of a
 * key must be the beginning of the source's.
 *
 * @throws when it is not, since no copy could mend that
 */
export function planCopies(source: Histories, replica: Histories, rule: ReplicationRule): PlannedCopy[] {
  const copies: PlannedCopy[] = [];
  for (const [key, history] of source) {
    if (!key.startsWith(rule.Filter.Prefix)) continue;
    const wanted = history.filter(
      ({ isDeleteMarker }) => !isDeleteMarker || rule.DeleteMarkerReplication.Status === 'Enabled',
    );
    const present = replica.get(key) ?? [];
    const strange = present.findIndex((version, place) => !sameVersion(version, wanted[place]));
    if (strange >= 0) {
      throw new Error(
        `The replica of ${JSON.stringify(key)} holds version ${present[strange]?.versionId} in place ${strange + 1}, which is ` +
          'not what the source has there. HINT: delete it from the replica, then replicate again.',
      );
    }
    copies.push(...wanted.slice(present.length).map((version) => ({ key, version })));
  }
  return copies.sort((a, b) => a.version.lastModified - b.version.lastModified);
}

/** The ARN of the key behind an ARN of a key or of an alias. */
export async function resolveKey(kms: KMSClient, keyOrAliasArn: string): Promise<string> {
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyOrAliasArn }));
  if (KeyMetadata?.Arn === undefined) throw new Error(`KMS knows no key ${keyOrAliasArn}.`);
  return KeyMetadata.Arn;
}

function sameVersion(a: ObjectVersion, b: ObjectVersion | undefined): boolean {
  return a.isDeleteMarker === b?.isDeleteMarker && a.size === b.size;
}

/** The destination's default retention applies where the source's version has none. */
async function copy(
  { key, version }: PlannedCopy,
  source: { readonly s3: S3Client; readonly bucket: string },
  replica: { readonly s3: S3Client; readonly bucket: string; readonly keyArn: string },
): Promise<void> {
  const destination = { Bucket: replica.bucket, Key: key };
  if (version.isDeleteMarker) {
    await replica.s3.send(new DeleteObjectCommand(destination));
    return;
  }
  const content = await readObject(source.s3, { Bucket: source.bucket, Key: key, VersionId: version.versionId });
  await replica.s3.send(
    new PutObjectCommand({
      ...content,
      ...destination,
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: replica.keyArn,
      BucketKeyEnabled: true,
    }),
  );
}

function regionOfKey(arn: string): string {
  const region = arn.split(':')[3];
  if (!region) throw new Error(`"${arn}" is not the ARN of a key or an alias.`);
  return region;
}
