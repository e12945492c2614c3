import { aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { reportKey } from '../../../engine/contract/layout';
import { proofKey, proofsPrefix } from '../../../engine/contract/proofs';
import { READER_ACTIONS } from '../../../engine/status/gather';
import { ReportSchedule } from '../../../lib';
import type { RecoveryRegion } from '../../../lib/platform/recovery-region';
import {
  KEY_ID,
  keyOf,
  OTHER_ACCOUNT,
  onlyResource,
  primaryStack,
  recoveryRegion,
  resources,
  type Statement,
  scheduledInput,
  statements,
} from '../deployment';
import { allows, type Request } from '../tenants/policy-simulation';

const NOW = new Date('2026-11-23T06:00:00Z');
const PROOFS = 'arn:aws:s3:::acme-proofs';
const DUMPS = 'arn:aws:s3:::acme-shop';
const KEY = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;
const BACKUP = `${DUMPS}/daily/shop/20261123T020000Z-0f3c9a1e`;
const RECORD = `${PROOFS}/${proofKey(proofsPrefix('files', 'uploads', 'restored'), NOW, 'proved')}`;
const REPORT = `${PROOFS}/${reportKey(NOW)}`;
const PARAMETER = 'arn:aws:ssm:eu-west-1:111122223333:parameter/holdfast/acme';
const THROUGH_S3 = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' };

describe('with the least that must be said', () => {
  const template = scheduleOf();

  test('writes a report each hour, and none for an hour that is over', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'acme-write-report',
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 3_600, MaximumRetryAttempts: 2 } },
    });
  });

  test('sends the function nothing but which deployment it is', () => {
    expect(scheduledInput(template)).toEqual({ prefix: 'acme' });
  });

  test('has as long and as much memory as ten thousand tenants take, and the name by which it is admitted', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'acme-write-report',
      Timeout: 300,
      MemorySize: 1_024,
    });
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'acme-write-report' });
  });

  test.each<[string, Request]>([
    ['read the parameter of the deployment', { action: 'ssm:GetParameter', resource: PARAMETER }],
    ['list proof records', { action: 's3:ListBucket', resource: PROOFS }],
    ['read proof records', { action: 's3:GetObject', resource: RECORD }],
    ['write reports', { action: 's3:PutObject', resource: REPORT }],
    ['read what it wrote', { action: 's3:GetObject', resource: REPORT }],
    [
      'use the key of the proofs bucket through S3',
      { action: 'kms:GenerateDataKey', resource: KEY, context: THROUGH_S3 },
    ],
    ['look at alarms', { action: 'cloudwatch:DescribeAlarms', resource: '*' }],
    ['read metrics', { action: 'cloudwatch:GetMetricData', resource: '*' }],
  ])('may %s', (_, request) => {
    expect(allows(statementsOf(template), request)).toBe(true);
  });

  test.each<[string, Request]>([
    ['change a proof record', { action: 's3:PutObject', resource: RECORD }],
    ['delete a report', { action: 's3:DeleteObject', resource: REPORT }],
    [
      'read the reports of single verifications',
      { action: 's3:GetObject', resource: `${PROOFS}/files/uploads/reports/x` },
    ],
    ['use the key otherwise than through S3', { action: 'kms:Decrypt', resource: KEY }],
    ['read parameters of others', { action: 'ssm:GetParameter', resource: PARAMETER.replace('acme', 'other') }],
    ['look into backups that it was not told of', { action: 's3:ListBucket', resource: DUMPS }],
    ['become anybody', { action: 'sts:AssumeRole', resource: '*' }],
  ])('may not %s', (_, request) => {
    expect(allows(statementsOf(template), request)).toBe(false);
  });
});

describe('with backups and another account', () => {
  const template = scheduleOf(recoveryRegion({ account: OTHER_ACCOUNT }), true);
  const role = `role/acme-read-recovery-alarms`;

  test('tells the function by which role to look at the alarms there, and lets it take that role alone', () => {
    const [, schedule] = onlyResource(template, 'AWS::Scheduler::Schedule');
    const { Input: input } = schedule.Properties.Target as { readonly Input: unknown };
    expect(JSON.stringify(input)).toContain(`:iam::${OTHER_ACCOUNT}:${role}`);
    const arn = `arn:aws:iam::${OTHER_ACCOUNT}:${role}`;
    expect(allows(statementsOf(template), { action: 'sts:AssumeRole', resource: arn })).toBe(true);
    expect(allows(statementsOf(template), { action: 'sts:AssumeRole', resource: `${arn}s` })).toBe(false);
  });

  test.each(['manifest.json', 'tenants.jsonl', 'proofs/intact/20261123T060000000Z-proved.json'])(
    'may read %s of a backup, and its versions',
    (file) => {
      for (const action of ['s3:GetObject', 's3:GetObjectVersion']) {
        expect(allows(statementsOf(template), { action, resource: `${BACKUP}/${file}` })).toBe(true);
      }
    },
  );

  test('may list backups and decrypt their manifests', () => {
    expect(allows(statementsOf(template), { action: 's3:ListBucket', resource: DUMPS })).toBe(true);
    expect(allows(statementsOf(template), { action: 'kms:Decrypt', resource: `${KEY}2`, context: THROUGH_S3 })).toBe(
      true,
    );
  });

  test.each<[string, Request]>([
    ['read the archive of a tenant', { action: 's3:GetObject', resource: `${BACKUP}/tenants/acme.dump` }],
    ['write to backups', { action: 's3:PutObject', resource: `${BACKUP}/manifest.json` }],
    ['encrypt with their key', { action: 'kms:GenerateDataKey', resource: `${KEY}2`, context: THROUGH_S3 }],
  ])('may not %s', (_, request) => {
    expect(allows(statementsOf(template), request)).toBe(false);
  });

  test('may do all that a reader needs', () => {
    const allowed = new Set(statementsOf(template).flatMap(({ Action: actions }) => actions));
    // It knows its prefix, and needs not search for it.
    const needed = READER_ACTIONS.filter((action) => action !== 'ssm:GetParametersByPath');
    expect(needed.filter((action) => !allowed.has(action))).toEqual([]);
  });
});

function scheduleOf(recovery: RecoveryRegion = recoveryRegion(), withBackups = false): Template {
  const stack = primaryStack();
  const schedule = new ReportSchedule(stack, 'Reports', {
    recovery,
    proofsBucket: s3.Bucket.fromBucketName(stack, 'Proofs', 'acme-proofs'),
    proofsKey: keyOf(stack),
  });
  if (withBackups) {
    const key = kms.Key.fromKeyArn(stack, 'DumpsKey', `${KEY}2`);
    schedule.readBackups(s3.Bucket.fromBucketName(stack, 'Dumps', 'acme-shop'), key);
  }
  return Template.fromStack(stack);
}

/** What the function may do; not what its schedule may. */
function statementsOf(template: Template): Statement[] {
  return resources(template, 'AWS::IAM::Policy')
    .flatMap(([, policy]) => statements(policy))
    .filter(({ Action: action }) => action !== 'lambda:InvokeFunction');
}
