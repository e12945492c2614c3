import { explainStoreError } from '../../../engine/files/store-error';

const denied = (message: string) =>
  explainStoreError(Object.assign(new Error(message), { name: 'AccessDenied' }), 'read', 'b');

test('an object is not named, because the text ends up in logs', () => {
  const who =
    'User: arn:aws:sts::111122223333:assumed-role/acme-verify-files/x is not authorized to perform: s3:GetObject on resource: ';
  const why = 'because no identity-based policy allows the s3:GetObject action';
  expect(denied(`${who}"arn:aws:s3:::b/tenant/my "se\ncret.txt" ${why}`).message).toContain(
    'on resource: "arn:aws:s3:::b/…" because no identity-',
  );
  expect(denied(`x on resource: arn:aws:s3:::b/secret file.txt`).message).toBe(
    'Cannot read bucket b: AccessDenied: x on resource: arn:aws:s3:::b/…. HINT: give the role of the function s3:ListBucketVersions, s3:GetObjectVersion and, for its key, kms:Decrypt; look for a Deny in the bucket policy.',
  );
});

test('a bucket is named', () => {
  expect(denied('no access to "arn:aws:s3:::b" because of a policy').message).toContain(
    'no access to "arn:aws:s3:::b" because of a policy',
  );
});
