import { shippedWith } from './configuration/shipped';
import { OTHER_ACCOUNT, REPLICA_KEY_ARN, type Statement } from './deployment';
import { type Synthesized, type SynthesizedResource, type SynthesizedTemplate, synthesized } from './synthesized';

const DATABASE_SECRET = {
  secret: {
    secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-dump-a1b2c3',
    keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000',
  },
};
const shipped = synthesized(shippedWith({}));
const twoAccounts = synthesized(
  shippedWith({
    'recovery.account': OTHER_ACCOUNT,
    'recovery.replicaKeyArn': REPLICA_KEY_ARN,
    'files.lockMode': 'compliance',
    'files.buckets[1].existing.bucket': 'acme-uploads',
    'databases[0].groups': 4,
    'databases[0].lockMode': 'compliance',
    'databases[0].signIn': DATABASE_SECRET,
    'rds.lockMode': 'compliance',
    'redis[0].lockMode': 'compliance',
    'redis[0].replicationGroup': undefined,
    'redis[0].serverlessCache': 'sessions',
  }),
);

/**
 * Actions that IAM takes no resource for: metrics, alarms of all kinds, subscriptions and chat applications, the opt-in of AWS Backup, the login to ECR, what a function in a VPC needs, what ElastiCache asks of whoever
 * exports, and what Step Functions needs to log and trace.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const WITHOUT_RESOURCES = [
  'backup:DescribeCopyJob',
  'backup:DescribeRegionSettings',
  'backup:DescribeRestoreJob',
  'backup:GetRestoreJobMetadata',
  'backup:ListRestoreJobs',
  'chatbot:DescribeSlackChannelConfigurations',
  'chatbot:DescribeSlackWorkspaces',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'cloudwatch:PutMetricData',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ecr:GetAuthorizationToken',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  's3:ListAllMyBuckets',
  'sns:GetSubscriptionAttributes',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** Services that use the keys of what they restore, which are known by then alone; ElastiCache uses them by the name of DAX too. */
const RESTORING_SERVICES = /^(rds|secretsmanager|elasticache|dax)\.eu-west-1\.amazonaws\.com$/;

