import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSignIn, Retention, TenantDatabase, Tenants } from '../../../lib';
import { onlyResource, resources, type Statement, statements } from '../deployment';
import { DUMPS_KEY_ARN, templateOf } from './dumps';
import { allows, flat, type Request } from './policy-simulation';

const template = templateOf();
const [bucketId] = onlyResource(template, 'AWS::S3::Bucket');
const BUCKET = `<${bucketId}>`;
const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-a1b2c3';
const ENGINE = resolve(__dirname, '../../../engine');
const THROUGH_S3 = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' };
const ARCHIVE = 'orders/20261123T020000Z-0f3c9a1e/tenants/tenant_1.dump';

const dailyAlone = templateOf({ retention: Retention.gfs({ daily: 7, weekly: 0, monthly: 0, yearly: 0 }) });
const dump = policyOf('DumpRole');
const restore = policyOf('RestoreRole');

describe('the role of the dump', () => {
  test.each(['daily', 'weekly', 'monthly', 'yearly'])(
    'may write a locked archive of the tier %s, and give up on it',
    (tier) => {
      for (const action of ['s3:PutObject', 's3:PutObjectRetention', 's3:AbortMultipartUpload']) {
        expect(allows(dump, { action, resource: `${BUCKET}/${tier}/${ARCHIVE}` })).toBe(true);
      }
    },
  );

  test('may tell the tasks of its run what they must know, and read it', () => {
    expect(allows(dump, { action: 's3:PutObject', resource: `${BUCKET}/runs/1/groups.json` })).toBe(true);
    expect(allows(dump, { action: 's3:GetObject', resource: `${BUCKET}/runs/1/groups.json` })).toBe(true);
  });

  test('may list backups and look for uploads of dead runs', () => {
    for (const action of ['s3:ListBucket', 's3:ListBucketMultipartUploads']) {
      expect(allows(dump, { action, resource: BUCKET })).toBe(true);
    }
  });

  test('may write nowhere else in the bucket', () => {
    for (const key of ['daily/other/x', 'safety/orders/x', 'manifest.json', 'hourly/orders/x']) {
      expect(allows(dump, { action: 's3:PutObject', resource: `${BUCKET}/${key}` })).toBe(false);
    }
  });

  describe('with a tier that is no longer kept', () => {
    const policy = policyOf('DumpRole', dailyAlone);

    test('may write none of it', () => {
      expect(allows(policy, { action: 's3:PutObject', resource: `${BUCKET}/daily/${ARCHIVE}` })).toBe(true);
      expect(allows(policy, { action: 's3:PutObject', resource: `${BUCKET}/yearly/${ARCHIVE}` })).toBe(false);
    });

    test('may look into what it still has, and give up what was left half uploaded', () => {
      for (const action of ['s3:GetObject', 's3:AbortMultipartUpload']) {
        expect(allows(policy, { action, resource: `${BUCKET}/yearly/${ARCHIVE}` })).toBe(true);
      }
    });
  });

  test('may sign in as one user of one database', () => {
    const user = 'arn:aws:rds-db:eu-west-1:111122223333:dbuser:cluster-ABCDEFGHIJKL01234/holdfast_dump';
    expect(allows(dump, { action: 'rds-db:connect', resource: user })).toBe(true);
    expect(allows(dump, { action: 'rds-db:connect', resource: `${user}s` })).toBe(false);
  });

  test('may publish metrics in the namespace of Holdfast alone', () => {
    const metric = (namespace: string): Request => ({
      action: 'cloudwatch:PutMetricData',
      resource: '*',
      context: { 'cloudwatch:namespace': namespace },
    });
    expect(allows(dump, metric('Holdfast'))).toBe(true);
    expect(allows(dump, metric('AWS/S3'))).toBe(false);
  });
});

describe('the role of the restore', () => {
  test('may read every backup', () => {
    for (const action of ['s3:GetObject', 's3:GetObjectVersion']) {
      expect(allows(restore, { action, resource: `${BUCKET}/yearly/${ARCHIVE}` })).toBe(true);
    }
  });

  test('may read what a tier still has that is no longer kept', () => {
    const read = { action: 's3:GetObject', resource: `${BUCKET}/weekly/${ARCHIVE}` };
    expect(allows(policyOf('RestoreRole', dailyAlone), read)).toBe(true);
  });

  test('may read a safety dump again, and give up on it', () => {
    for (const action of ['s3:GetObject', 's3:GetObjectVersion', 's3:AbortMultipartUpload']) {
      expect(allows(restore, { action, resource: `${BUCKET}/safety/orders/x` })).toBe(true);
    }
  });

  test('may neither publish metrics nor give up uploads of dumps', () => {
    const context = { 'cloudwatch:namespace': 'Holdfast' };
    expect(allows(restore, { action: 'cloudwatch:PutMetricData', resource: '*', context })).toBe(false);
    expect(allows(restore, { action: 's3:AbortMultipartUpload', resource: `${BUCKET}/daily/${ARCHIVE}` })).toBe(false);
  });

  test('may write safety dumps, and no backup', () => {
    expect(allows(restore, { action: 's3:PutObject', resource: `${BUCKET}/safety/orders/x` })).toBe(true);
    expect(allows(restore, { action: 's3:PutObjectRetention', resource: `${BUCKET}/safety/orders/x` })).toBe(true);
    expect(allows(restore, { action: 's3:PutObject', resource: `${BUCKET}/daily/${ARCHIVE}` })).toBe(false);
    expect(allows(restore, { action: 's3:PutObject', resource: `${BUCKET}/safety/other/x` })).toBe(false);
  });
});

