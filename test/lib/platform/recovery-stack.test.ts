import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  DEFAULT_RETENTION,
  FileCategory,
  LockMode,
  RecoveryStack,
  type RecoveryStackProps,
  type ReplicaProps,
  Retention,
} from '../../../lib';
import {
  app,
  OTHER_ACCOUNT,
  onlyResource,
  PRIMARY,
  RECOVERY,
  recoveryRegion,
  resources,
  resourcesBesideWatch,
  type Statement,
  statements,
} from '../deployment';
import { topicOf } from '../pages';

const ROUTES = {
  email: ['oncall@example.com'],
  slack: { workspaceId: 'T0000000000', channelId: 'C0000000000' },
  pager: 'https://events.example.com/integration/cloudwatch',
};

describe('with the least that must be said', () => {
  const stack = recoveryStack();
  stack.addReplica('documents', { category: FileCategory.UPLOADED_DOCUMENTS });
  const template = Template.fromStack(stack);

  test('has the replica key, which rotates, outlives the stack and is found by its alias', () => {
    const [keyId, key] = replicaKey(template);
    expect(key).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { EnableKeyRotation: true, PendingWindowInDays: 30 },
    });
    template.hasResourceProperties('AWS::KMS::Alias', {
      AliasName: 'alias/acme-replica',
      TargetKeyId: { 'Fn::GetAtt': [keyId, 'Arn'] },
    });
  });

  test('leaves the key to IAM, so that roles of the account can be granted it before they exist', () => {
    const [, key] = replicaKey(template);
    expect(statements(key, 'KeyPolicy')).toEqual([
      { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
    ]);
  });

  test('has the locked replica, encrypted with that key', () => {
    const [keyId] = replicaKey(template);
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'acme-documents-replica-111122223333-eu-central-1',
      ObjectLockEnabled: true,
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { KMSMasterKeyID: { 'Fn::GetAtt': [keyId, 'Arn'] } } },
        ],
      },
    });
  });

  test('warns when a copy takes more than 1800 seconds, by the metric that only this Region has', () => {
    const [replicaId] = onlyResource(template, 'AWS::S3::Bucket');
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-documents-replicationLatency',
      Namespace: 'AWS/S3',
      MetricName: 'ReplicationLatency',
      Dimensions: [
        { Name: 'DestinationBucket', Value: { Ref: replicaId } },
        { Name: 'RuleId', Value: 'holdfast-documents' },
        { Name: 'SourceBucket', Value: 'acme-documents-111122223333-eu-west-1' },
      ],
      Statistic: 'Maximum',
      Threshold: 1800,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
    expect(topicOf(template, 'acme-documents-replicationLatency')).toBe('acme-warning');
  });

  test('prints the ARN of the replica key, exporting nothing', () => {
    const [keyId] = replicaKey(template);
    expect(template.findOutputs('*')).toEqual({
      ReplicaKeyArn: { Description: expect.any(String), Value: { 'Fn::GetAtt': [keyId, 'Arn'] } },
    });
  });

  test('tells nobody', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);
  });
});