describe.each([
  ['as it is shipped', shipped],
  ['with a second account, a bucket that is already there, a database in groups and firm locks', twoAccounts],
])('the app %s', (_name, app) => {
  const all = Object.values(app.templates).flatMap((template) => Object.entries(template.Resources));
  const ofType = (type: string) => all.filter(([, { Type }]) => Type === type);

  test('is the two stacks', () => {
    expect(Object.keys(app.templates)).toEqual(['HoldfastPrimary', 'HoldfastRecovery']);
  });

  test('makes no lookups', () => {
    expect(app.manifest.missing).toBeUndefined();
  });

  test('ties the Regions by no export, import or parameter of the other', () => {
    for (const template of Object.values(app.templates)) {
      const text = JSON.stringify(template);
      expect(text).not.toContain('Fn::ImportValue');
      expect(text).not.toContain('Fn::GetStackOutput');
      expect(text).not.toContain('Custom::CrossRegionExport');
      expect(Object.keys(template.Parameters ?? {})).toEqual(['BootstrapVersion']);
      expect(Object.values(template.Outputs ?? {}).filter((output) => 'Export' in output)).toEqual([]);
    }
  });

  test('puts nothing into SSM but what it says of itself, in the primary Region', () => {
    expect(ofType('AWS::SSM::Parameter').map(([, { Properties }]) => Properties.Name)).toEqual(['/holdfast/acme']);
    expect(resourcesOf(app, 'HoldfastPrimary', 'AWS::SSM::Parameter')).toHaveLength(1);
  });

  test('refers within each stack to what that stack has, and to nothing else', () => {
    for (const template of Object.values(app.templates)) {
      const known = new Set([...Object.keys(template.Resources), ...Object.keys(template.Parameters ?? {})]);
      const references = referencesIn(template);
      expect(references.length).toBeGreaterThan(0);
      expect(references.filter((id) => !known.has(id) && !id.startsWith('AWS::'))).toEqual([]);
    }
  });

  test('allows no role any action on every key', () => {
    const onKeys = all.flatMap(([, resource]) => identityStatements(resource)).filter(isAboutKeys);
    expect(onKeys.length).toBeGreaterThan(0);
    expect(onKeys.filter(({ Resource }) => [Resource].flat().includes('*'))).toEqual([]);
  });

  test('names a key that only its alias is known of by that alias, and lets others be used through their service alone', () => {
    const onSomeKey = all
      .flatMap(([, resource]) => identityStatements(resource))
      .filter((statement) => isAboutKeys(statement) && JSON.stringify(statement.Resource).includes('*'))
      .filter(({ Action }) => Action !== 'kms:DescribeKey');
    expect(onSomeKey.length).toBeGreaterThan(0);
    for (const { Condition = {} } of onSomeKey) {
      const { 'kms:ResourceAliases': alias } = (Condition['ForAnyValue:StringEquals'] ?? {}) as Record<string, unknown>;
      const { 'kms:ViaService': services } = (Condition.StringEquals ?? {}) as Record<string, string | string[]>;
      if (alias === undefined) {
        expect([services ?? 'any service'].flat().filter((service) => !RESTORING_SERVICES.test(service))).toEqual([]);
      } else {
        expect(alias).toMatch(/^alias\/(acme-paging|acme-replica|acme-recovery-vault|aws\/rds)$/);
      }
    }
  });

  test('allows no role every action, and on everything only what IAM knows no resources of', () => {
    const allowed = all.flatMap(([, resource]) => identityStatements(resource));
    expect(allowed.filter(({ Action }) => [Action].flat().some((action) => action.endsWith('*')))).toEqual([]);
    const onEverything = allowed.filter(({ Resource }) => [Resource].flat().includes('*'));
    expect(onEverything.length).toBeGreaterThan(0);
    expect([...new Set(onEverything.flatMap(({ Action }) => Action))].sort()).toEqual(WITHOUT_RESOURCES);
    for (const { Condition } of onEverything.filter(({ Action }) => Action === 'cloudwatch:PutMetricData')) {
      expect(Condition).toEqual({ StringEquals: { 'cloudwatch:namespace': 'Holdfast' } });
    }
  });

  test('makes nobody an administrator', () => {
    expect(JSON.stringify(app.templates)).not.toMatch(/AdministratorAccess|PowerUserAccess|IAMFullAccess/);
    for (const [, channel] of ofType('AWS::Chatbot::SlackChannelConfiguration')) {
      expect(channel.Properties.GuardrailPolicies).toHaveLength(1);
    }
  });

  test('closes every bucket to the public and to other owners', () => {
    expect(ofType('AWS::S3::Bucket').length).toBeGreaterThan(15);
    for (const [, bucket] of ofType('AWS::S3::Bucket')) {
      expect(bucket.Properties).toMatchObject({
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      });
    }
  });

  test('encrypts every bucket with a customer key, but for those that services write into with a key of their own choice', () => {
    const isOfService = ({ Properties }: SynthesizedResource) =>
      /-(staging|trail)-/.test(String(Properties.BucketName));
    const buckets = ofType('AWS::S3::Bucket').map(([, bucket]) => bucket);
    expect(buckets.filter(isOfService)).toHaveLength(3);
    for (const { Properties } of buckets.filter((bucket) => !isOfService(bucket))) {
      expect(Properties.BucketEncryption).toEqual({
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: {
              SSEAlgorithm: 'aws:kms',
              KMSMasterKeyID: { 'Fn::GetAtt': [expect.any(String), 'Arn'] },
            },
          },
        ],
      });
    }
  });

  test('refuses anything below TLS 1.3 at every bucket', () => {
    const refusing = ofType('AWS::S3::BucketPolicy').filter(([, policy]) =>
      documentOf(policy.Properties.PolicyDocument).some(
        ({ Effect, Condition }) =>
          Effect === 'Deny' && JSON.stringify(Condition).includes('"NumericLessThan":{"s3:TlsVersion":"1.3"}'),
      ),
    );
    expect(refusing.map(([, { Properties }]) => Properties.Bucket)).toEqual(
      ofType('AWS::S3::Bucket').map(([id]) => ({ Ref: id })),
    );
  });

  test('locks every replica', () => {
    const replicas = resourcesOf(app, 'HoldfastRecovery', 'AWS::S3::Bucket');
    expect(replicas).toHaveLength(11);
    for (const { Properties } of replicas) {
      expect(Properties).toMatchObject({
        ObjectLockEnabled: true,
        ObjectLockConfiguration: { Rule: { DefaultRetention: { Days: expect.any(Number), Mode: expect.any(String) } } },
      });
    }
  });

  test('replicates to replicas that the recovery stack has', () => {
    const replicas = resourcesOf(app, 'HoldfastRecovery', 'AWS::S3::Bucket').map(
      ({ Properties }) => `arn:aws:s3:::${Properties.BucketName}`,
    );
    const destinations = resourcesOf(app, 'HoldfastPrimary', 'AWS::S3::Bucket').flatMap(destinationsOf);
    expect(destinations.length).toBeGreaterThanOrEqual(7);
    expect(replicas).toEqual(expect.arrayContaining(destinations));
  });

  test('keeps keys and buckets when their stack goes', () => {
    for (const [, resource] of [...ofType('AWS::S3::Bucket'), ...ofType('AWS::KMS::Key')]) {
      expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    }
  });

  test('locks the vaults of both Regions alike, to what the plan keeps, and lets nobody delete from them', () => {
    const vaults = ofType('AWS::Backup::BackupVault').map(([, { Properties }]) => Properties);
    expect(vaults.map(({ BackupVaultName }) => BackupVaultName)).toEqual(['acme-vault', 'acme-recovery-vault']);
    expect(vaults[1]?.LockConfiguration).toEqual(vaults[0]?.LockConfiguration);
    for (const { LockConfiguration, AccessPolicy } of vaults) {
      expect(LockConfiguration).toMatchObject({ MinRetentionDays: 30, MaxRetentionDays: 2557 });
      expect(documentOf(AccessPolicy)).toContainEqual({
        Sid: 'RefuseDeletion',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: expect.arrayContaining(['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle']),
        Resource: '*',
      });
    }
  });

  test('tests restores in both Regions', () => {
    expect(
      ofType('AWS::Backup::RestoreTestingPlan').map(([, { Properties }]) => Properties.RestoreTestingPlanName),
    ).toEqual(['acme_restores_monthly', 'acme_restores_quarterly']);
  });

  test('rotates every key', () => {
    expect(ofType('AWS::KMS::Key')).toHaveLength(10);
    for (const [, key] of ofType('AWS::KMS::Key')) {
      expect(key.Properties.EnableKeyRotation).toBe(true);
    }
  });

  test('encrypts every topic with a key of its own stack', () => {
    expect(ofType('AWS::SNS::Topic')).toHaveLength(4);
    for (const [, topic] of ofType('AWS::SNS::Topic')) {
      expect(topic.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [expect.any(String), 'Arn'] });
    }
  });

  test('routes every incident to a topic, and its return to OK too, and no alarm beside it', () => {
    expect(ofType('AWS::CloudWatch::CompositeAlarm').length).toBeGreaterThan(10);
    for (const [, { Properties }] of ofType('AWS::CloudWatch::CompositeAlarm')) {
      expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/Paging(Critical|Warning)/) }]);
      expect(Properties.OKActions).toEqual(Properties.AlarmActions);
    }
    const rules = ofType('AWS::CloudWatch::CompositeAlarm')
      .map(([, { Properties }]) => Properties.AlarmRule)
      .join();
    for (const [, { Properties }] of ofType('AWS::CloudWatch::Alarm')) {
      expect(Properties).not.toHaveProperty('AlarmActions');
      expect(rules).toContain(`ALARM("${Properties.AlarmName}")`);
    }
  });

  test('runs every task without root, on a root file system that is read-only, with no public address', () => {
    const tasks = ofType('AWS::ECS::TaskDefinition');
    expect(tasks).toHaveLength(3);
    for (const [, { Properties }] of tasks) {
      expect(Properties.ContainerDefinitions).toEqual([
        expect.objectContaining({ User: '65534:65534', ReadonlyRootFilesystem: true, Privileged: false }),
      ]);
    }
    for (const [, { Properties }] of ofType('AWS::StepFunctions::StateMachine')) {
      expect(JSON.stringify(Properties.DefinitionString)).not.toContain('ENABLED');
    }
  });

  test('ends every log', () => {
    const functions = ofType('AWS::Lambda::Function');
    const stateMachines = ofType('AWS::StepFunctions::StateMachine');
    const clusters = ofType('AWS::ECS::Cluster');
    expect([functions.length, stateMachines.length, clusters.length]).not.toContain(0);
    expect(ofType('AWS::Logs::LogGroup')).toHaveLength(functions.length + stateMachines.length + clusters.length);
    for (const [, logs] of ofType('AWS::Logs::LogGroup')) {
      expect(logs.Properties.RetentionInDays).toBe(365);
    }
  });
});

