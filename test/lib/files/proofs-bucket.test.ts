import { Match, Template } from 'aws-cdk-lib/assertions';
import { ProofsBucket } from '../../../lib';
import { KEY_ID, keyOf, primaryStack } from '../deployment';
import { expectSafeBucket } from './bucket-expectations';

const stack = primaryStack();
new ProofsBucket(stack, 'Proofs', { prefix: 'acme', encryptionKey: keyOf(stack) });

test('is a safe bucket under its deterministic name', () => {
  expectSafeBucket(stack, 'acme-proofs-111122223333-eu-west-1', `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`);
});

test('keeps reports for more than a year, and states that were overwritten for a week', () => {
  Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: [
        { Id: 'holdfast-versions', ExpirationInDays: 400, NoncurrentVersionExpiration: { NoncurrentDays: 7 } },
        { Id: 'holdfast-expired-delete-markers', ExpiredObjectDeleteMarker: true },
      ],
    },
  });
});

test('can be written again and again, and is therefore not locked', () => {
  Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', { ObjectLockEnabled: Match.absent() });
});
