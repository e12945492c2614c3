import { aws_elasticache as elasticache, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { SnapshotRedisEvent } from '../../../engine/contract/redis';
import { CacheSignIn, Paging, ProtectedCache, RedisBackups, type RedisBackupsProps } from '../../../lib';
import {
  KEY_ID,
  keyOf,
  primaryStack,
  type Resource,
  recoveryRegion,
  resources,
  type Statement,
  statements,
} from '../deployment';
import { flat } from '../tenants/policy-simulation';

/** Key of the exported snapshots in the tests. */
export const REDIS_KEY_ARN = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;

/** Where the probe of the tests runs. */
export const NETWORK = { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] };

/** What every ARN of ElastiCache begins with in the tests. */
export const ELASTICACHE = 'arn:aws:elasticache:eu-west-1:111122223333';

/** A replication group that is already there, open to whoever reaches it. */
export const SESSIONS = ProtectedCache.replicationGroup('sessions-v2', { signIn: CacheSignIn.open() });

/** The backups of {@link SESSIONS} in a stack of their own: with the least that must be said, and what is given. */
export function redisBackups(props: Partial<RedisBackupsProps> = {}, stack: Stack = primaryStack()): RedisBackups {
  return new RedisBackups(stack, 'Backups', {
    recovery: recoveryRegion(),
    resource: 'sessions',
    cache: SESSIONS,
    network: NETWORK,
    encryptionKey: keyOf(stack),
    paging: new Paging(stack, 'Paging', { prefix: 'acme', routes: {} }),
    ...props,
  });
}

/** Template of the stack of {@link redisBackups}. */
export function templateOf(props: Partial<RedisBackupsProps> = {}): Template {
  return Template.fromStack(Stack.of(redisBackups(props)));
}

/** A replication group of the same app, as it must be at least. */
export function replicationGroup(
  stack: Stack,
  props: Partial<elasticache.CfnReplicationGroupProps> = {},
): elasticache.CfnReplicationGroup {
  return new elasticache.CfnReplicationGroup(stack, 'Group', {
    replicationGroupDescription: 'Sessions',
    engine: 'valkey',
    transitEncryptionEnabled: true,
    atRestEncryptionEnabled: true,
    ...props,
  });
}

/** A serverless cache of the same app. */
export function serverlessCache(
  stack: Stack,
  props: Partial<elasticache.CfnServerlessCacheProps> = {},
): elasticache.CfnServerlessCache {
  return new elasticache.CfnServerlessCache(stack, 'Cache', {
    engine: 'valkey',
    serverlessCacheName: 'carts',
    ...props,
  });
}
/** A function by its name. */
export function functionOf(template: Template, name: string): Resource {
  return named(template, 'AWS::Lambda::Function', 'FunctionName', name);
}

/** A schedule by its name. */
export function scheduleOf(template: Template, name: string): Resource {
  return named(template, 'AWS::Scheduler::Schedule', 'Name', name);
}

/** A resource by its name. */
export function named(template: Template, type: string, property: string, name: string): Resource {
  const found = resources(template, type).find(([, { Properties }]) => Properties[property] === name);
  if (!found) {
    throw new Error(`the template has no ${type} called ${name}`);
  }
  return found[1];
}

/** What a schedule calls its function with; references as {@link flat} writes them. */
export function eventOf(template: Template, name: string): SnapshotRedisEvent {
  const { Input } = scheduleOf(template, name).Properties.Target as { readonly Input: unknown };
  return JSON.parse(flat(Input));
}

/** What the role of a function may do. */
export function policyOf(template: Template, functionName: string): readonly Statement[] {
  const role = resources(template, 'AWS::IAM::Role').find(([, { Properties }]) => Properties.RoleName === functionName);
  return resources(template, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => JSON.stringify(Properties.Roles).includes(`"${role?.[0]}"`))
    .flatMap(([, policy]) => statements(policy));
}

/** Logical id of the bucket whose id begins so. */
export function bucketId(template: Template, start: string): string {
  return resources(template, 'AWS::S3::Bucket').find(([id]) => id.startsWith(start))?.[0] ?? 'none';
}
