import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { TENANT_DUMPS_VARIABLE, type TenantDumpsSettings } from '../../../engine/contract/tenant-dumps';
import { DatabaseSignIn, LockMode, Retention, TenantDatabase, type TenantDumpsProps, Tenants } from '../../../lib';
import { onlyResource, PRIMARY, type Resource, resources, type Statement, statements } from '../deployment';
import { DUMPS_KEY_ARN, NETWORK, templateOf, tenantDumps } from './dumps';
import { allows, flat } from './policy-simulation';

describe('with the least that must be said', () => {
  const template = templateOf();

  test('dumps at 02:00 UTC each day, within a quarter of an hour, and tries again to begin', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'acme-orders-dumps',
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      Target: { RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 7200 } },
    });
  });

  test('keeps what could not begin in an encrypted queue', () => {
    const [queueId, queue] = onlyResource(template, 'AWS::SQS::Queue');
    expect(queue.Properties).toMatchObject({
      QueueName: 'acme-orders-dumps-dead-letters',
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 86_400,
    });
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: { DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queueId, 'Arn'] } } },
    });
  });

  test('lets the schedule start that state machine alone', () => {
    const [stateMachineId] = onlyResource(template, 'AWS::StepFunctions::StateMachine');
    const policy = policyOf(template, 'SchedulerRole');
    expect(allows(policy, { action: 'states:StartExecution', resource: `<${stateMachineId}>` })).toBe(true);
    expect(allows(policy, { action: 'states:StartExecution', resource: '<Other>' })).toBe(false);
  });

  test('runs one task, stopped after half a day, with log and trace', () => {
    const [, { Properties }] = onlyResource(template, 'AWS::StepFunctions::StateMachine');
    expect(Properties).toMatchObject({
      StateMachineName: 'acme-orders-dumps',
      StateMachineType: 'STANDARD',
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
      TracingConfiguration: { Enabled: true },
    });
    expect(JSON.parse(definitionOf(template))).toMatchObject({ TimeoutSeconds: 43_200, StartAt: 'Dump' });
  });

  test('ends both logs after a year', () => {
    expect(
      resources(template, 'AWS::Logs::LogGroup').map(([, { Properties }]) => [
        Properties.LogGroupName,
        Properties.RetentionInDays,
      ]),
    ).toEqual([
      ['/holdfast/acme-orders-dumps', 365],
      ['/aws/vendedlogs/states/acme-orders-dumps', 365],
    ]);
  });

  test.each([
    ['acme-orders-dump', ['dump'], undefined],
    ['acme-orders-restore', ['restore', 'list'], { SizeInGiB: 50 }],
  ])('has the task %s, small and locked down', (family, command, ephemeralStorage) => {
    const { Properties } = taskOf(template, family);
    expect(Properties).toMatchObject({
      Cpu: '1024',
      Memory: '2048',
      NetworkMode: 'awsvpc',
      RequiresCompatibilities: ['FARGATE'],
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
      Volumes: [{ Name: 'scratch' }],
    });
    expect(Properties.EphemeralStorage).toEqual(ephemeralStorage);
    expect(Properties.ContainerDefinitions).toEqual([
      expect.objectContaining({
        Name: 'job',
        Command: command,
        Essential: true,
        User: '65534:65534',
        Privileged: false,
        ReadonlyRootFilesystem: true,
        StopTimeout: 120,
        LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: true },
        MountPoints: [{ ContainerPath: '/scratch', ReadOnly: false, SourceVolume: 'scratch' }],
      }),
    ]);
  });

  test('tells both jobs all they must know, and where they may write', () => {
    const expected: TenantDumpsSettings = {
      resource: 'orders',
      connection: {
        host: 'orders.cluster-abcdefghijkl.eu-west-1.rds.amazonaws.com',
        port: 5432,
        database: 'orders',
        login: { kind: 'iam', user: 'holdfast_dump', region: 'eu-west-1' },
      },
      tenants: { kind: 'schemasLike', pattern: 'tenant\\_%' },
      leaveOut: {},
      store: { bucket: expect.stringMatching(/^<.*Bucket/), region: 'eu-west-1', keyArn: DUMPS_KEY_ARN },
      lockMode: 'governance',
      retention: { daily: 30, weekly: 12, monthly: 12, yearly: 7 },
      compression: 'zstd',
      groups: 1,
      parallelism: 1,
    };
    for (const family of ['acme-orders-dump', 'acme-orders-restore']) {
      expect(settingsOf(template, family)).toEqual(expected);
      expect(environmentOf(template, family)).toMatchObject({
        HOLDFAST_DATABASE_CA: '/holdfast/rds-ca.pem',
        TMPDIR: '/scratch',
      });
    }
  });

  test('goes on when its log cannot be delivered, with the newest lines kept', () => {
    for (const [stream, family] of [
      ['dump', 'acme-orders-dump'],
      ['restore', 'acme-orders-restore'],
    ] as const) {
      expect(taskOf(template, family).Properties.ContainerDefinitions).toEqual([
        expect.objectContaining({
          LogConfiguration: {
            LogDriver: 'awslogs',
            Options: expect.objectContaining({
              'awslogs-stream-prefix': stream,
              mode: 'non-blocking',
              'max-buffer-size': expect.stringMatching(/^10/),
            }),
          },
        }),
      ]);
    }
  });

  test('gives its parts, for what else an app does with them', () => {
    const dumps = tenantDumps();
    expect(dumps.restoreTask.family).toBe('acme-orders-restore');
    expect(dumps.bucket.bucketName).toBeDefined();
    expect(dumps.stateMachine.stateMachineArn).toBeDefined();
  });
});

