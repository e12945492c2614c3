/** Three ways in which a replica goes bad, done to the deployed replicas for real, and how each is repaired. */

import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type BucketLocation, type FilesTarget, FindingKind } from '../engine/contract/verify-files';
import type { ObjectVersion } from '../engine/files/listing-page';
import type { LocalAws } from './local-aws';
import { resolveKey } from './replication-stand-in';
import { readObject, type VersionAddress } from './stored-object';
import { readHistories } from './version-history';

/** A damaged version, and what the verification must say about it. */
export interface Damage {
  readonly resource: string;
  readonly key: string;
  /** The finding that must be reported. */
  readonly kind: FindingKind;
  /** What was done, in one line. */
  readonly description: string;
  /** Takes away what is wrong, so that the version can be replicated again. */
  repair(): Promise<void>;
}

/** What is known of the version to damage. */
interface Victim {
  readonly address: VersionAddress;
  /** Client of the replica's Region. */
  readonly s3: S3Client;
  /** ARN of the key that the replica's objects are encrypted with. */
  readonly keyArn: string;
  /** Makes another key in the replica's Region, and gives its ARN. */
  strangeKey(): Promise<string>;
}

type Inflict = (victim: Victim) => Promise<Omit<Damage, 'resource' | 'key'>>;

const WAYS: readonly Inflict[] = [deleteForGood, turnOneBit, encryptWithStrangeKey];

/** Damages the replicas in three ways, each in a bucket of its own. */
export async function damageReplicas(aws: LocalAws, targets: readonly FilesTarget[]): Promise<Damage[]> {
  const damages: Damage[] = [];
  for (const [index, inflict] of WAYS.entries()) {
    const target = targets[Math.floor(((index + 0.5) * targets.length) / WAYS.length)];
    if (target === undefined) throw new Error('The deployed schedule verifies no buckets.');
    const victim = await chooseVictim(aws, target, index);
    damages.push({ resource: target.resource, key: victim.address.Key, ...(await inflict(victim)) });
  }
  return damages;
}

/** What S3 said when somebody tried to delete a version. */
export interface TriedDeletion {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  /** Name of the error that S3 refused it with, or `deleted`. */
  readonly outcome: string;
}

/** Tries to delete a version of a replica for good, without the right to lift Object Lock. */
export async function tryToDelete(aws: LocalAws, target: FilesTarget): Promise<TriedDeletion> {
  const { s3, address } = await chooseVictim(aws, target, 0);
  const outcome = await s3.send(new DeleteObjectCommand(address)).then(
    () => 'deleted',
    (error: Error) => error.name,
  );
  return { bucket: address.Bucket, key: address.Key, versionId: address.VersionId, outcome };
}

/**
 * Encrypts a file of a replica with another key than it should have.
 *
 * @returns takes away what is wrong, so that the file can be replicated again
 */
export async function encryptOtherwise(
  aws: LocalAws,
  replica: BucketLocation & { readonly keyArn: string },
  key: string,
): Promise<() => Promise<void>> {
  const newest = (await readHistories(aws.s3(replica.region), replica.bucket)).get(key)?.at(-1);
  if (newest === undefined) throw new Error(`The replica ${replica.bucket} has no ${key}.`);
  const victim = await victimOf(aws, replica, newest);
  const { repair } = await rewrite(victim, await victim.strangeKey(), () => undefined);
  return repair;
}

async function deleteForGood({ s3, address }: Victim) {
  await deleteVersion(s3, address);
  return { kind: FindingKind.MISSING, description: 'version deleted for good', repair: async () => undefined };
}

async function turnOneBit(victim: Victim) {
  const { repair } = await rewrite(victim, victim.keyArn, (bytes) => bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0));
  return { kind: FindingKind.CHECKSUM_MISMATCH, description: 'one bit turned', repair };
}

async function encryptWithStrangeKey(victim: Victim) {
  const { repair } = await rewrite(victim, await victim.strangeKey(), () => undefined);
  return { kind: FindingKind.WRONG_KEY, description: 'encrypted with another KMS key', repair };
}

/** Puts another version in the place of the newest one. */
async function rewrite({ s3, address }: Victim, keyArn: string, change: (bytes: Buffer) => void) {
  const original = await readObject(s3, address);
  const bytes = Buffer.from(original.Body);
  change(bytes);
  await deleteVersion(s3, address);
  const { Bucket, Key } = address;
  const encryption = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn } as const;
  const { VersionId = '' } = await s3.send(
    new PutObjectCommand({ ...original, Bucket, Key, Body: bytes, ...encryption }),
  );
  return { repair: () => deleteVersion(s3, { Bucket, Key, VersionId }) };
}

/** The newest version of one of the files that have an earlier one too; the number decides which file. */
async function chooseVictim(aws: LocalAws, { replica }: FilesTarget, number: number): Promise<Victim> {
  const candidates = [...(await readHistories(aws.s3(replica.region), replica.bucket)).values()].flatMap((history) => {
    const newest = history.at(-1);
    return history.length > 1 && newest !== undefined && !newest.isDeleteMarker ? [newest] : [];
  });
  const chosen = candidates[number % candidates.length];
  if (chosen === undefined) throw new Error(`The replica ${replica.bucket} has no file with two versions.`);
  const { keyArn } = replica;
  if (keyArn === undefined) throw new Error(`The replica ${replica.bucket} is verified without a key.`);
  return victimOf(aws, { ...replica, keyArn }, chosen);
}

async function victimOf(
  aws: LocalAws,
  { bucket, region, keyArn }: BucketLocation & { readonly keyArn: string },
  { key, versionId }: ObjectVersion,
): Promise<Victim> {
  const kms = aws.kms(region);
  return {
    address: { Bucket: bucket, Key: key, VersionId: versionId },
    s3: aws.s3(region),
    keyArn: await resolveKey(kms, keyArn),
    strangeKey: async () => {
      const { KeyMetadata } = await kms.send(
        new CreateKeyCommand({ Description: 'A key that no replica should have' }),
      );
      return KeyMetadata?.Arn ?? '';
    },
  };
}

/** Deletes a version as somebody who may lift a governance lock. */
async function deleteVersion(s3: S3Client, address: VersionAddress): Promise<void> {
  await s3.send(new DeleteObjectCommand({ ...address, BypassGovernanceRetention: true }));
}
