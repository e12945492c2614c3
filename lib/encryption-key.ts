import { Duration, aws_kms as kms, RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** What a key is called, and what it is for. */
export interface EncryptionKeyProps {
  /** Alias, with or without `alias/` before it. */
  readonly alias: string;
  readonly description: string;
}

/** A customer key as all of Holdfast's are: it rotates each year, stays when its stack goes, and waits 30 days before it is deleted. */
export class EncryptionKey extends kms.Key {
  constructor(scope: Construct, id: string, { alias, description }: EncryptionKeyProps) {
    super(scope, id, {
      alias,
      description,
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }
}
