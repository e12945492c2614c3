import { Duration, type aws_kms as kms, Stack, type aws_s3 as s3, aws_scheduler as scheduler } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { EXPORT_INTERVAL_MINUTES, type ExportRedisEvent } from '../../engine/contract/redis';
import type { Retention } from '../../engine/contract/retention';
import { FunctionSchedule } from '../functions/function-schedule';
import { HoldfastFunction } from '../functions/holdfast-function';
import { throughService } from '../key-conditions';
import { readBackupsStatements, writeBackupsStatements } from '../tenants/backup-access';
import type { ProtectedCache } from './protected-cache';

/** Properties of an {@link ExportFunction}. */
export interface ExportFunctionProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** Name of the protected cache. */
  readonly resource: string;
  readonly cache: ProtectedCache;
  /** Where ElastiCache exports to. */
  readonly stagingBucket: s3.IBucket;
  /** Where exports are kept. */
  readonly bucket: s3.IBucket;
  /** Key of the bucket. */
  readonly key: kms.IKey;
  readonly retention: Retention;
  readonly event: () => ExportRedisEvent;
}

/**
 * Exports the newest snapshot of a cache once a day, reads it to its end, and keeps it. It is called more often, so that a run that
 * was cut goes on soon. Runs outside of the VPC: it talks to ElastiCache and S3 alone, not to the cache.
 */
export class ExportFunction extends Construct {
  constructor(scope: Construct, id: string, props: ExportFunctionProps) {
    super(scope, id);
    const { prefix, resource, event } = props;
    const every = Duration.minutes(EXPORT_INTERVAL_MINUTES);
    const name = `${prefix}-${resource}-export-redis`;
    const exporter = new HoldfastFunction(this, 'Exporter', {
      bundle: 'export-redis',
      functionName: name,
      description: `Keeps the newest snapshot of the cache ${resource}`,
      timeout: Duration.minutes(15),
      memorySizeMiB: 1024,
    });
    new FunctionSchedule(this, 'Schedule', {
      name,
      description: `Keeps a snapshot of the cache ${resource}`,
      function: exporter.function,
      schedule: scheduler.ScheduleExpression.rate(every),
      event,
      retryAttempts: 2,
      maxEventAge: every,
    });
    allowExports(exporter, props);
    allowStaging(exporter, props.stagingBucket);
    allowKeeping(exporter, props);
    exporter.allowMetrics();
  }
}

/** Snapshots bear names that do not always tell their cache: those that people take, and copies under names of their own. */
function allowExports(exporter: HoldfastFunction, { cache }: ExportFunctionProps): void {
  const arns = cache.arns(exporter);
  exporter.allow([...cache.readActions], [...arns.cache, `${arns.snapshots}*`]);
  exporter.allow(
    [cache.kind === 'serverless' ? 'elasticache:ExportServerlessCacheSnapshot' : 'elasticache:CopySnapshot'],
    [`${arns.snapshots}*`],
  );
  for (const statement of cache.keyStatements(exporter)) {
    exporter.role.addToPrincipalPolicy(statement);
  }
}

/**
 * ElastiCache checks that whoever exports may itself see, write and remove in the bucket, and looks for the bucket among all of the
 * account's.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html
 */
function allowStaging(exporter: HoldfastFunction, stagingBucket: s3.IBucket): void {
  exporter.allow(['s3:ListAllMyBuckets'], ['*']);
  exporter.allow(['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:ListBucket'], [stagingBucket.bucketArn]);
  exporter.allow(
    ['s3:DeleteObject', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
    [stagingBucket.arnForObjects('*')],
  );
}

/** It may add to the bucket and nothing else, as the tasks that dump tenants do. */
function allowKeeping(exporter: HoldfastFunction, props: ExportFunctionProps): void {
  for (const statement of [...readBackupsStatements(props), ...writeBackupsStatements(props, props.retention)]) {
    exporter.role.addToPrincipalPolicy(statement);
  }
  exporter.allow(
    ['kms:Decrypt', 'kms:GenerateDataKey'],
    [props.key.keyArn],
    throughService('s3', Stack.of(exporter).region),
  );
}
