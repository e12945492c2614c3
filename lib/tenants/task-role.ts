import { aws_iam as iam, type aws_kms as kms, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { RUNS_PREFIX, safetyPrefix } from '../../engine/contract/backup-layout';
import type { Retention } from '../../engine/contract/retention';
import { METRIC_NAMESPACE } from '../../engine/contract/signals';
import { throughService } from '../key-conditions';
import { lockedWritesStatement, objectsOf, readBackupsStatements, writeBackupsStatements } from './backup-access';
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
    this.add(readBackupsStatements(props));
    this.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [props.key.keyArn], throughService('s3', Stack.of(this).region));
    this.add(props.signIn.statements(this));
  }

  /**
   * Lets the task write backups of every tier that is kept, give up what dead runs left unfinished, talk to the tasks of its
   * run, and publish what came of it.
   */
  public dump(): void {
    const { bucket, retention } = this.props;
    this.add(writeBackupsStatements(this.props, retention));
    this.allow(['s3:GetObject', 's3:PutObject'], objectsOf(bucket, [RUNS_PREFIX]));
    this.allow(['cloudwatch:PutMetricData'], ['*'], {
      StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE },
    });
  }

  /** Lets the task keep what it is about to replace, and take it back from there. */
  public restore(): void {
    const { bucket, resource } = this.props;
    const folders = [safetyPrefix(resource)];
    this.add([lockedWritesStatement(bucket, folders)]);
    this.allow(['s3:GetObject', 's3:GetObjectVersion', 's3:AbortMultipartUpload'], objectsOf(bucket, folders));
  }

  private allow(actions: string[], resources: string[], conditions: Record<string, unknown> = {}): void {
    this.add([new iam.PolicyStatement({ actions, resources, conditions })]);
  }

  private add(statements: readonly iam.PolicyStatement[]): void {
    for (const statement of statements) {
      this.role.addToPrincipalPolicy(statement);
    }
  }
}
