import { Duration, aws_s3 as s3 } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DEFAULT_RETENTION } from '../../../engine/contract/retention';
import type { VerifyTenantsSettings } from '../../../engine/contract/verify-tenants';
import { LockMode, Paging, TenantDumps, type TenantDumpsProps, Tenants } from '../../../lib';
import { TenantVerification, type TenantVerificationProps } from '../../../lib/tenants/tenant-verification';
import type { VerifiedDatabase } from '../../../lib/tenants/tenant-verification-definition';
import {
  KEY_ID,
  keyOf,
  OTHER_ACCOUNT,
  primaryStack,
  REPLICA_KEY_ARN,
  recoveryRegion,
  resources,
  type Statement,
  statements,
} from '../deployment';
import { DATABASE, NETWORK } from './dumps';
import { allows, flat } from './policy-simulation';

const DUMPS_KEY = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;
const THROUGH_S3 = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' };
const BACKUP = 'daily/orders/20261123T020000Z-0f3c9a1e';

describe('of one database', () => {
  const template = verificationOf(['orders']);
  const verifier = policyOf(template, 'VerificationVerifierRole');
  const task = policyOf(template, 'VerificationTaskRole');
  const execution = policyOf(template, 'VerificationRole');
  const bucket = bucketOf(template, 'DumpsordersBucket');
  const replica = 'arn:aws:s3:::acme-orders-replica-111122223333-eu-central-1';

  test('runs every hour, and not again long after its time', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'acme-verify-tenants',
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 3 } },
    });
    template.hasResourceProperties('AWS::SQS::Queue', { QueueName: 'acme-verify-tenants-dead-letters' });
  });

  test('has as long as reading takes, and the names by which another account admits it', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'acme-verify-tenants', Timeout: 900 });
    for (const RoleName of ['acme-verify-tenants', 'acme-verify-tenants-task']) {
      template.hasResourceProperties('AWS::IAM::Role', { RoleName });
    }
  });

  test('carries all it needs to know, so that it can be started by hand', () => {
    const { settings, databases, readCycleDays } = knownBy(template);
    expect(readCycleDays).toBe(30);
    expect(settings).toEqual({
      databases: databases.map(({ target }) => target),
      proofs: { bucket: 'acme-proofs', region: 'eu-west-1' },
      alarmName: 'acme-tenants-backupFailed',
      incidentName: 'acme-tenants-incident',
      readCycleDays: 30,
    });
    expect(databases).toEqual([
      {
        target: {
          resource: 'orders',
          source: { bucket: expect.stringContaining('<DumpsordersBucket'), region: 'eu-west-1', keyArn: DUMPS_KEY },
          replica: {
            bucket: 'acme-orders-replica-111122223333-eu-central-1',
            region: 'eu-central-1',
            keyArn: 'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica',
          },
          retention: DEFAULT_RETENTION.counts,
          lockMode: 'governance',
        },
        task: {
          clusterArn: expect.stringMatching(/^<DumpsordersCluster/),
          taskDefinitionArn: expect.stringMatching(/^<VerificationTaskorders/),
          ...NETWORK,
        },
      },
    ]);
  });

  test('has a task for what is too large for the function', () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { Family: 'acme-orders-verify' });
  });

  test('may list and read the dumps and their replica with their locks', () => {
    for (const policy of [verifier, task]) {
      for (const [action, resource] of [
        ['s3:ListBucket', bucket],
        ['s3:ListBucketVersions', bucket],
        ['s3:GetObjectVersion', `${bucket}/${BACKUP}/tenants/a.dump`],
        ['s3:GetObjectRetention', `${bucket}/${BACKUP}/tenants/a.dump`],
        ['s3:ListBucketVersions', replica],
        ['s3:GetObjectVersion', `${replica}/${BACKUP}/tenants/a.dump`],
        ['s3:GetObjectRetention', `${replica}/${BACKUP}/tenants/a.dump`],
      ] as const) {
        expect([action, allows(policy, { action, resource })]).toEqual([action, true]);
      }
      expect(allows(policy, { action: 'kms:Decrypt', resource: DUMPS_KEY, context: THROUGH_S3 })).toBe(true);
      expect(allows(policy, { action: 'kms:Decrypt', resource: DUMPS_KEY })).toBe(false);
    }
  });

  test('may write records beside the dumps, locked, and nothing else; the task not even those', () => {
    const record = `${bucket}/${BACKUP}/proofs/intact/20261123T060000000Z-proved.json`;
    for (const action of ['s3:PutObject', 's3:PutObjectRetention']) {
      expect(allows(verifier, { action, resource: record })).toBe(true);
      expect(allows(task, { action, resource: record })).toBe(false);
      for (const key of [`${BACKUP}/manifest.json`, `${BACKUP}/tenants/a.dump`, 'daily/other/x/proofs/intact/y.json']) {
        expect(allows(verifier, { action, resource: `${bucket}/${key}` })).toBe(false);
      }
    }
    for (const action of ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention']) {
      expect(allows(verifier, { action, resource: record })).toBe(false);
    }
    for (const action of ['s3:PutObject', 's3:ReplicateObject']) {
      expect(allows(verifier, { action, resource: `${replica}/${BACKUP}/proofs/x.json` })).toBe(false);
    }
  });

  test('may leave results and reports in the bucket of the proofs, of its own database', () => {
    for (const policy of [verifier, task]) {
      for (const action of ['s3:GetObject', 's3:PutObject']) {
        expect(allows(policy, { action, resource: 'arn:aws:s3:::acme-proofs/tenants/orders/runs/1/x.json' })).toBe(
          true,
        );
        expect(allows(policy, { action, resource: 'arn:aws:s3:::acme-proofs/tenants/other/x.json' })).toBe(false);
      }
      expect(allows(policy, { action: 's3:ListBucket', resource: 'arn:aws:s3:::acme-proofs' })).toBe(true);
      expect(allows(policy, { action: 'kms:GenerateDataKey', resource: DUMPS_KEY, context: THROUGH_S3 })).toBe(true);
    }
  });

  test('may use the key of the replicas by its alias', () => {
    const context = {
      'kms:ViaService': 's3.eu-central-1.amazonaws.com',
      'kms:ResourceAliases': 'alias/acme-replica',
    };
    const resource = `arn:aws:kms:eu-central-1:111122223333:key/${KEY_ID}`;
    for (const policy of [verifier, task]) {
      expect(allows(policy, { action: 'kms:Decrypt', resource, context })).toBe(true);
      expect(allows(policy, { action: 'kms:DescribeKey', resource, context })).toBe(true);
    }
  });

  test('may publish, and write its findings into its own alarms alone', () => {
    const alarm = 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:acme-tenants';
    for (const name of [`${alarm}-backupFailed`, `${alarm}-incident`]) {
      expect(allows(verifier, { action: 'cloudwatch:SetAlarmState', resource: name })).toBe(true);
      expect(allows(task, { action: 'cloudwatch:SetAlarmState', resource: name })).toBe(false);
    }
    expect(allows(verifier, { action: 'cloudwatch:SetAlarmState', resource: `${alarm}-drift` })).toBe(false);
    const publish = { action: 'cloudwatch:PutMetricData', resource: '*' };
    expect(allows(verifier, { ...publish, context: { 'cloudwatch:namespace': 'Holdfast' } })).toBe(true);
    expect(allows(verifier, { ...publish, context: { 'cloudwatch:namespace': 'Other' } })).toBe(false);
  });

  test('lets the state machine call the function, read the lists of parts, run the task, and start children of its own', () => {
    const [functionId] = resources(template, 'AWS::Lambda::Function')[0] ?? [];
    const parts = 'arn:aws:s3:::acme-proofs/tenants/orders/runs/1/x/parts.jsonl';
    for (const [action, resource] of [
      ['lambda:InvokeFunction', `<${functionId}>`],
      ['s3:GetObject', parts],
      ['states:StartExecution', 'arn:aws:states:eu-west-1:111122223333:stateMachine:acme-verify-tenants'],
      ['states:DescribeExecution', 'arn:aws:states:eu-west-1:111122223333:execution:acme-verify-tenants/parts:1'],
    ] as const) {
      expect([action, allows(execution, { action, resource: resource })]).toEqual([action, true]);
    }
    expect(
      allows(execution, { action: 's3:GetObject', resource: 'arn:aws:s3:::acme-proofs/tenants/orders/state.json' }),
    ).toBe(false);
    const runTask = {
      action: 'ecs:RunTask',
      resource: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/acme-orders-verify:1',
    };
    const [clusterId] = resources(template, 'AWS::ECS::Cluster')[0] ?? [];
    expect(allows(execution, { ...runTask, context: { 'ecs:cluster': `<${clusterId}>` } })).toBe(true);
    expect(allows(execution, runTask)).toBe(false);
  });
});

