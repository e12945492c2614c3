import { aws_iam as iam, type aws_kms as kms, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { databasePrefix, RUNS_PREFIX, safetyPrefix } from '../../engine/contract/backup-layout';
import { type Retention, TIERS, type Tier } from '../../engine/contract/retention';
import { METRIC_NAMESPACE } from '../../engine/contract/signals';
import type { DatabaseSignIn } from './database-sign-in';

/** Properties of a {@link TaskRole}. */
export interface TaskRoleProps {
  readonly description: string;
  /** Name of the protected database. */
  readonly resource: string;
  readonly bucket: s3.IBucket;
  readonly key: kms.IKey;
  readonly retention: Retention;
  readonly signIn: DatabaseSignIn;
}

/**
 * The role of a task that reads dumps and writes some. It may add to the bucket and nothing else: delete no version, lift no
 * lock, change no policy; that it overwrites nothing, the bucket's policy sees to.
 */
export class TaskRole extends Construct {
  public readonly role: iam.Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TaskRoleProps,
  ) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', {
      description: props.description,
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    this.readBackups();
    this.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [props.key.keyArn], {
      StringEquals: { 'kms:ViaService': `s3.${Stack.of(this).region}.amazonaws.com` },
    });
    for (const statement of props.signIn.statements(this)) {
      this.role.addToPrincipalPolicy(statement);
    }
  }

  /**
   * Lets the task write backups of every tier that is kept, give up what dead runs left unfinished, talk to the tasks of its
   * run, and publish what came of it.
   */
  public dump(): void {
    const { bucket, retention } = this.props;
    this.allowLockedWrites(this.backupFolders(retention.tiers));
    this.allow(['s3:ListBucketMultipartUploads'], [bucket.bucketArn]);
    this.allow(['s3:AbortMultipartUpload'], this.objects(this.backupFolders(TIERS)));
    this.allow(['s3:GetObject', 's3:PutObject'], this.objects([RUNS_PREFIX]));
    this.allow(['cloudwatch:PutMetricData'], ['*'], {
      StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE },
    });
  }

  /** Lets the task keep what it is about to replace, and take it back from there. */
  public restore(): void {
    const folders = [safetyPrefix(this.props.resource)];
    this.allowLockedWrites(folders);
    this.allow(['s3:GetObject', 's3:GetObjectVersion', 's3:AbortMultipartUpload'], this.objects(folders));
  }

  /**
   * Backups of all tiers: one that is no longer kept may still have some, and the catalogue looks into each. Without
   * s3:ListBucket, S3 answers 403 and not 404 for what is not there.
   */
  private readBackups(): void {
    this.allow(['s3:ListBucket'], [this.props.bucket.bucketArn]);
    this.allow(['s3:GetObject', 's3:GetObjectVersion'], this.objects(this.backupFolders(TIERS)));
  }

  /** S3 asks for `s3:PutObjectRetention` when an object is written with a lock. */
  private allowLockedWrites(folders: readonly string[]): void {
    this.allow(['s3:PutObject', 's3:PutObjectRetention'], this.objects(folders));
  }

  private backupFolders(tiers: readonly Tier[]): string[] {
    return tiers.map((tier) => databasePrefix(tier, this.props.resource));
  }

  private objects(folders: readonly string[]): string[] {
    return folders.map((folder) => this.props.bucket.arnForObjects(`${folder}*`));
  }

  private allow(actions: string[], resources: string[], conditions: Record<string, unknown> = {}): void {
    this.role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources, conditions }));
  }
}
