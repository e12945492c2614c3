import { Readable } from 'node:stream';
import type { GetKeyRotationStatusResponse, GrantListEntry, KeyMetadata, KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import { KEYS_STATE_KEY, type KeyTarget, type VerifyKeysEvent } from '../../../engine/contract/verify-keys';
import { type VerifiedKeys, verifyKeys } from '../../../engine/keys/verify-keys';
import { type Answers, FakeSdkClient, sdkError } from '../../fakes/sdk-client';

export const NOW = Date.parse('2026-11-23T15:00:00Z');

const kmsArn = (region: string, name: string) => `arn:aws:kms:${region}:111122223333:${name}`;
export const FILES_KEY = kmsArn('eu-west-1', 'key/files');
export const FILES_ALIAS = kmsArn('eu-west-1', 'alias/acme-files');
export const OTHER_KEY = kmsArn('eu-west-1', 'key/other');
export const REPLICA_KEY = kmsArn('eu-central-1', 'key/replica');
export const REPLICA_ALIAS = kmsArn('eu-central-1', 'alias/acme-replica');
/** A key that has taken the place of {@link REPLICA_KEY}. */
export const NEW_REPLICA_KEY = kmsArn('eu-central-1', 'key/replica-2');

/** A key that is known by its ARN and its alias. */
export const FILES: KeyTarget = { name: 'files', region: 'eu-west-1', keyArn: FILES_KEY, aliasArn: FILES_ALIAS };
/** A key that is known by its alias alone. */
export const REPLICAS: KeyTarget = { name: 'replicas', region: 'eu-central-1', aliasArn: REPLICA_ALIAS };

export const EVENT: VerifyKeysEvent = {
  keys: [FILES],
  knownAccounts: ['111122223333'],
  proofs: { bucket: 'acme-proofs', region: 'eu-west-1' },
  alarmName: 'acme-platform-keysUnusable',
  warningAlarmName: 'acme-platform-keyDrift',
};

/** What KMS and the bucket of the proofs hold; everything is as it should be unless told otherwise. */
export interface Inventory {
  /** What differs of keys, by their ARNs; null for a key that is gone. */
  readonly keys?: Readonly<Record<string, Partial<KeyMetadata> | null>>;
  /** Keys that aliases point to, by the ARNs of the aliases; null for an alias that is gone. */
  readonly aliases?: Readonly<Record<string, string | null>>;
  /** What differs of rotation, by the ARN of the key. */
  readonly rotation?: Readonly<Record<string, Partial<GetKeyRotationStatusResponse>>>;
  /** Grants by the ARN of the key. @default - there are none */
  readonly grants?: Readonly<Record<string, readonly GrantListEntry[]>>;
  /** Content of the object that remembers keys. @default - there is none */
  readonly state?: string;
  /** Answers in place of the usual ones, by operation. */
  readonly answers?: Answers;
}

/** KMS in all Regions, and a bucket of proofs. */
export class FakeKeys {
  /** Content of the object that remembers keys. */
  state: string | undefined;
  readonly kms: FakeSdkClient;
  readonly s3: FakeSdkClient;
  /** Regions whose clients were asked for. */
  readonly regions = new Set<string>();

  constructor(private readonly inventory: Inventory = {}) {
    this.state = inventory.state;
    this.kms = new FakeSdkClient({ ...this.kmsAnswers, ...inventory.answers });
    this.s3 = new FakeSdkClient({ ...this.s3Answers, ...inventory.answers });
  }

  /** What a verification is given. */
  get context() {
    return {
      kms: (region: string) => {
        this.regions.add(region);
        return this.kms as unknown as KMSClient;
      },
      s3: this.s3 as unknown as S3Client,
      now: NOW,
    };
  }

  private readonly kmsAnswers: Answers = {
    DescribeKey: ({ KeyId: id }: { KeyId: string }) => {
      const arn = { ...ALIASES, ...this.inventory.aliases }[id] ?? id;
      const more = this.inventory.keys?.[arn];
      return more === null || arn.includes(':alias/')
        ? sdkError('NotFoundException', `${id} is not found`)
        : { KeyMetadata: { Arn: arn, KeyState: 'Enabled', Origin: 'AWS_KMS', ...more } };
    },
    GetKeyRotationStatus: ({ KeyId }: { KeyId: string }) => ({
      KeyRotationEnabled: true,
      RotationPeriodInDays: 365,
      NextRotationDate: new Date('2027-06-01T00:00:00Z'),
      ...this.inventory.rotation?.[KeyId],
    }),
    ListGrants: ({ KeyId }: { KeyId: string }) => ({ Grants: this.inventory.grants?.[KeyId] ?? [], Truncated: false }),
  };

  private readonly s3Answers: Answers = {
    GetObject: () =>
      this.state === undefined
        ? sdkError('NoSuchKey', 'no such key', 404)
        : { Body: Readable.from([this.state]), ETag: '"1"' },
    PutObject: ({ Key, Body }: { Key: string; Body: string }) => {
      if (Key === KEYS_STATE_KEY) {
        this.state = Body;
      }
      return { ETag: '"2"' };
    },
  };
}

const ALIASES: Readonly<Record<string, string | null>> = { [FILES_ALIAS]: FILES_KEY, [REPLICA_ALIAS]: REPLICA_KEY };

/** A grant of the use of a key. */
export const grant = (GranteePrincipal: string, more: Partial<GrantListEntry> = {}): GrantListEntry => ({
  GranteePrincipal,
  Operations: ['Decrypt'],
  ...more,
});

/** The object that remembers a key behind an alias. */
export const remembering = (keys: Readonly<Record<string, string>>): string => JSON.stringify({ format: 1, keys });

/** What the verification of keys finds. */
export const verify = (inventory: Inventory = {}, keys: readonly KeyTarget[] = [FILES]): Promise<VerifiedKeys> =>
  verifyKeys({ ...EVENT, keys }, new FakeKeys(inventory).context);

/** A finding as `kind!: detail`, with `!` when it is critical; those of all keys last. */
export async function findingsIn(...given: Parameters<typeof verify>): Promise<string[]> {
  const { keys, common } = await verify(...given);
  return [...keys.flatMap(({ findings }) => findings), ...common].map(
    ({ kind, isCritical, detail }) => `${kind}${isCritical ? '!' : ''}: ${detail}`,
  );
}
