import type { aws_ecs as ecs, aws_kms as kms, aws_logs as logs, aws_s3 as s3 } from 'aws-cdk-lib';
import type { Retention } from '../../engine/contract/retention';
import type { LockMode } from '../files/lock-mode';
import type { TaskNetwork } from './dump-state-machine';

/** The dumps of a database, as their verification must know them. */
export interface VerifiedDumps {
  /** Name of the protected database. */
  readonly resource: string;
  /** Where the dumps are. */
  readonly bucket: s3.IBucket;
  /** Key that encrypts the dumps. */
  readonly key: kms.IKey;
  readonly retention: Retention;
  readonly lockMode: LockMode;
  /** Where a task runs that reads large dumps, and as what. */
  readonly task: {
    readonly cluster: ecs.CfnCluster;
    readonly clusterName: string;
    readonly network: TaskNetwork;
    readonly image: ecs.ContainerImage;
    readonly logGroup: logs.ILogGroup;
  };
}
