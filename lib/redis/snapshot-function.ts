import { Duration, type aws_s3 as s3, aws_scheduler as scheduler } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  cacheStateKey,
  PROBE_INTERVAL_SECONDS,
  SNAPSHOT_NAMES,
  type SnapshotRedisEvent,
} from '../../engine/contract/redis';
import { FunctionSchedule } from '../functions/function-schedule';
import { HoldfastFunction } from '../functions/holdfast-function';
import type { Network } from '../network';
import type { ProtectedCache } from './protected-cache';

/** Time between two looks at a cache. */
const PROBE_EVERY = Duration.seconds(PROBE_INTERVAL_SECONDS);

/** Shorter than the time to the next look, so that no two looks happen at once. */
const PROBE_TIMEOUT = Duration.seconds(50);

/** Properties of a {@link SnapshotFunction}. */
export interface SnapshotFunctionProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** Name of the protected cache. */
  readonly resource: string;
  readonly cache: ProtectedCache;
  readonly network: Network;
  /** Where it remembers what it saw. */
  readonly stagingBucket: s3.IBucket;
  readonly event: () => SnapshotRedisEvent;
}

/**
 * Looks at one cache each minute from within its VPC, and takes a snapshot when a save point is due. A look that was missed or that
 * failed is not made up for: the next one sees the same. That two never act at once, the state in S3 sees to; a reserved
 * concurrency would take from what the account has for all its functions.
 */
export class SnapshotFunction extends Construct {
  constructor(scope: Construct, id: string, props: SnapshotFunctionProps) {
    super(scope, id);
    const { prefix, resource, network, event } = props;
    const name = `${prefix}-${resource}-snapshot-redis`;
    const probe = new HoldfastFunction(this, 'Probe', {
      bundle: 'snapshot-redis',
      functionName: name,
      description: `Looks at the cache ${resource} and takes a snapshot when one is due`,
      timeout: PROBE_TIMEOUT,
      memorySizeMiB: 256,
      network,
    });
    probe.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: PROBE_EVERY });
    new FunctionSchedule(this, 'Schedule', {
      name,
      description: `Looks at the cache ${resource}`,
      function: probe.function,
      schedule: scheduler.ScheduleExpression.rate(PROBE_EVERY),
      event,
      retryAttempts: 0,
      maxEventAge: PROBE_EVERY,
    });
    allowSnapshots(probe, props);
    allowState(probe, props);
    for (const statement of [...props.cache.signIn.statements(this), ...props.cache.keyStatements(this)]) {
      probe.role.addToPrincipalPolicy(statement);
    }
    probe.allowMetrics();
  }
}

/**
 * Snapshots of this cache, under the names that Holdfast gives. IAM judges the request to make one by the cache and by the
 * snapshot; a listing by all snapshots.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticache.html
 */
function allowSnapshots(probe: HoldfastFunction, { cache }: SnapshotFunctionProps): void {
  const arns = cache.arns(probe);
  const ownSnapshots = `${arns.snapshots}${SNAPSHOT_NAMES}`;
  const isServerless = cache.kind === 'serverless';
  probe.allow([...cache.readActions], [...arns.cache, `${arns.snapshots}*`]);
  probe.allow(
    [isServerless ? 'elasticache:CreateServerlessCacheSnapshot' : 'elasticache:CreateSnapshot'],
    [...arns.cache, ownSnapshots],
  );
  probe.allow(
    [
      isServerless ? 'elasticache:DeleteServerlessCacheSnapshot' : 'elasticache:DeleteSnapshot',
      'elasticache:AddTagsToResource',
      'elasticache:ListTagsForResource',
    ],
    [ownSnapshots],
  );
}

/** Without `s3:ListBucket`, S3 answers 403 and not 404 for a state that is not there yet. */
function allowState(probe: HoldfastFunction, { stagingBucket, resource }: SnapshotFunctionProps): void {
  probe.allow(['s3:ListBucket'], [stagingBucket.bucketArn]);
  probe.allow(['s3:GetObject', 's3:PutObject'], [stagingBucket.arnForObjects(cacheStateKey.probe(resource))]);
}