describe('with everything that can be said', () => {
  const stack = recoveryStack({ description: 'Replicas of Acme', paging: ROUTES });
  const replica: ReplicaProps = {
    category: FileCategory.AUDIT_RECORDS,
    sourceBucketName: 'acme-uploads',
    lockMode: LockMode.COMPLIANCE,
    lifecycle: { noncurrentVersions: { expireAfterDays: 400 }, lockDays: 300 },
    replicaLifecycle: { lockDays: 350 },
  };
  stack.addReplica('audit', replica);
  stack.addReplica('pictures', { category: FileCategory.PROFILE_PICTURES });
  const template = Template.fromStack(stack);

  test('has a replica and an alarm for each resource', () => {
    expect(resourcesBesideWatch(template, 'AWS::S3::Bucket')).toHaveLength(2);
    expect(resourcesBesideWatch(template, 'AWS::CloudWatch::Alarm')).toHaveLength(2);
  });

  test('locks the replica as firmly and as long as asked', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'acme-audit-replica-111122223333-eu-central-1',
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 350 } } },
    });
  });

  test('listens to the replication of the bucket that is there already', () => {
    const [, alarm] =
      resources(template, 'AWS::CloudWatch::Alarm').find(
        ([, { Properties }]) => Properties.AlarmName === 'acme-audit-replicationLatency',
      ) ?? [];
    expect(alarm?.Properties.Dimensions).toContainEqual({ Name: 'SourceBucket', Value: 'acme-uploads' });
  });

  test('tells email and pager, and leaves Slack to the primary stack, which tells it of both Regions', () => {
    expect(protocols(template)).toEqual(['email', 'https', 'email']);
    template.resourceCountIs('AWS::Chatbot::SlackChannelConfiguration', 0);
  });

  test('has its description', () => {
    expect(template.toJSON().Description).toBe('Replicas of Acme');
  });
});

describe('with the dumps of a database', () => {
  const stack = recoveryStack({ retention: Retention.gfs({ daily: 7, weekly: 4, monthly: 0, yearly: 0 }) });
  stack.addDumpsReplica('orders');
  stack.addDumpsReplica('ledger', { retention: DEFAULT_RETENTION, lockMode: LockMode.COMPLIANCE });
  const template = Template.fromStack(stack);

  test('has a replica for each, kept as the stack keeps backups or as the database asks', () => {
    const kept = resourcesBesideWatch(template, 'AWS::S3::Bucket').map(([, { Properties }]) => {
      const { Rules } = Properties.LifecycleConfiguration as {
        Rules: { Prefix?: string; ExpirationInDays?: number }[];
      };
      const { Rule } = Properties.ObjectLockConfiguration as { Rule: { DefaultRetention: unknown } };
      const daily = Rules.find(({ Prefix }) => Prefix === 'daily/')?.ExpirationInDays;
      return [Properties.BucketName, daily, Rule.DefaultRetention];
    });
    expect(kept).toEqual([
      ['acme-orders-replica-111122223333-eu-central-1', 14, { Mode: 'GOVERNANCE', Days: 7 }],
      ['acme-ledger-replica-111122223333-eu-central-1', 37, { Mode: 'COMPLIANCE', Days: 30 }],
    ]);
  });

  test('warns when a dump waits for its copy', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-orders-replicationLatency',
      Dimensions: Match.arrayWith([{ Name: 'SourceBucket', Value: 'acme-orders-111122223333-eu-west-1' }]),
    });
  });

  test('admits the replication from another account to key and replica', () => {
    const other = recoveryStack({
      env: { account: OTHER_ACCOUNT, region: RECOVERY },
      recovery: recoveryRegion({ account: OTHER_ACCOUNT }),
    });
    other.addDumpsReplica('orders');
    const both = Template.fromStack(other);
    const [, key] = replicaKey(both);
    const [, policy] = onlyResource(both, 'AWS::S3::BucketPolicy');
    for (const admitted of [statements(key, 'KeyPolicy'), statements(policy)]) {
      expect(JSON.stringify(admitted)).toContain('role/acme-orders-replication');
    }
  });

  test('lets the verification in from another account, and see the locks, without which every copy would look unlocked', () => {
    const other = recoveryStack({
      env: { account: OTHER_ACCOUNT, region: RECOVERY },
      recovery: recoveryRegion({ account: OTHER_ACCOUNT }),
    });
    other.addDumpsReplica('orders');
    const [, policy] = onlyResource(Template.fromStack(other), 'AWS::S3::BucketPolicy');
    for (const verifier of ['acme-verify-tenants', 'acme-verify-tenants-task']) {
      const actions = statements(policy)
        .filter(({ Condition }) => JSON.stringify(Condition).includes(`role/${verifier}"`))
        .map(({ Action }) => Action);
      expect(actions).toEqual([
        ['s3:ListBucket', 's3:ListBucketVersions'],
        ['s3:GetObject', 's3:GetObjectRetention', 's3:GetObjectVersion'],
      ]);
    }
  });
});

