import {
  encryptionConfiguration,
  lifecycleRules,
  objectLockConfiguration,
  replicationRules,
} from '../../local/bucket-configuration';

test('lifecycle rules keep every field under the name of the API', () => {
  const rule = {
    Id: 'versions',
    Status: 'Enabled',
    ExpirationInDays: 365,
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    NoncurrentVersionExpiration: { NoncurrentDays: 90 },
    Transitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: 30 }],
    NoncurrentVersionTransitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 60 }],
  };
  expect(lifecycleRules({ Rules: [rule] })).toEqual([
    {
      ID: 'versions',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      Expiration: { Days: 365 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      NoncurrentVersionExpiration: { NoncurrentDays: 90 },
      Transitions: [{ StorageClass: 'STANDARD_IA', Days: 30 }],
      NoncurrentVersionTransitions: [{ StorageClass: 'GLACIER_IR', NoncurrentDays: 60 }],
    },
  ]);
});

test('a rule for expired delete markers has nothing else', () => {
  const rule = { Id: 'markers', Status: 'Enabled', Prefix: 'logs/', ExpiredObjectDeleteMarker: true };
  expect(lifecycleRules({ Rules: [rule] })).toEqual([
    {
      ID: 'markers',
      Status: 'Enabled',
      Filter: { Prefix: 'logs/' },
      Expiration: { ExpiredObjectDeleteMarker: true },
    },
  ]);
});

test('a lifecycle property that it does not know is refused, not dropped', () => {
  const rule = { Id: 'a', Status: 'Enabled', ObjectSizeGreaterThan: 10 };
  expect(() => lifecycleRules({ Rules: [rule] })).toThrow('ObjectSizeGreaterThan');
});

test('encryption keeps key and Bucket Key', () => {
  const rule = {
    ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'arn:key' },
    BucketKeyEnabled: true,
  };
  expect(encryptionConfiguration({ ServerSideEncryptionConfiguration: [rule] })).toEqual({
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'arn:key' },
        BucketKeyEnabled: true,
      },
    ],
  });
});

test('Object Lock keeps its default retention', () => {
  const lock = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } } };
  expect(objectLockConfiguration(lock)).toEqual(lock);
});

test('Object Lock can be without default retention', () => {
  expect(objectLockConfiguration({ ObjectLockEnabled: 'Enabled' })).toEqual({ ObjectLockEnabled: 'Enabled' });
});

test('replication rules name the destination bucket, and disabled ones are left out', () => {
  const rule = {
    Id: 'files',
    Status: 'Enabled',
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Enabled' },
    Destination: { Bucket: 'arn:aws:s3:::replica', EncryptionConfiguration: { ReplicaKmsKeyID: 'arn:key' } },
  };
  const [enabled, ...others] = replicationRules({ Role: 'role', Rules: [rule, { ...rule, Status: 'Disabled' }] });
  expect(enabled?.Destination.Bucket).toBe('replica');
  expect(others).toEqual([]);
});

test('a replication filter on tags is refused', () => {
  const rule = {
    Id: 'files',
    Status: 'Enabled',
    Filter: { Prefix: '', TagFilter: { Key: 'a', Value: 'b' } },
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: 'arn:aws:s3:::replica', EncryptionConfiguration: { ReplicaKmsKeyID: 'arn:key' } },
  };
  expect(() => replicationRules({ Rules: [rule] })).toThrow('TagFilter');
});