describe('with everything that can be said', () => {
  const restoreSignIn = DatabaseSignIn.withSecret({
    secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-a1b2c3',
  });
  const template = templateOf({
    resource: 'shop',
    database: TenantDatabase.at({
      host: 'shop.example.com',
      port: 6543,
      name: 'shop',
      signIn: DatabaseSignIn.withIam({ user: 'dumper', resourceId: 'db-ABCDEFGHIJKL01234' }),
      restoreSignIn,
    }),
    tenants: Tenants.registry('select tenant, schema from registry'),
    network: { subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1', 'sg-2'] },
    postgresMajor: 18,
    leaveOut: { tenant_9: 'suspended' },
    compression: 'lz4',
    groups: 8,
    parallelism: 4,
    schedule: { hour: 23, minute: 45, timeZone: 'Europe/Berlin' },
    timeoutHours: 20,
    cpu: 4096,
    memoryMiB: 16_384,
    scratchGiB: 200,
    retention: Retention.gfs({ daily: 14, weekly: 0, monthly: 6, yearly: 0 }),
    lockMode: LockMode.COMPLIANCE,
  });
  const [stateMachineId] = onlyResource(template, 'AWS::StepFunctions::StateMachine');
  const policy = policyOf(template, 'StateMachineRole');
  const [clusterId] = onlyResource(template, 'AWS::ECS::Cluster');
  const [bucketId] = onlyResource(template, 'AWS::S3::Bucket');

  test('begins at its time of day', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(45 23 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
    });
  });

  test('dumps in groups', () => {
    const definition = definitionOf(template);
    expect(definition).toContain('"MaxConcurrency":4');
    expect(definition).toContain('"SecurityGroups":["sg-1","sg-2"]');
    expect(JSON.parse(definition).TimeoutSeconds).toBe(72_000);
  });

  test('tells the jobs what they are told', () => {
    expect(settingsOf(template, 'acme-shop-dump')).toMatchObject({
      resource: 'shop',
      connection: { host: 'shop.example.com', port: 6543, database: 'shop', login: { kind: 'iam', user: 'dumper' } },
      tenants: { kind: 'registry', query: 'select tenant, schema from registry' },
      leaveOut: { tenant_9: 'suspended' },
      lockMode: 'compliance',
      retention: { daily: 14, weekly: 0, monthly: 6, yearly: 0 },
      compression: 'lz4',
      groups: 8,
      parallelism: 4,
    });
  });

  test('lets restores sign in differently, and their role alone', () => {
    expect(settingsOf(template, 'acme-shop-restore').connection.login).toMatchObject({ kind: 'secret' });
    const secret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-a1b2c3';
    const read = { action: 'secretsmanager:GetSecretValue', resource: secret };
    expect(allows(policyOf(template, 'RestoreRole'), read)).toBe(true);
    expect(allows(policyOf(template, 'DumpRole'), read)).toBe(false);
  });

  test('sizes its tasks', () => {
    expect(taskOf(template, 'acme-shop-dump').Properties).toMatchObject({ Cpu: '4096', Memory: '16384' });
    expect(taskOf(template, 'acme-shop-restore').Properties.EphemeralStorage).toEqual({ SizeInGiB: 200 });
  });

  test('has lifecycle rules for the tiers that are kept', () => {
    const [, bucket] = onlyResource(template, 'AWS::S3::Bucket');
    const { Rules } = bucket.Properties.LifecycleConfiguration as { Rules: { Prefix?: string }[] };
    expect(Rules.map(({ Prefix }) => Prefix)).toEqual(['monthly/', 'daily/', 'safety/', 'runs/', undefined, undefined]);
  });

  describe('the role of its state machine', () => {
    const account = 'eu-west-1:111122223333';
    const onCluster = { 'ecs:cluster': `<${clusterId}>` };
    const task = `arn:aws:ecs:${account}:task/acme-shop-dumps/0123`;

    test('may run the dump on its cluster, and no other task', () => {
      const run = { action: 'ecs:RunTask', context: onCluster };
      const definition = `arn:aws:ecs:${account}:task-definition`;
      expect(allows(policy, { ...run, resource: `${definition}/acme-shop-dump:7` })).toBe(true);
      expect(allows(policy, { ...run, resource: `${definition}/acme-shop-restore:7` })).toBe(false);
      expect(allows(policy, { ...run, resource: `${definition}/acme-shop-dump:7`, context: {} })).toBe(false);
    });

    test('may follow, stop and tag tasks of that cluster', () => {
      for (const action of ['ecs:StopTask', 'ecs:DescribeTasks']) {
        expect(allows(policy, { action, resource: task })).toBe(true);
        expect(allows(policy, { action, resource: task.replace('shop', 'other') })).toBe(false);
      }
      const tag = { action: 'ecs:TagResource', resource: task };
      expect(allows(policy, { ...tag, context: { 'ecs:CreateAction': 'RunTask' } })).toBe(true);
      expect(allows(policy, tag)).toBe(false);
    });

    test('may hand both roles of the task to ECS, and the role of restores to nobody', () => {
      const roles = resources(template, 'AWS::IAM::Role').map(([id]) => id);
      const passable = roles.filter((id) =>
        allows(policy, {
          action: 'iam:PassRole',
          resource: `<${id}>`,
          context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
        }),
      );
      expect(passable).toHaveLength(2);
      expect(passable.every((id) => id.startsWith('DumpsDump'))).toBe(true);
      expect(allows(policy, { action: 'iam:PassRole', resource: `<${passable[0]}>` })).toBe(false);
    });

    test('may learn of the end of tasks through the rule that Step Functions has for it', () => {
      const resource = `arn:aws:events:${account}:rule/StepFunctionsGetEventsForECSTaskRule`;
      for (const action of ['events:PutRule', 'events:PutTargets', 'events:DescribeRule']) {
        expect(allows(policy, { action, resource })).toBe(true);
      }
    });

    test('may run children of itself, which the distributed map does', () => {
      const states = `arn:aws:states:${account}`;
      const start = { action: 'states:StartExecution', resource: `${states}:stateMachine:acme-shop-dumps` };
      expect(allows(policy, start)).toBe(true);
      for (const action of ['states:DescribeExecution', 'states:StopExecution']) {
        expect(allows(policy, { action, resource: `${states}:execution:acme-shop-dumps/groups:1` })).toBe(true);
        expect(allows(policy, { action, resource: `${states}:execution:acme-shop-dumps:1` })).toBe(true);
        expect(allows(policy, { action, resource: `${states}:execution:other:1` })).toBe(false);
      }
    });

    test('may read the list of groups, and no dump', () => {
      const read = { action: 's3:GetObject', resource: `<${bucketId}>/runs/1/groups.json` };
      expect(allows(policy, read)).toBe(true);
      expect(allows(policy, { ...read, resource: `<${bucketId}>/daily/shop/1/manifest.json` })).toBe(false);
      expect(allows(policy, { ...read, action: 's3:PutObject' })).toBe(false);
      expect(allows(policy, { action: 's3:ListBucket', resource: `<${bucketId}>` })).toBe(true);
      const context = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' };
      expect(allows(policy, { action: 'kms:Decrypt', resource: DUMPS_KEY_ARN, context })).toBe(true);
    });

    test('is what the state machine waits for, by its policy alone', () => {
      const [, stateMachine] = onlyResource(template, 'AWS::StepFunctions::StateMachine');
      expect(stateMachine.DependsOn).toEqual([expect.stringMatching(/StateMachineRoleDefaultPolicy/)]);
    });
  });

  test('names the state machine in the schedule', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', { Target: { Arn: { Ref: stateMachineId } } });
  });
});

