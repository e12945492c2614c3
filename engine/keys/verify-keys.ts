import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { KeyFinding, KeyResult, KeyTarget, VerifyKeysEvent } from '../contract/verify-keys';
import { lookUp as lookUpAnything } from '../database/finding';
import { inParallel } from '../objects/in-parallel';
import { errorName } from '../objects/store-error';
import { type KeyState, keyRotation, keyState } from './described-key';
import { listGrantees } from './grantees';
import { keyFindings, type LookedAtKey, type LookedUp } from './key-findings';
import { type KeysByAlias, rememberKeys } from './remembered-keys';

/** What a verification asks, and when it does. */
export interface KeyVerificationContext {
  /** Client of a Region. */
  readonly kms: (region: string) => KMSClient;
  /** Client of the Region of the proofs bucket. */
  readonly s3: S3Client;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What the verification found. */
export interface VerifiedKeys {
  readonly keys: readonly KeyResult[];
  /** What concerns all keys. */
  readonly common: readonly KeyFinding[];
}

/**
 * Verifies the keys of a deployment: that each can be used, is the one that it should be, is found by its alias, rotates, and is
 * granted to nobody unknown. What cannot be looked up is a finding of its own, and hides no other.
 */
export async function verifyKeys(event: VerifyKeysEvent, context: KeyVerificationContext): Promise<VerifiedKeys> {
  const looked = await inParallel(event.keys, CONCURRENT_KEYS, (target) => lookAt(target, event, context));
  const found = Object.fromEntries(looked.flatMap(foundByAlias));
  const { value: remembered = {}, findings: common } = await lookUp(
    `remember the keys in the bucket ${event.proofs.bucket}`,
    's3:GetObject, s3:PutObject and s3:ListBucket on it, and kms:Decrypt and kms:GenerateDataKey on its key',
    false,
    () => rememberKeys(context.s3, event.proofs.bucket, found),
  );
  return { keys: looked.map((key) => resultOf(key, remembered, context.now)), common };
}

/** Keys that are looked at side by side: KMS answers only so many administrative requests a second. */
const CONCURRENT_KEYS = 4;

async function lookAt(
  target: KeyTarget,
  { knownAccounts }: VerifyKeysEvent,
  context: KeyVerificationContext,
): Promise<LookedAtKey> {
  const { name, keyArn, aliasArn } = target;
  const kms = context.kms(target.region);
  const describe = (arn: string) =>
    lookUp(`describe the key of the ${name} (${arn})`, 'kms:DescribeKey on it', true, () => stateIfAny(kms, arn));
  const key = await describe(keyArn ?? aliasArn ?? '');
  const byAlias = keyArn !== undefined && aliasArn !== undefined ? await describe(aliasArn) : undefined;
  const { value: state } = key;
  if (state === undefined) {
    return { target, key, ...(byAlias && { byAlias }) };
  }
  const of = `of the ${name} (${state.arn})`;
  const [rotation, grantees] = await Promise.all([
    state.canRotate
      ? lookUp(`see how the key ${of} rotates`, 'kms:GetKeyRotationStatus on it', false, () =>
          keyRotation(kms, state.arn),
        )
      : undefined,
    lookUp(`list the grants of the key ${of}`, 'kms:ListGrants on it', false, () =>
      listGrantees(kms, state.arn, knownAccounts),
    ),
  ]);
  return { target, key, grantees, ...(byAlias && { byAlias }), ...(rotation && { rotation }) };
}

/** A key; undefined when there is none: that is an answer, too. */
async function stateIfAny(kms: KMSClient, arn: string): Promise<KeyState | undefined> {
  try {
    return await keyState(kms, arn);
  } catch (error) {
    if (errorName(error) === 'NotFoundException') {
      return undefined;
    }
    throw error;
  }
}

/** The alias and the key of a target that is known by its alias alone. */
function foundByAlias({ target: { keyArn, aliasArn }, key: { value } }: LookedAtKey): [string, string][] {
  return keyArn === undefined && aliasArn !== undefined && value ? [[aliasArn, value.arn]] : [];
}

function resultOf(looked: LookedAtKey, remembered: KeysByAlias, now: number): KeyResult {
  const { target, key, rotation, grantees } = looked;
  const { name, region } = target;
  return {
    name,
    region,
    ...(key.value && { keyArn: key.value.arn, state: key.value.state }),
    ...(key.value?.deletionDate && { deletionAt: key.value.deletionDate.toISOString() }),
    ...(rotation?.value && { rotationDays: rotation.value.days }),
    ...(rotation?.value?.nextAt && { nextRotationAt: rotation.value.nextAt.toISOString() }),
    ...(grantees?.value && { grantees: grantees.value.told }),
    findings: keyFindings(looked, remembered, now),
  };
}

/** @param isCritical whether a restore may be in danger while nobody knows. */
async function lookUp<Value>(
  attempt: string,
  permissions: string,
  isCritical: boolean,
  act: () => Promise<Value>,
): Promise<LookedUp<Value>> {
  const { value, findings } = await lookUpAnything(attempt, permissions, act);
  return { value, findings: findings.map(({ detail }) => ({ kind: 'unknown', isCritical, detail })) };
}
