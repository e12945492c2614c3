import { FileCategory } from '../../lib';
import { shippedWith } from './configuration/shipped';
import { OTHER_ACCOUNT, REPLICA_KEY_ARN } from './deployment';
import { type SynthesizedResource, synthesized } from './synthesized';

/** Thirty buckets, a third of which are there already, under names as long as S3 takes. */
const { templates } = synthesized(
  shippedWith({
    prefix: 'acme-backups',
    'recovery.account': OTHER_ACCOUNT,
    'recovery.replicaKeyArn': REPLICA_KEY_ARN,
    'files.buckets': Array.from({ length: 30 }, (_, number) => ({
      name: `customers-at-${String(number).padStart(2, '0')}a`,
      category: FileCategory.ALL[number % FileCategory.ALL.length]?.id,
      ...(number % 3 === 0 && { existing: { bucket: `acme-documents-of-tenants-before-${number}` } }),
    })),
  }),
);
const all = Object.values(templates).flatMap(({ Resources }) => Object.entries(Resources));
const ofType = (type: string) => all.filter(([, { Type }]) => Type === type);

/** Upper bound of what a document comes to: references are longer in a template than what they stand for. */
const lengthOf = (document: unknown) => JSON.stringify(document).length;

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
test('the policies within a role stay below 10,240 characters', () => {
  for (const [roleId] of ofType('AWS::IAM::Role')) {
    const lengths = attachedTo(roleId, 'AWS::IAM::Policy').map(({ Properties }) => lengthOf(Properties.PolicyDocument));
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(10_240);
  }
});

test('a role has at most ten managed policies, each below 6,144 characters', () => {
  expect(ofType('AWS::IAM::ManagedPolicy').length).toBeGreaterThan(0);
  for (const [roleId] of ofType('AWS::IAM::Role')) {
    const managed = attachedTo(roleId, 'AWS::IAM::ManagedPolicy');
    expect(managed.length).toBeLessThanOrEqual(10);
    for (const { Properties } of managed) {
      expect(lengthOf(Properties.PolicyDocument)).toBeLessThanOrEqual(6_144);
    }
  }
});

// https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html#key-policy-limit
test('the policy of a key stays below 32 KB', () => {
  for (const [, { Properties }] of ofType('AWS::KMS::Key')) {
    expect(lengthOf(Properties.KeyPolicy)).toBeLessThanOrEqual(32 * 1024);
  }
});

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html
test('what the schedule hands over stays below 256 KB', () => {
  for (const [, { Properties }] of ofType('AWS::Scheduler::Schedule')) {
    expect(lengthOf(Properties.Target)).toBeLessThanOrEqual(256 * 1024);
  }
});

test('no name of a role is longer than 64 characters', () => {
  for (const [, { Properties }] of ofType('AWS::IAM::Role')) {
    expect(String(Properties.RoleName ?? '').length).toBeLessThanOrEqual(64);
  }
});

function attachedTo(roleId: string, type: string): SynthesizedResource[] {
  return ofType(type)
    .map(([, resource]) => resource)
    .filter(({ Properties }) =>
      (Properties.Roles as readonly { readonly Ref: string }[]).some(({ Ref }) => Ref === roleId),
    );
}