describe('in another account', () => {
  const stack = recoveryStack({
    env: { account: OTHER_ACCOUNT, region: RECOVERY },
    recovery: recoveryRegion({ account: OTHER_ACCOUNT }),
    paging: ROUTES,
  });
  stack.addReplica('documents', { category: FileCategory.UPLOADED_DOCUMENTS });
  stack.addReplica('pictures', { category: FileCategory.PROFILE_PICTURES });
  const template = Template.fromStack(stack);

  test('admits to the key the verification and each replication, by names of roles that do not exist yet', () => {
    const [, key] = replicaKey(template);
    const [delegation, ...admissions] = statements(key, 'KeyPolicy');
    expect(delegation?.Principal).toEqual({ AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` });
    expect(admissions).toEqual([
      admission('acme-verify-files', ['kms:Decrypt', 'kms:DescribeKey']),
      admission('acme-verify-keys', ['kms:DescribeKey', 'kms:GetKeyRotationStatus', 'kms:ListGrants']),
      admission('acme-documents-replication', ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey']),
      admission('acme-pictures-replication', ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey']),
    ]);
  });

  test('admits the same roles to the replicas', () => {
    const admitted = resourcesBesideWatch(template, 'AWS::S3::BucketPolicy').map(([, policy]) =>
      statements(policy)
        .filter(({ Effect }) => Effect === 'Allow')
        .map(({ Condition }) => Condition?.ArnEquals),
    );
    expect(admitted).toEqual([
      [role('acme-documents-replication'), role('acme-verify-files'), role('acme-verify-files')],
      [role('acme-pictures-replication'), role('acme-verify-files'), role('acme-verify-files')],
    ]);
  });

  test('listens to the source in the primary account', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Dimensions: Match.arrayWith([{ Name: 'SourceBucket', Value: 'acme-documents-111122223333-eu-west-1' }]),
    });
  });

  test('tells Slack itself, since a channel configuration reaches topics of its account only', () => {
    const topicIds = resources(template, 'AWS::SNS::Topic').map(([topicId]) => ({ Ref: topicId }));
    template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', { SnsTopicArns: topicIds });
  });

  function admission(roleName: string, actions: readonly string[]): Statement {
    return {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: actions,
      Resource: '*',
      Condition: { ArnEquals: role(roleName) },
    };
  }

  function role(roleName: string) {
    return { 'aws:PrincipalArn': `arn:aws:iam::111122223333:role/${roleName}` };
  }
});

test('refuses to lie in the primary Region', () => {
  expect(() => recoveryStack({ recovery: recoveryRegion({ region: 'eu-west-1' }) })).toThrow(
    'Recovery: recovery.region: must differ from the primary Region, got: eu-west-1',
  );
});

test('refuses a replica that is kept shorter than its source', () => {
  const replicaLifecycle = { noncurrentVersions: { expireAfterDays: 90 } };
  expect(() =>
    recoveryStack().addReplica('documents', { category: FileCategory.UPLOADED_DOCUMENTS, replicaLifecycle }),
  ).toThrow(/^Recovery\/Replica-documents: replicaLifecycle\.noncurrentVersions\.expireAfterDays: must be at least 97/);
});

function recoveryStack(props: Partial<RecoveryStackProps> = {}): RecoveryStack {
  return new RecoveryStack(app(), 'Recovery', {
    env: { account: PRIMARY.account, region: RECOVERY },
    recovery: recoveryRegion(),
    primary: PRIMARY,
    paging: {},
    ...props,
  });
}

function replicaKey(template: Template) {
  const found = resources(template, 'AWS::KMS::Key').find(([id]) => id.startsWith('ReplicaKey'));
  if (!found) {
    throw new Error('no replica key');
  }
  return found;
}

function protocols(template: Template): unknown[] {
  return resources(template, 'AWS::SNS::Subscription').map(([, { Properties }]) => Properties.Protocol);
}