describe('of several databases, with all that can be said, and the replicas in another account', () => {
  const template = verificationOf(
    ['orders', 'ledger'],
    {
      recovery: recoveryRegion({ account: OTHER_ACCOUNT, replicaKeyArn: REPLICA_KEY_ARN }),
      readCycle: Duration.days(7),
    },
    { lockMode: LockMode.COMPLIANCE },
  );

  test('is one function, one state machine and one schedule, with a task for each', () => {
    const ofVerification = (type: string) => resources(template, type).filter(([id]) => id.startsWith('Verification'));
    expect(ofVerification('AWS::Lambda::Function')).toHaveLength(1);
    expect(ofVerification('AWS::StepFunctions::StateMachine')).toHaveLength(1);
    expect(ofVerification('AWS::Scheduler::Schedule')).toHaveLength(1);
    expect(ofVerification('AWS::ECS::TaskDefinition')).toHaveLength(2);
  });

  test('knows each of them, and its replica', () => {
    const { databases, readCycleDays } = knownBy(template);
    expect(readCycleDays).toBe(7);
    expect(databases.map(({ target }) => [target.resource, target.lockMode])).toEqual([
      ['orders', 'compliance'],
      ['ledger', 'compliance'],
    ]);
    expect(databases[1]?.target.replica).toEqual({
      bucket: `acme-ledger-replica-${OTHER_ACCOUNT}-eu-central-1`,
      region: 'eu-central-1',
      keyArn: REPLICA_KEY_ARN,
    });
  });

  test('may use the replica key itself', () => {
    const context = { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' };
    for (const role of ['VerificationVerifierRole', 'VerificationTaskRole']) {
      expect(allows(policyOf(template, role), { action: 'kms:Decrypt', resource: REPLICA_KEY_ARN, context })).toBe(
        true,
      );
    }
  });
});

test('refuses to verify nothing', () => {
  expect(() => verificationOf([])).toThrow(/nothing to verify: protect the tenants of at least one database/);
});

test.each([Duration.hours(36), Duration.days(0), Duration.days(3651)])('refuses a cycle of %s', (readCycle) => {
  expect(() => verificationOf(['orders'], { readCycle })).toThrow(
    /readCycle: must be from 1 to 3650 whole days, got: /,
  );
});

function verificationOf(
  databases: readonly string[],
  props: Partial<TenantVerificationProps> = {},
  dumps: Partial<TenantDumpsProps> = {},
): Template {
  const stack = primaryStack();
  const encryptionKey = keyOf(stack);
  const paging = new Paging(stack, 'Paging', { prefix: 'acme', routes: {} });
  const verification = new TenantVerification(stack, 'Verification', {
    recovery: recoveryRegion(),
    proofsBucket: s3.Bucket.fromBucketName(stack, 'Proofs', 'acme-proofs'),
    proofsKey: encryptionKey,
    ...props,
  });
  for (const resource of databases) {
    const { verified } = new TenantDumps(stack, `Dumps-${resource}`, {
      recovery: props.recovery ?? recoveryRegion(),
      resource,
      database: DATABASE,
      tenants: Tenants.schemasLike('tenant\\_%'),
      network: NETWORK,
      encryptionKey,
      paging,
      postgresMajor: 17,
      ...dumps,
    });
    verification.verify(verified);
  }
  return Template.fromStack(stack);
}

/** What the state machine knows of the databases, with references to other resources as their ids. */
function knownBy(template: Template): {
  readonly settings: VerifyTenantsSettings;
  readonly databases: readonly VerifiedDatabase[];
  readonly readCycleDays: number;
} {
  const machine = resources(template, 'AWS::StepFunctions::StateMachine').find(([id]) => id.startsWith('Verification'));
  const definition = JSON.parse(flat(machine?.[1].Properties.DefinitionString));
  return definition.States['What there is'].Result;
}

/** All that a role is allowed, by the beginning of its logical id. */
function policyOf(template: Template, role: string): readonly Statement[] {
  const policies = [...resources(template, 'AWS::IAM::Policy'), ...resources(template, 'AWS::IAM::ManagedPolicy')];
  return policies
    .filter(([, { Properties }]) =>
      (Properties.Roles as { readonly Ref: string }[]).some(({ Ref }) => new RegExp(`^${role}[0-9A-F]{8}$`).test(Ref)),
    )
    .flatMap(([, policy]) => statements(policy));
}

function bucketOf(template: Template, id: string): string {
  const [found] = resources(template, 'AWS::S3::Bucket').find(([each]) => each.startsWith(id)) ?? [];
  return `<${found}>`;
}