describe('with a single task', () => {
  test('the state machine may neither run children nor read the bucket', () => {
    const template = templateOf();
    const [bucketId] = onlyResource(template, 'AWS::S3::Bucket');
    const policy = policyOf(template, 'StateMachineRole');
    const states = 'arn:aws:states:eu-west-1:111122223333:stateMachine:acme-orders-dumps';
    expect(allows(policy, { action: 'states:StartExecution', resource: states })).toBe(false);
    expect(allows(policy, { action: 's3:GetObject', resource: `<${bucketId}>/runs/1/groups.json` })).toBe(false);
  });
});

test('builds the image of its major for ARM, from the Dockerfile and the bundle alone', () => {
  const assembly = (tenantDumps({ postgresMajor: 16 }).node.root as App).synth();
  const { dockerImages } = JSON.parse(readFileSync(join(assembly.directory, 'Primary.assets.json'), 'utf8'));
  const [image, ...others] = Object.values<{ source: Record<string, unknown>; displayName: string }>(dockerImages);
  expect(others).toEqual([]);
  expect(image).toMatchObject({
    displayName: 'tenant-dumps-16',
    source: { dockerBuildArgs: { POSTGRES_MAJOR: '16' }, platform: 'linux/arm64' },
  });
  expect(readdirSync(join(assembly.directory, String(image?.source.directory))).sort()).toEqual([
    'Dockerfile',
    'index.js',
    'index.js.map',
  ]);
});

