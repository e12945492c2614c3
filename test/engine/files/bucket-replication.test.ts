import type { BucketReplicationProperties } from '../../../engine/contract/bucket-replication';
import { replicationRule, startReplication, stopReplication } from '../../../engine/files/bucket-replication';
import { fakeBucket, s3Error } from './fake-replicating-bucket';

const PROPERTIES: BucketReplicationProperties = {
  bucketName: 'uploads',
  roleArn: 'arn:aws:iam::111122223333:role/acme-uploads-replication',
  ruleId: 'holdfast-uploads',
  replicaBucketArn: 'arn:aws:s3:::acme-uploads-replica-111122223333-eu-central-1',
  replicaKeyArn: 'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica',
};
const OWN = { Role: PROPERTIES.roleArn, Rules: [replicationRule(PROPERTIES)] };
const FOREIGN_RULE = { ID: 'analytics', Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::analytics' } } as const;
const FOREIGN = { Role: 'arn:aws:iam::111122223333:role/analytics', Rules: [FOREIGN_RULE] };

const forEver = new AbortController().signal;

describe('starting', () => {
  const start = (bucket: ReturnType<typeof fakeBucket>, waitsMs: number[] = []) =>
    startReplication(bucket.client, PROPERTIES, forEver, waitsMs);

  test('writes the rule under the role', async () => {
    const bucket = fakeBucket({ versioning: 'Enabled' });
    await start(bucket);
    expect(bucket.replication).toEqual({
      Role: 'arn:aws:iam::111122223333:role/acme-uploads-replication',
      Rules: [
        {
          ID: 'holdfast-uploads',
          Status: 'Enabled',
          Priority: 1,
          Filter: { Prefix: '' },
          DeleteMarkerReplication: { Status: 'Enabled' },
          SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
          Destination: {
            Bucket: 'arn:aws:s3:::acme-uploads-replica-111122223333-eu-central-1',
            EncryptionConfiguration: { ReplicaKmsKeyID: 'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica' },
            Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
            ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
          },
        },
      ],
    });
  });

  test('gives the copies to the account of the replica where that is another one', () => {
    const { Destination } = replicationRule({ ...PROPERTIES, replicaAccount: '444455556666' });
    expect(Destination).toMatchObject({ Account: '444455556666', AccessControlTranslation: { Owner: 'Destination' } });
  });

  test('writes its own rule anew', async () => {
    const outdated = { ...OWN, Rules: [{ ...replicationRule(PROPERTIES), Status: 'Disabled' as const }] };
    const bucket = fakeBucket({ versioning: 'Enabled', replication: outdated });
    await start(bucket);
    expect(bucket.replication).toEqual(OWN);
  });

  test.each([[undefined, 'none'] as const, ['Suspended', 'Suspended'] as const])(
    'refuses a bucket whose versioning is %s',
    async (versioning, shown) => {
      const bucket = fakeBucket({ versioning });
      await expect(start(bucket)).rejects.toThrow(
        new RegExp(`^The versioning of bucket uploads must be Enabled, got: ${shown}\\. HINT: enable it`),
      );
      expect(bucket.replication).toBeUndefined();
    },
  );

  test.each([
    ['of somebody else', FOREIGN, 'analytics'],
    ['of somebody else beside its own', { ...OWN, Rules: [...OWN.Rules, FOREIGN_RULE] }, 'holdfast-uploads, analytics'],
    ['of its own name under another role', { ...OWN, Role: FOREIGN.Role }, 'holdfast-uploads'],
    ['without an id', { ...FOREIGN, Rules: [{ ...FOREIGN_RULE, ID: undefined }] }, '\\(without id\\)'],
  ])('refuses to overwrite a rule %s', async (_, replication, shown) => {
    const bucket = fakeBucket({ versioning: 'Enabled', replication });
    await expect(start(bucket)).rejects.toThrow(
      new RegExp(`^Bucket uploads replicates already, .*: ${shown} \\(role ${replication.Role}\\)\\. .* HINT: `),
    );
    expect(bucket.replication).toBe(replication);
  });

  test.each([
    ['NoSuchBucket', 404, 'HINT: correct the name of the bucket, or create it.'],
    ['PermanentRedirect', 301, 'HINT: protect the bucket from a deployment whose primary Region is its own.'],
    ['InvalidRequest', 400, 'HINT: deploy the recovery stack first: the replica must be there, and versioned.'],
    ['AccessDenied', 403, 'HINT: correct the name if the bucket belongs to another account; else look for a Deny'],
    ['InternalError', 500, 'HINT: look the error up in the S3 API reference, and deploy again.'],
  ])('says what to do about %s', async (name, status, hint) => {
    const bucket = fakeBucket({ versioning: 'Enabled' });
    bucket.errors.push(s3Error(name, status));
    const message = `The replication of bucket uploads could not be changed: ${name}: ${name} happened. ${hint}`;
    await expect(start(bucket)).rejects.toThrow(message);
  });

  test('passes an error on that is not of S3', async () => {
    const bucket = fakeBucket({ versioning: 'Enabled' });
    bucket.errors.push(new Error('no credentials'));
    await expect(start(bucket)).rejects.toThrow(/^no credentials$/);
  });

  test('tries again while its new policy is not in effect', async () => {
    const bucket = fakeBucket({ versioning: 'Enabled' });
    bucket.errors.push(s3Error('AccessDenied', 403), s3Error('AccessDenied', 403));
    await start(bucket, [1, 1]);
    expect(bucket.replication).toEqual(OWN);
  });

  test('gives up being denied after the last wait', async () => {
    const bucket = fakeBucket({ versioning: 'Enabled' });
    bucket.errors.push(...Array.from({ length: 9 }, () => s3Error('AccessDenied', 403)));
    await expect(start(bucket, [1, 1])).rejects.toThrow('AccessDenied');
    expect(bucket.requests).toHaveLength(3);
  });

  test('does not repeat what fails for another reason', async () => {
    const bucket = fakeBucket({ versioning: 'Suspended' });
    await expect(start(bucket, [1, 1])).rejects.toThrow('Suspended');
    expect(bucket.requests).toEqual(['GetBucketVersioning']);
  });

  test('stops waiting when its time is over', async () => {
    const bucket = fakeBucket({ versioning: 'Enabled' });
    bucket.errors.push(s3Error('AccessDenied', 403));
    const waiting = startReplication(bucket.client, PROPERTIES, AbortSignal.timeout(5), [600_000]);
    await expect(waiting).rejects.toThrow('aborted');
    expect(bucket.requests).toEqual(['GetBucketVersioning']);
  });
});

describe('stopping', () => {
  const stop = (bucket: ReturnType<typeof fakeBucket>) => stopReplication(bucket.client, PROPERTIES, forEver);

  test('removes its own rule', async () => {
    const bucket = fakeBucket({ versioning: 'Enabled', replication: OWN });
    await stop(bucket);
    expect(bucket.replication).toBeUndefined();
  });

  test.each([
    ['of somebody else', FOREIGN],
    ['of somebody else beside its own', { ...OWN, Rules: [...OWN.Rules, FOREIGN_RULE] }],
    ['of its own name under another role', { ...OWN, Role: FOREIGN.Role }],
  ])('leaves a rule %s', async (_, replication) => {
    const bucket = fakeBucket({ versioning: 'Enabled', replication });
    await stop(bucket);
    expect(bucket.replication).toBe(replication);
    expect(bucket.requests).toEqual(['GetBucketReplication']);
  });

  test('has nothing to do where nothing replicates', async () => {
    const bucket = fakeBucket({ versioning: 'Enabled' });
    await stop(bucket);
    expect(bucket.requests).toEqual(['GetBucketReplication']);
  });

  test('does not mind a bucket that is gone', async () => {
    const bucket = fakeBucket({});
    bucket.errors.push(s3Error('NoSuchBucket', 404));
    await expect(stop(bucket)).resolves.toBeUndefined();
  });

  test('reports what S3 refuses', async () => {
    const bucket = fakeBucket({ versioning: 'Enabled', replication: OWN });
    bucket.errors.push(s3Error('AccessDenied', 403));
    await expect(stop(bucket)).rejects.toThrow('The replication of bucket uploads could not be changed: AccessDenied');
    expect(bucket.replication).toBe(OWN);
  });
});
