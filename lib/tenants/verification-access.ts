import { aws_iam as iam, type aws_kms as kms, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { databasePrefix } from '../../engine/contract/backup-layout';
import { ProofSystem } from '../../engine/contract/proofs';
import { TIERS } from '../../engine/contract/retention';
import { tenantsProofsFolder } from '../../engine/contract/verify-tenants';
import { replicaKeyStatements } from '../functions/replica-key';
import { throughService } from '../key-conditions';
import type { RecoveryRegion } from '../platform/recovery-region';
import { objectsOf, readBackupsStatements, recordProofsStatement } from './backup-access';
import type { VerifiedDumps } from './verified-dumps';

/** The dumps of a database, and what lies elsewhere of them. */
export interface VerificationAccess {
  readonly dumps: VerifiedDumps;
  readonly replicaBucketName: string;
  readonly proofsBucket: s3.IBucket;
}

/**
 * What a role must be allowed to check the dumps of a database: to list and read them in both buckets, with their locks, which S3 tells
 * of only to who may, and to leave what came of it.
 */
export function verifyStatements({
  dumps,
  replicaBucketName,
  proofsBucket,
}: VerificationAccess): iam.PolicyStatement[] {
  const { bucket, key, resource } = dumps;
  const { partition, region } = Stack.of(bucket);
  const replica = `arn:${partition}:s3:::${replicaBucketName}`;
  return [
    ...readBackupsStatements({ bucket, resource }),
    allow(['s3:ListBucketVersions'], [bucket.bucketArn]),
    allow(
      ['s3:GetObjectRetention'],
      objectsOf(
        bucket,
        TIERS.map((tier) => databasePrefix(tier, resource)),
      ),
    ),
    allow(['s3:ListBucket', 's3:ListBucketVersions'], [replica]),
    allow(['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectRetention'], [`${replica}/*`]),
    allow(['kms:Decrypt'], [key.keyArn], throughService('s3', region)),
    allow(['s3:GetObject', 's3:PutObject'], [proofsBucket.arnForObjects(`${tenantsProofsFolder(resource)}*`)]),
  ];
}

/** What a role must be allowed to write records beside the backups of a database, and nothing else there. */
export function concludeStatements({ dumps: { bucket, key, resource } }: VerificationAccess): iam.PolicyStatement[] {
  return [
    recordProofsStatement({ bucket, resource }),
    allow(['kms:GenerateDataKey'], [key.keyArn], throughService('s3', Stack.of(bucket).region)),
  ];
}

/** Where records and reports go. */
export interface ProofsPlace {
  readonly scope: Construct;
  readonly proofsBucket: s3.IBucket;
  readonly proofsKey: kms.IKey;
  readonly recovery: RecoveryRegion;
}

/** What a role must be allowed to use the proofs bucket, and the key of all replicas. */
export function publishStatements({ scope, proofsBucket, proofsKey, recovery }: ProofsPlace): iam.PolicyStatement[] {
  return [
    allow(['s3:ListBucket'], [proofsBucket.bucketArn]),
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [proofsKey.keyArn], throughService('s3', Stack.of(scope).region)),
    ...replicaKeyStatements(scope, recovery),
  ];
}

/** What the state machine must be allowed to read the lists of parts. */
export function readProofsStatements({ scope, proofsBucket, proofsKey }: ProofsPlace): iam.PolicyStatement[] {
  return [
    allow(['s3:GetObject'], [proofsBucket.arnForObjects(`${ProofSystem.TENANTS}/*/runs/*`)]),
    allow(['kms:Decrypt'], [proofsKey.keyArn], throughService('s3', Stack.of(scope).region)),
  ];
}

function allow(actions: string[], resources: string[], conditions: Record<string, unknown> = {}): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources, conditions });
}