describe.each([
  ['dump', dump],
  ['restore', restore],
])('the role of the %s', (_name, policy) => {
  test.each([
    's3:DeleteObject',
    's3:DeleteObjectVersion',
    's3:BypassGovernanceRetention',
    's3:PutObjectLegalHold',
    's3:PutObjectAcl',
    's3:RestoreObject',
  ])('may not %s', (action) => {
    for (const key of [`daily/${ARCHIVE}`, 'runs/1/groups.json', 'safety/orders/x']) {
      expect(allows(policy, { action, resource: `${BUCKET}/${key}` })).toBe(false);
    }
  });

  test.each(['s3:PutBucketVersioning', 's3:PutLifecycleConfiguration', 's3:PutBucketPolicy', 's3:DeleteBucket'])(
    'may not %s',
    (action) => {
      expect(allows(policy, { action, resource: BUCKET })).toBe(false);
    },
  );

  test('may use the one key, through S3 alone, and not manage it', () => {
    for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) {
      expect(allows(policy, { action, resource: DUMPS_KEY_ARN, context: THROUGH_S3 })).toBe(true);
      expect(allows(policy, { action, resource: DUMPS_KEY_ARN })).toBe(false);
      expect(allows(policy, { action, resource: DUMPS_KEY_ARN.replace(/0$/, '1'), context: THROUGH_S3 })).toBe(false);
    }
    expect(allows(policy, { action: 'kms:ScheduleKeyDeletion', resource: DUMPS_KEY_ARN, context: THROUGH_S3 })).toBe(
      false,
    );
  });

  test('may touch no other bucket', () => {
    expect(allows(policy, { action: 's3:GetObject', resource: 'arn:aws:s3:::other/daily/orders/x' })).toBe(false);
  });
});

/** What each request of the jobs to AWS takes of whom; undefined: no job makes it. */
const TAKES: Readonly<
  Record<string, { readonly actions: readonly string[]; readonly by: readonly string[] } | undefined>
> = {
  PutObjectCommand: { actions: ['s3:PutObject', 's3:PutObjectRetention'], by: ['dump', 'restore'] },
  CreateMultipartUploadCommand: { actions: ['s3:PutObject', 's3:PutObjectRetention'], by: ['dump', 'restore'] },
  UploadPartCommand: { actions: ['s3:PutObject'], by: ['dump', 'restore'] },
  CompleteMultipartUploadCommand: { actions: ['s3:PutObject'], by: ['dump', 'restore'] },
  AbortMultipartUploadCommand: { actions: ['s3:AbortMultipartUpload'], by: ['dump', 'restore'] },
  HeadObjectCommand: { actions: ['s3:GetObject', 's3:GetObjectVersion'], by: ['dump', 'restore'] },
  GetObjectCommand: { actions: ['s3:GetObject', 's3:GetObjectVersion'], by: ['dump', 'restore'] },
  ListObjectsV2Command: { actions: ['s3:ListBucket'], by: ['dump', 'restore'] },
  ListMultipartUploadsCommand: { actions: ['s3:ListBucketMultipartUploads'], by: ['dump'] },
  ListObjectVersionsCommand: undefined,
  GetSecretValueCommand: { actions: ['secretsmanager:GetSecretValue'], by: ['dump', 'restore'] },
};

describe('each request that the engine makes for the jobs', () => {
  const rooms = ['catalog', 'dump', 'objects', 'postgres', 'restore'].map((room) => join(ENGINE, room));
  const sources = rooms.flatMap((room) => readdirSync(room).map((file) => readFileSync(join(room, file), 'utf8')));
  const requests = sources.flatMap((source) => [
    ...[...source.matchAll(/new (\w+Command)\(/g)].map(([, command = '']) => command),
    ...[...source.matchAll(/\bpaginate(\w+)\(/g)].map(([, operation]) => `${operation}Command`),
  ]);
  const withSecret = templateOf({
    database: TenantDatabase.at({
      host: 'orders.example.com',
      name: 'orders',
      signIn: DatabaseSignIn.withSecret({ secretArn: SECRET_ARN }),
    }),
  });

  test.each([...new Set(requests)].sort())('%s is one that the roles are known to be given', (command) => {
    expect(Object.keys(TAKES)).toContain(command);
    const { actions, by } = TAKES[command] ?? { actions: [], by: [] };
    for (const job of by) {
      const policy = policyOf(job === 'dump' ? 'DumpRole' : 'RestoreRole', withSecret);
      const key = job === 'dump' ? `daily/${ARCHIVE}` : 'safety/orders/x';
      for (const action of actions) {
        expect([
          action,
          [SECRET_ARN, BUCKET, `${BUCKET}/${key}`].some((resource) => allows(policy, { action, resource })),
        ]).toEqual([action, true]);
      }
    }
  });
});

test('trusts tasks of ECS alone', () => {
  const roles = resources(templateOf({ tenants: Tenants.schemas('a') }), 'AWS::IAM::Role').filter(([id]) =>
    /(Dump|Restore)Role/.test(id),
  );
  expect(roles).toHaveLength(2);
  for (const [, role] of roles) {
    expect(statements(role, 'AssumeRolePolicyDocument')).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ecs-tasks.amazonaws.com' } },
    ]);
  }
});

function policyOf(role: string, from = template): readonly Statement[] {
  const [, policy] =
    resources(from, 'AWS::IAM::Policy').find(([, { Properties }]) =>
      (Properties.Roles as unknown[]).some((each) => flat(each).includes(role)),
    ) ?? [];
  if (!policy) {
    throw new Error(`no policy of ${role}`);
  }
  return statements(policy);
}
