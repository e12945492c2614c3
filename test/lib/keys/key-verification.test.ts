import { aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { VerifyKeysEvent } from '../../../engine/contract/verify-keys';
import { KeyVerification, Paging } from '../../../lib';
import {
  keyOf,
  OTHER_ACCOUNT,
  primaryStack,
  REPLICA_KEY_ARN,
  recoveryRegion,
  resources,
  type Statement,
  scheduledInput,
  statements,
} from '../deployment';
import { allows } from '../tenants/policy-simulation';

const KMS = 'arn:aws:kms:eu-west-1:111122223333';
const FILES_KEY_ARN = `${KMS}:key/11111111-1111-1111-1111-111111111111`;
const OTHER_KEY_ARN = `${KMS}:key/22222222-2222-2222-2222-222222222222`;
const PROOFS_KEY_ARN = `${KMS}:key/00000000-0000-0000-0000-000000000000`;
const REPLICA_KMS = 'arn:aws:kms:eu-central-1:111122223333';
const READ_ACTIONS = ['kms:DescribeKey', 'kms:GetKeyRotationStatus', 'kms:ListGrants'];

describe('of one key of this Region', () => {
  const template = verificationOf((verification, files) => verification.verify('files', files, 'acme-files'));
  const policy = policyOf(template);

  test('runs every hour, and not again long after its time', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'acme-verify-keys',
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 2 } },
    });
  });

  test('has the names by which it is found, and time enough', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'acme-verify-keys', Timeout: 300 });
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'acme-verify-keys' });
  });

  test('is sent all it needs, as the contract says', () => {
    const expected: VerifyKeysEvent = {
      keys: [{ name: 'files', region: 'eu-west-1', keyArn: FILES_KEY_ARN, aliasArn: `${KMS}:alias/acme-files` }],
      knownAccounts: ['111122223333'],
      proofs: { bucket: 'acme-proofs', region: 'eu-west-1' },
      alarmName: 'acme-platform-keysUnusable',
      incidentName: 'acme-platform-incident',
      warningAlarmName: 'acme-platform-keyDrift',
      warningIncidentName: 'acme-platform-attention',
    };
    expect(eventOf(template)).toEqual(expected);
  });

  test('may read how the key stands, and change nothing', () => {
    for (const action of READ_ACTIONS) {
      expect(allows(policy, { action, resource: FILES_KEY_ARN })).toBe(true);
      expect(allows(policy, { action, resource: OTHER_KEY_ARN })).toBe(false);
    }
    for (const action of ['kms:Decrypt', 'kms:EnableKey', 'kms:RevokeGrant', 'kms:UpdateAlias']) {
      expect(allows(policy, { action, resource: FILES_KEY_ARN })).toBe(false);
    }
  });

  test('may see which key has taken the place behind the alias, and no more of it', () => {
    const behind = (alias: string) => ({ resource: OTHER_KEY_ARN, context: { 'kms:ResourceAliases': alias } });
    expect(allows(policy, { action: 'kms:DescribeKey', ...behind('alias/acme-files') })).toBe(true);
    expect(allows(policy, { action: 'kms:DescribeKey', ...behind('alias/acme-other') })).toBe(false);
    expect(allows(policy, { action: 'kms:ListGrants', ...behind('alias/acme-files') })).toBe(false);
  });

  test('may write its own reports, and remember between runs, alone', () => {
    for (const action of ['s3:GetObject', 's3:PutObject']) {
      expect(allows(policy, { action, resource: 'arn:aws:s3:::acme-proofs/keys/state.json' })).toBe(true);
      expect(allows(policy, { action, resource: 'arn:aws:s3:::acme-proofs/files/uploads/state.json' })).toBe(false);
    }
    expect(allows(policy, { action: 's3:DeleteObject', resource: 'arn:aws:s3:::acme-proofs/keys/state.json' })).toBe(
      false,
    );
    expect(allows(policy, { action: 's3:ListBucket', resource: 'arn:aws:s3:::acme-proofs' })).toBe(true);
  });

  test('may use the key of the proofs through S3 alone', () => {
    for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) {
      const request = { action, resource: PROOFS_KEY_ARN };
      expect(allows(policy, { ...request, context: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } })).toBe(true);
      expect(allows(policy, request)).toBe(false);
    }
  });

  test('may write its findings into its own alarms alone', () => {
    const alarm = (name: string) => `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:acme-platform-${name}`;
    for (const name of ['keysUnusable', 'incident', 'keyDrift', 'attention']) {
      expect(allows(policy, { action: 'cloudwatch:SetAlarmState', resource: alarm(name) })).toBe(true);
    }
    expect(allows(policy, { action: 'cloudwatch:SetAlarmState', resource: alarm('routeProblems') })).toBe(false);
  });
});

