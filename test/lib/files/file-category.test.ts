import fc from 'fast-check';
import { FileCategory } from '../../../lib/files/file-category';
import {
  type FileLifecycle,
  lifecycleProblems,
  REPLICA_KEEPS_LONGER_DAYS,
  replicaLifecycleProblems,
} from '../../../lib/files/file-lifecycle';
import { validLifecycle } from './random-lifecycle';

const byId = FileCategory.ALL.map((category) => [category.id, category] as const);

test('there are the eight categories of the configuration file', () => {
  expect(FileCategory.ALL.map(({ id }) => id)).toEqual([
    'profilePictures',
    'uploadedDocuments',
    'generatedReports',
    'temporaryFiles',
    'configurationFiles',
    'sslCertificates',
    'logFiles',
    'auditRecords',
  ]);
});

describe.each(byId)('%s', (id, category) => {
  const source = category.sourceLifecycle();
  const replica = category.replicaLifecycle(source);

  test('is found by its name', () => {
    expect(FileCategory.named(id)).toBe(category);
  });

  test('can be deployed as it is, on the source and on the replica', () => {
    expect(lifecycleProblems(source, 'source')).toEqual([]);
    expect(lifecycleProblems(replica, 'replica')).toEqual([]);
    expect(replicaLifecycleProblems(source, replica, 'replica')).toEqual([]);
  });

  test('locks the replica', () => {
    expect(replica.lockDays).toBeGreaterThanOrEqual(7);
  });

  test('removes earlier versions some day', () => {
    expect(source.noncurrentVersions?.expireAfterDays).toBeDefined();
  });
});

test('only certificates and audit records are locked at the source', () => {
  expect(FileCategory.ALL.filter((category) => category.sourceLifecycle().lockDays !== undefined)).toEqual([
    FileCategory.SSL_CERTIFICATES,
    FileCategory.AUDIT_RECORDS,
  ]);
});

test('certificates are locked for a year', () => {
  expect(FileCategory.SSL_CERTIFICATES.sourceLifecycle().lockDays).toBe(365);
});

test('audit records are locked and kept for seven years with their leap days', () => {
  const sevenYearsDays = 7 * 365 + 2;
  expect(FileCategory.AUDIT_RECORDS.sourceLifecycle()).toMatchObject({
    lockDays: sevenYearsDays,
    currentVersions: { expireAfterDays: sevenYearsDays },
    noncurrentVersions: { expireAfterDays: sevenYearsDays },
  });
});

test.each([
  ['profilePictures', undefined],
  ['uploadedDocuments', undefined],
  ['generatedReports', 365],
  ['temporaryFiles', 7],
  ['configurationFiles', undefined],
  ['sslCertificates', undefined],
  ['logFiles', 365],
  ['auditRecords', 2557],
])('current versions of %s expire after %s days', (id, expireAfterDays) => {
  expect(FileCategory.named(id).sourceLifecycle().currentVersions?.expireAfterDays).toBe(expireAfterDays);
});

test('refuses a category that is not there, with those that are', () => {
  expect(() => FileCategory.named('videos')).toThrow(
    '`category` must be one of profilePictures, uploadedDocuments, generatedReports, temporaryFiles, configurationFiles, sslCertificates, logFiles, auditRecords, got: videos',
  );
});

test('an override takes the place of one field and leaves the others', () => {
  const override: FileLifecycle = { noncurrentVersions: { expireAfterDays: 180 } };
  expect(FileCategory.UPLOADED_DOCUMENTS.sourceLifecycle(override)).toEqual({
    currentVersions: {
      transitions: [
        { storageClass: 'STANDARD_IA', afterDays: 90 },
        { storageClass: 'GLACIER_IR', afterDays: 365 },
      ],
    },
    noncurrentVersions: { expireAfterDays: 180 },
  });
});

test('the replica follows an override of the source', () => {
  const source = FileCategory.PROFILE_PICTURES.sourceLifecycle({ noncurrentVersions: { expireAfterDays: 60 } });
  expect(FileCategory.PROFILE_PICTURES.replicaLifecycle(source)).toEqual({
    noncurrentVersions: { expireAfterDays: 67 },
    lockDays: 30,
  });
});

test('the replica is locked no longer than it keeps earlier versions', () => {
  const source = FileCategory.UPLOADED_DOCUMENTS.sourceLifecycle({ noncurrentVersions: { expireAfterDays: 10 } });
  expect(FileCategory.UPLOADED_DOCUMENTS.replicaLifecycle(source).lockDays).toBe(17);
});

test('the replica is locked as long as its source', () => {
  const source = FileCategory.PROFILE_PICTURES.sourceLifecycle({
    noncurrentVersions: { expireAfterDays: 500 },
    lockDays: 400,
  });
  expect(FileCategory.PROFILE_PICTURES.replicaLifecycle(source).lockDays).toBe(400);
});

test('an override of the replica takes the place of what follows from the source', () => {
  const source = FileCategory.PROFILE_PICTURES.sourceLifecycle();
  const replica = FileCategory.PROFILE_PICTURES.replicaLifecycle(source, { noncurrentVersions: {}, lockDays: 1000 });
  expect(replica).toEqual({ noncurrentVersions: {}, lockDays: 1000 });
});

test('whatever lifecycle a source can have, each category derives a replica that can be deployed and keeps more', () => {
  fc.assert(
    fc.property(fc.constantFrom(...FileCategory.ALL), validLifecycle, (category, source) => {
      const replica = category.replicaLifecycle(source);

      expect(lifecycleProblems(replica, 'replica')).toEqual([]);
      expect(replicaLifecycleProblems(source, replica, 'replica')).toEqual([]);
      for (const side of ['currentVersions', 'noncurrentVersions'] as const) {
        expect(keptDays(replica, side)).toBe(keptDays(source, side) + REPLICA_KEEPS_LONGER_DAYS);
        expect(replica[side]?.transitions).toEqual(source[side]?.transitions);
      }
      expect(replica.lockDays).toBeGreaterThanOrEqual(source.lockDays ?? 1);
      expect(replica.lockDays).toBeLessThanOrEqual(keptDays(replica, 'noncurrentVersions'));
    }),
  );
});

function keptDays(lifecycle: FileLifecycle, side: 'currentVersions' | 'noncurrentVersions'): number {
  return lifecycle[side]?.expireAfterDays ?? Number.POSITIVE_INFINITY;
}
