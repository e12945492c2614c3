import type { KeyFinding, KeyFindingKind, KeyTarget } from '../contract/verify-keys';
import type { LookedUp as LookedUpAnything } from '../database/finding';
import { type KeyRotation, type KeyState, rotationProblems, stateProblems } from './described-key';
import type { KeyGrantees } from './grantees';
import type { KeysByAlias } from './remembered-keys';

/** What was looked up, if it could be; else the finding that says so. */
export interface LookedUp<Value> extends Omit<LookedUpAnything<Value>, 'findings'> {
  readonly findings: readonly KeyFinding[];
}

/** What KMS says of a key. */
export interface LookedAtKey {
  readonly target: KeyTarget;
  readonly key: LookedUp<KeyState | undefined>;
  /** The key behind the alias; not looked up where it is how the key was found. */
  readonly byAlias?: LookedUp<KeyState | undefined>;
  /** Absent where KMS has nothing to rotate. */
  readonly rotation?: LookedUp<KeyRotation | undefined>;
  readonly grantees?: LookedUp<KeyGrantees>;
}

/**
 * What is wrong with a key.
 *
 * @param remembered what aliases pointed to first.
 * @param now milliseconds since 1970.
 */
export function keyFindings(looked: LookedAtKey, remembered: KeysByAlias, now: number): KeyFinding[] {
  return [
    ...stateFindings(looked),
    ...replacedFindings(looked, remembered),
    ...aliasFindings(looked),
    ...rotationFindings(looked, now),
    ...granteeFindings(looked),
  ];
}

function stateFindings({ target, key }: LookedAtKey): readonly KeyFinding[] {
  if (key.value !== undefined) {
    return stateProblems(`the ${target.name}`, key.value);
  }
  const gone = critical(
    'keyUnusable',
    `there is no key of the ${target.name} (${target.keyArn ?? target.aliasArn}), must be one, else nothing under it can be restored: see in CloudTrail who deleted it or its alias`,
  );
  return key.findings.length > 0 ? key.findings : [gone];
}

/** Of a key that is known by its alias alone, nothing but what was there before tells whether it is the right one. */
function replacedFindings({ target, key }: LookedAtKey, remembered: KeysByAlias): KeyFinding[] {
  const { name, keyArn, aliasArn = '' } = target;
  const first = remembered[aliasArn];
  if (keyArn !== undefined || key.value === undefined || first === undefined || first === key.value.arn) {
    return [];
  }
  return [
    critical(
      'keyReplaced',
      `the alias ${aliasArn} of the ${name} points to ${key.value.arn}, must point to ${first} as before, under which the backups are: see in CloudTrail who moved it (kms:UpdateAlias), and move it back; or, if it is right, delete the object keys/state.json of the proofs bucket, which remembers the other`,
    ),
  ];
}

function aliasFindings({ target, key, byAlias }: LookedAtKey): readonly KeyFinding[] {
  if (byAlias === undefined || byAlias.findings.length > 0) {
    return byAlias?.findings ?? [];
  }
  if (key.value === undefined || byAlias.value?.arn === key.value.arn) {
    return [];
  }
  return [
    critical(
      'aliasMoved',
      `the alias ${target.aliasArn} points to ${byAlias.value?.arn ?? 'no key'}, must point to the key of the ${target.name} (${key.value.arn}): see in CloudTrail who moved it, and move it back (kms:UpdateAlias)`,
    ),
  ];
}

function rotationFindings({ target, key, rotation }: LookedAtKey, now: number): readonly KeyFinding[] {
  if (key.value?.state !== 'Enabled') {
    return [];
  }
  if (rotation !== undefined && rotation.findings.length > 0) {
    return rotation.findings;
  }
  const { nextAt } = rotation?.value ?? {};
  const isLate = nextAt !== undefined && now - nextAt.getTime() > ROTATION_TOLERANCE_MS;
  return [
    ...rotationProblems(`the ${target.name}`, key.value.arn, rotation?.value),
    ...(isLate
      ? [
          warning(
            'rotationLate',
            `the key of the ${target.name} (${key.value.arn}) was to be rotated on ${nextAt.toISOString()}, must have been: rotate it (kms:RotateKeyOnDemand), and ask AWS why it was not`,
          ),
        ]
      : []),
  ];
}

/** KMS rotates in the background, some time after it is due. */
const ROTATION_TOLERANCE_MS = 2 * 86_400_000;

function granteeFindings({ target, key, grantees }: LookedAtKey): readonly KeyFinding[] {
  if (grantees?.value === undefined) {
    return grantees?.findings ?? [];
  }
  const { told, unknown } = grantees.value;
  if (unknown === 0) {
    return [];
  }
  const named = told.filter(({ isKnown }) => !isKnown).slice(0, MOST_NAMED_GRANTEES);
  const more = unknown > named.length ? `, and ${unknown - named.length} more` : '';
  return [
    warning(
      'unknownGrantee',
      `the key of the ${target.name} (${key.value?.arn}) may be used by ${named.map(({ principal }) => principal).join(', ')}${more}, must be by principals of the own accounts and by services alone: see in CloudTrail who granted it (kms:CreateGrant), and revoke it (kms:RevokeGrant)`,
    ),
  ];
}

/** Principals that a finding names; the report has more of them. */
const MOST_NAMED_GRANTEES = 3;

const critical = (kind: KeyFindingKind, detail: string): KeyFinding => ({ kind, isCritical: true, detail });
const warning = (kind: KeyFindingKind, detail: string): KeyFinding => ({ kind, isCritical: false, detail });