describe('of several keys, with those of the replicas in another account', () => {
  const template = verificationOf(
    (verification, files, other) => {
      verification.verify('files', files, 'acme-files');
      verification.verify('proofs', other, 'acme-proofs');
      verification.verifyElsewhere('replicas', REPLICA_KEY_ARN);
    },
    { account: OTHER_ACCOUNT, replicaKeyArn: REPLICA_KEY_ARN },
  );

  test('is one function and one schedule', () => {
    expect(resources(template, 'AWS::Lambda::Function')).toHaveLength(1);
    expect(resources(template, 'AWS::Scheduler::Schedule')).toHaveLength(1);
  });

  test('is sent each of them, and both accounts', () => {
    const { keys, knownAccounts } = eventOf(template);
    expect(keys.map(({ name }) => name)).toEqual(['files', 'proofs', 'replicas']);
    expect(keys[2]).toEqual({ name: 'replicas', region: 'eu-central-1', keyArn: REPLICA_KEY_ARN });
    expect(knownAccounts).toEqual(['111122223333', OTHER_ACCOUNT]);
  });

  test('may read how each of them stands', () => {
    const policy = policyOf(template);
    for (const resource of [FILES_KEY_ARN, OTHER_KEY_ARN, REPLICA_KEY_ARN]) {
      expect(READ_ACTIONS.map((action) => allows(policy, { action, resource }))).toEqual([true, true, true]);
    }
  });
});

test('reads a key of the recovery Region that is known by its alias through the alias', () => {
  const template = verificationOf((verification) =>
    verification.verifyElsewhere('replicas', `${REPLICA_KMS}:alias/acme-replica`),
  );
  expect(eventOf(template).keys).toEqual([
    { name: 'replicas', region: 'eu-central-1', aliasArn: `${REPLICA_KMS}:alias/acme-replica` },
  ]);
  const policy = policyOf(template);
  for (const action of READ_ACTIONS) {
    const request = { action, resource: `${REPLICA_KMS}:key/x` };
    expect(allows(policy, { ...request, context: { 'kms:ResourceAliases': 'alias/acme-replica' } })).toBe(true);
    expect(allows(policy, request)).toBe(false);
  }
});

function verificationOf(
  add: (verification: KeyVerification, files: kms.IKey, other: kms.IKey) => void,
  recovery: Parameters<typeof recoveryRegion>[0] = {},
): Template {
  const stack = primaryStack();
  const verification = new KeyVerification(stack, 'Keys', {
    recovery: recoveryRegion(recovery),
    proofsBucket: s3.Bucket.fromBucketName(stack, 'Proofs', 'acme-proofs'),
    proofsKey: keyOf(stack),
    paging: new Paging(stack, 'Paging', { prefix: 'acme', routes: {} }),
  });
  const keyFrom = (id: string, arn: string) => kms.Key.fromKeyArn(stack, id, arn);
  add(verification, keyFrom('Files', FILES_KEY_ARN), keyFrom('Other', OTHER_KEY_ARN));
  return Template.fromStack(stack);
}

const eventOf = (template: Template) => scheduledInput(template) as VerifyKeysEvent;

/** What the function may do; the role of its schedule may call it, and nothing else. */
function policyOf(template: Template): readonly Statement[] {
  return resources(template, 'AWS::IAM::Policy').flatMap(([, policy]) => statements(policy));
}
