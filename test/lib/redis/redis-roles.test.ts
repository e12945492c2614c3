import { allows } from '../tenants/policy-simulation';
import { bucketId, ELASTICACHE, policyOf, REDIS_KEY_ARN, templateOf } from './caches';

const PROBE = 'acme-sessions-snapshot-redis';
const EXPORTER = 'acme-sessions-export-redis';

describe('the role of the probe', () => {
  const template = templateOf();
  const policy = policyOf(template, PROBE);
  const own = `${ELASTICACHE}:snapshot:redis-20261123-020000`;
  const automatic = `${ELASTICACHE}:snapshot:automatic.sessions-v2-2026-11-23-03-00`;

  test('may save this group under names of Holdfast, and no other group', () => {
    const create = 'elasticache:CreateSnapshot';
    for (const resource of [
      own,
      `${ELASTICACHE}:replicationgroup:sessions-v2`,
      `${ELASTICACHE}:cluster:sessions-v2-001`,
    ]) {
      expect(allows(policy, { action: create, resource })).toBe(true);
    }
    for (const resource of [
      automatic,
      `${ELASTICACHE}:replicationgroup:other`,
      `${ELASTICACHE}:cluster:sessions-v20-001`,
    ]) {
      expect(allows(policy, { action: create, resource })).toBe(false);
    }
  });

  test('may tag and delete snapshots of these names, and no automatic one', () => {
    for (const action of [
      'elasticache:DeleteSnapshot',
      'elasticache:AddTagsToResource',
      'elasticache:ListTagsForResource',
    ]) {
      expect(allows(policy, { action, resource: own })).toBe(true);
      expect(allows(policy, { action, resource: automatic })).toBe(false);
    }
  });

  test('may look at the group and at snapshots', () => {
    for (const resource of [own, automatic, `${ELASTICACHE}:replicationgroup:sessions-v2`]) {
      expect(allows(policy, { action: 'elasticache:DescribeSnapshots', resource })).toBe(true);
    }
    const group = `${ELASTICACHE}:replicationgroup:sessions-v2`;
    expect(allows(policy, { action: 'elasticache:DescribeReplicationGroups', resource: group })).toBe(true);
  });

  test('may remember what it saw, and touch no export and no backup', () => {
    const staging = bucketId(template, 'BackupsStaging');
    for (const action of ['s3:GetObject', 's3:PutObject']) {
      expect(allows(policy, { action, resource: `<${staging}>/state/sessions.json` })).toBe(true);
      expect(allows(policy, { action, resource: `<${staging}>/exports/sessions.json` })).toBe(false);
      expect(allows(policy, { action, resource: `<${bucketId(template, 'BackupsBucket')}>/daily/sessions/x` })).toBe(
        false,
      );
    }
    expect(allows(policy, { action: 's3:ListBucket', resource: `<${staging}>` })).toBe(true);
  });

  test('may read no secret where the cache is open', () => {
    expect(
      allows(policy, {
        action: 'secretsmanager:GetSecretValue',
        resource: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:sessions-probe-a1b2c3',
      }),
    ).toBe(false);
  });

  test('lets Lambda make its network interfaces, and its own code none', () => {
    const resource = 'arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-1';
    const byCode = { 'lambda:SourceFunctionArn': `arn:aws:lambda:eu-west-1:111122223333:function:${PROBE}` };
    for (const action of ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface']) {
      expect(allows(policy, { action, resource })).toBe(true);
      expect(allows(policy, { action, resource, context: byCode })).toBe(false);
    }
    expect(allows(policy, { action: 'ec2:DescribeNetworkInterfaces', resource: '*' })).toBe(true);
  });
});

describe('the role of the exporter', () => {
  const template = templateOf();
  const policy = policyOf(template, EXPORTER);
  const staging = bucketId(template, 'BackupsStaging');
  const kept = bucketId(template, 'BackupsBucket');

  test('may export any snapshot, and take or delete none', () => {
    const resource = `${ELASTICACHE}:snapshot:automatic.sessions-v2-2026-11-23-03-00`;
    expect(allows(policy, { action: 'elasticache:CopySnapshot', resource })).toBe(true);
    for (const action of ['elasticache:CreateSnapshot', 'elasticache:DeleteSnapshot']) {
      expect(allows(policy, { action, resource: `${ELASTICACHE}:snapshot:redis-20261123-020000` })).toBe(false);
    }
  });

  test('has in the staging bucket what ElastiCache asks of whoever exports', () => {
    expect(allows(policy, { action: 's3:ListAllMyBuckets', resource: '*' })).toBe(true);
    for (const action of ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:ListBucket']) {
      expect(allows(policy, { action, resource: `<${staging}>` })).toBe(true);
    }
    for (const action of ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject']) {
      expect(allows(policy, { action, resource: `<${staging}>/redis-20261123-020000-0001.rdb` })).toBe(true);
    }
  });

  test('may write locked backups of this cache, and delete or unlock none', () => {
    const resource = `<${kept}>/daily/sessions/20261123T040000Z-0f3c9a1e/manifest.json`;
    for (const action of ['s3:PutObject', 's3:PutObjectRetention', 's3:AbortMultipartUpload', 's3:GetObject']) {
      expect(allows(policy, { action, resource })).toBe(true);
      expect(allows(policy, { action, resource: `<${kept}>/daily/other/x` })).toBe(false);
    }
    for (const action of ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention']) {
      expect(allows(policy, { action, resource })).toBe(false);
    }
    const through = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' };
    for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) {
      expect(allows(policy, { action, resource: REDIS_KEY_ARN, context: through })).toBe(true);
      expect(allows(policy, { action, resource: REDIS_KEY_ARN })).toBe(false);
    }
  });

  test('may publish metrics of Holdfast alone', () => {
    const publish = { action: 'cloudwatch:PutMetricData', resource: '*' };
    expect(allows(policy, { ...publish, context: { 'cloudwatch:namespace': 'Holdfast' } })).toBe(true);
    expect(allows(policy, { ...publish, context: { 'cloudwatch:namespace': 'AWS/S3' } })).toBe(false);
  });
});