test.each([
  ['AWS::CloudWatch::Dashboard', 'DashboardName'],
  ['AWS::IAM::Role', 'RoleName'],
  ['AWS::S3::Bucket', 'BucketName'],
])('no two %s have one name: both Regions lie in one account, which has it once for all Regions', (type, property) => {
  const names = Object.keys(shipped.templates)
    .flatMap((stack) => resourcesOf(shipped, stack, type))
    .flatMap(({ Properties }) => (Properties[property] === undefined ? [] : [JSON.stringify(Properties[property])]));
  expect(names.length).toBeGreaterThan(1);
  expect(new Set(names).size).toBe(names.length);
});

test('the recovery stack does not change with what concerns the primary alone', () => {
  const changed = synthesized(
    shippedWith({ 'files.verifyEveryMinutes': 60, 'files.readCycleDays': 7, 'paging.slack.channelId': 'C1111111111' }),
  );
  expect(changed.templates.HoldfastRecovery).toEqual(shipped.templates.HoldfastRecovery);
  expect(changed.templates.HoldfastPrimary).not.toEqual(shipped.templates.HoldfastPrimary);
});

test('an app without databases and caches has nothing of theirs', () => {
  const { templates } = synthesized(shippedWith({ databases: undefined, rds: undefined, redis: undefined }));
  const types = Object.values(templates).flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type));
  expect(types.filter((type) => /ECS|StepFunctions|AWS::Backup|BackupOptIn/.test(type))).toEqual([]);
  expect(types.filter((type) => type === 'AWS::KMS::Key')).toHaveLength(6);
});