/** Props that are refused, and what the error says after the path of the construct. */
const WRONG: readonly (readonly [name: string, props: Partial<TenantDumpsProps>, message: string])[] = [
  ['a name that is none', { resource: 'Orders' }, 'resource: must be 2 to 32 lower-case letters'],
  ['the name of the reports', { resource: 'proofs' }, 'resource: must not be "proofs"'],
  ['the name that alarms of the files have', { resource: 'storage' }, 'resource: must not be "storage"'],
  ['no subnet', { network: { ...NETWORK, subnetIds: [] } }, 'network.subnetIds: must be a list of 1 to 16, got: 0'],
  [
    'six security groups',
    { network: { ...NETWORK, securityGroupIds: Array(6).fill('sg-1') } },
    'network.securityGroupIds: must be a list of 1 to 5, got: 6',
  ],
  ['options that cannot be', { groups: 101 }, 'groups: must be a whole number from 1 to 100, got: 101'],
];

test.each(WRONG)('refuses %s', (_name, props, message) => {
  expect(() => tenantDumps(props)).toThrow(`Primary/Dumps: ${message}`);
});

test('tells all mistakes at once', () => {
  expect(() => tenantDumps({ resource: 'x', cpu: 1, groups: 0 })).toThrow(/resource: .*\n.*groups: .*\n.*cpu: /);
});

test('lies in the account and Region of its stack', () => {
  const { account, region } = PRIMARY;
  templateOf().hasResourceProperties('AWS::S3::Bucket', { BucketName: `acme-orders-${account}-${region}` });
});

function policyOf(template: Template, role: string): readonly Statement[] {
  const [, policy] =
    resources(template, 'AWS::IAM::Policy').find(([, { Properties }]) =>
      (Properties.Roles as unknown[]).some((each) => flat(each).includes(role)),
    ) ?? [];
  if (!policy) {
    throw new Error(`no policy of ${role}`);
  }
  return statements(policy);
}

function definitionOf(template: Template): string {
  const [, { Properties }] = onlyResource(template, 'AWS::StepFunctions::StateMachine');
  return flat(Properties.DefinitionString);
}

function taskOf(template: Template, family: string): Resource {
  const [, task] =
    resources(template, 'AWS::ECS::TaskDefinition').find(([, { Properties }]) => Properties.Family === family) ?? [];
  if (!task) {
    throw new Error(`no task ${family}`);
  }
  return task;
}

function environmentOf(template: Template, family: string): Record<string, string> {
  const [container] = taskOf(template, family).Properties.ContainerDefinitions as [
    { Environment: { Name: string; Value: unknown }[] },
  ];
  return Object.fromEntries(container.Environment.map(({ Name, Value }) => [Name, flat(Value)]));
}

function settingsOf(template: Template, family: string): TenantDumpsSettings {
  return JSON.parse(environmentOf(template, family)[TENANT_DUMPS_VARIABLE] ?? '');
}