function resourcesOf(app: Synthesized, stack: string, type: string): SynthesizedResource[] {
  return Object.values(app.templates[stack]?.Resources ?? {}).filter(({ Type }) => Type === type);
}

function destinationsOf({ Properties }: SynthesizedResource): unknown[] {
  const replication = Properties.ReplicationConfiguration as
    | { readonly Rules: readonly { readonly Destination: { readonly Bucket: unknown } }[] }
    | undefined;
  return replication?.Rules.map(({ Destination }) => Destination.Bucket) ?? [];
}

/** What a policy of a role allows. Policies of keys and buckets are no such policies: there `*` means the thing itself. */
function identityStatements({ Type, Properties }: SynthesizedResource): Statement[] {
  if (Type === 'AWS::IAM::Role') {
    const inline = (Properties.Policies ?? []) as readonly { readonly PolicyDocument: unknown }[];
    return inline.flatMap(({ PolicyDocument }) => documentOf(PolicyDocument));
  }
  return Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy' ? documentOf(Properties.PolicyDocument) : [];
}

function documentOf(document: unknown): Statement[] {
  return (document as { readonly Statement: Statement[] }).Statement;
}

function isAboutKeys({ Action }: Statement): boolean {
  return [Action].flat().some((action) => action.startsWith('kms:') || action === '*');
}

/** Logical ids that a template refers to. */
function referencesIn(template: SynthesizedTemplate): string[] {
  const found: string[] = [];
  JSON.stringify(template.Resources, (key, value) => {
    if (key === 'Ref') {
      found.push(value);
    } else if (key === 'Fn::GetAtt') {
      found.push(value[0]);
    } else if (key === 'DependsOn') {
      found.push(...[value].flat());
    }
    return value;
  });
  return found;
}
