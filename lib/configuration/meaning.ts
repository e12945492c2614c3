import type { z } from 'zod';
import {
  replicaBucketName,
  STAGING_SUFFIX,
  sourceBucketName,
  stagingBucketName,
} from '../../engine/contract/bucket-names';
import { retentionProblem } from '../../engine/contract/retention';
import { FileCategory } from '../files/file-category';
import { lifecycleProblems, replicaLifecycleProblems } from '../files/file-lifecycle';
import { resourceProblems } from '../platform/names';
import type { Problem } from '../problem';
import { objectivesProblems } from '../signals/objectives';
import { databaseProblems } from './database-meaning';
import { databaseSchema } from './database-schema';
import { managedDatabaseProblems, rdsProblems } from './rds-meaning';
import { rdsSchema } from './rds-schema';
import { redisProblems } from './redis-meaning';
import { redisSchema } from './redis-schema';
import { type BucketConfiguration, configurationSchema } from './schema';
import { maintenanceProblems } from './signals-schema';

/** Longest name S3 takes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const MAXIMUM_BUCKET_NAME_LENGTH = 63;

/**
 * What is wrong between fields that are each well-formed. Looks at every part on its own, so that a mistake in one place
 * hides none in another.
 */
export function meaningProblems(raw: unknown): Problem[] {
  const { shape } = configurationSchema;
  const prefix = part(shape.prefix, raw, 'prefix');
  const primary = part(shape.primary, raw, 'primary');
  const recovery = part(shape.recovery, raw, 'recovery');
  const buckets = entriesOf(bucketSchema, field(field(raw, 'files'), 'buckets'), 'files.buckets');
  const databases = entriesOf(databaseSchema, field(raw, 'databases'), 'databases');
  const managed = entriesOf(rdsSchema.shape.databases.element, field(field(raw, 'rds'), 'databases'), 'rds.databases');
  const caches = entriesOf(redisSchema, field(raw, 'redis'), 'redis');
  const protectedResources: readonly Entry<NamedResource>[] = [
    ...buckets,
    ...databases,
    ...caches.map(([path, { name }]) => [path, { name, hasStaging: true }] as const),
  ];
  const problems = regionProblems(raw);
  for (const [path, bucket] of buckets) {
    problems.push(...bucketProblems(bucket, path));
    if (primary) {
      problems.push(...existingKeyProblems(bucket, path, primary.region));
    }
    problems.push(...resourceProblems(bucket.name, `${path}.name`));
  }
  for (const [path, database] of databases) {
    problems.push(...databaseProblems(database, path, primary?.region));
  }
  for (const [path, database] of managed) {
    problems.push(...managedDatabaseProblems(database, path, { primary, recovery }));
  }
  for (const [path, cache] of caches) {
    problems.push(...redisProblems(cache, path, primary?.region));
  }
  if (prefix !== undefined && primary && recovery) {
    problems.push(
      ...protectedResources.flatMap(([path, resource]) => nameProblems(resource, path, prefix, primary, recovery)),
    );
  }
  return [
    ...problems,
    ...duplicateProblems([...protectedResources, ...managed], 'name', ({ name }) => name),
    ...stagingNameProblems(protectedResources),
    ...duplicateProblems(caches, 'replicationGroup', ({ replicationGroup }) => replicationGroup),
    ...duplicateProblems(caches, 'serverlessCache', ({ serverlessCache }) => serverlessCache),
    ...duplicateProblems(managed, 'instance', ({ instance }) => instance),
    ...duplicateProblems(managed, 'cluster', ({ cluster }) => cluster),
    ...rdsProblems(field(raw, 'rds')),
    ...duplicateProblems(buckets, 'existing.bucket', ({ existing }) => existing?.bucket),
    ...retentionProblems(raw),
    ...objectivesProblems(part(shape.objectives, raw, 'objectives') ?? {}),
    ...maintenanceProblems(part(shape.paging, raw, 'paging')?.maintenance ?? [], 'paging.maintenance'),
    ...routeProblems(raw),
    ...duplicateAddressProblems(raw),
  ];
}

/** A bucket, a database or a cache, by what the names of their buckets are made of. */
interface NamedResource extends Pick<BucketConfiguration, 'name' | 'existing'> {
  /** Whether ElastiCache exports into a bucket of its own. */
  readonly hasStaging?: boolean;
}

/** An entry of a list with its path. */
type Entry<T> = readonly [path: string, value: T];

const bucketSchema = configurationSchema.shape.files.shape.buckets.element;

function regionProblems(raw: unknown): Problem[] {
  const primary = configurationSchema.shape.primary.shape;
  const recovery = configurationSchema.shape.recovery.shape;
  const primaryRegion = part(primary.region, field(raw, 'primary'), 'region');
  const primaryAccount = part(primary.account, field(raw, 'primary'), 'account');
  const region = part(recovery.region, field(raw, 'recovery'), 'region');
  const account = part(recovery.account, field(raw, 'recovery'), 'account') ?? primaryAccount;
  const keyArn = part(recovery.replicaKeyArn, field(raw, 'recovery'), 'replicaKeyArn');
  const [, , , keyRegion, keyAccount] = keyArn?.split(':') ?? [];

  const problems: Problem[] = [];
  if (region !== undefined && region === primaryRegion) {
    problems.push({
      path: 'recovery.region',
      message: `must differ from primary.region, or one outage takes both, got: "${region}"`,
    });
  }
  if (keyRegion !== undefined && region !== undefined && keyRegion !== region) {
    problems.push({
      path: 'recovery.replicaKeyArn',
      message: `must be a key in recovery.region (${region}), got one in: ${keyRegion}`,
    });
  }
  if (keyAccount !== undefined && account !== undefined && keyAccount !== account) {
    problems.push({
      path: 'recovery.replicaKeyArn',
      message: `must be a key of the account of the replicas (${account}), got one of: ${keyAccount}`,
    });
  }
  return problems;
}

function bucketProblems(bucket: BucketConfiguration, path: string): Problem[] {
  const category = FileCategory.named(bucket.category);
  const { existing, lifecycle = {} } = bucket;
  const source = existing ? lifecycle : category.sourceLifecycle(lifecycle);
  const replica = category.replicaLifecycle(source, bucket.replicaLifecycle);
  const ofSource = lifecycleProblems(source, `${path}.lifecycle`);
  if (ofSource.length > 0) {
    return ofSource;
  }
  return [
    ...lifecycleProblems(replica, `${path}.replicaLifecycle`),
    ...replicaLifecycleProblems(source, replica, `${path}.replicaLifecycle`),
  ];
}

/** S3 takes keys of the bucket's own Region only. */
function existingKeyProblems({ existing }: BucketConfiguration, path: string, primaryRegion: string): Problem[] {
  const keyRegion = existing?.keyArn?.split(':')[3];
  if (keyRegion === undefined || keyRegion === primaryRegion) {
    return [];
  }
  return [
    {
      path: `${path}.existing.keyArn`,
      message: `must be a key in primary.region (${primaryRegion}), got one in: ${keyRegion}`,
    },
  ];
}

function nameProblems(
  resource: NamedResource,
  path: string,
  prefix: string,
  primary: z.output<typeof configurationSchema.shape.primary>,
  recovery: z.output<typeof configurationSchema.shape.recovery>,
): Problem[] {
  const { name, existing, hasStaging } = resource;
  const names = [
    ...(existing ? [] : [sourceBucketName(prefix, name, primary.account, primary.region)]),
    ...(hasStaging ? [stagingBucketName(prefix, name, primary.account, primary.region)] : []),
    replicaBucketName(prefix, name, recovery.account ?? primary.account, recovery.region),
  ];
  const longest = names.reduce((a, b) => (b.length > a.length ? b : a));
  const excess = longest.length - MAXIMUM_BUCKET_NAME_LENGTH;
  if (excess <= 0) {
    return [];
  }
  return [
    {
      path: `${path}.name`,
      message: `makes the bucket name "${longest}" of ${longest.length} characters, S3 allows ${MAXIMUM_BUCKET_NAME_LENGTH}, got: "${name}". HINT: shorten it or the prefix by ${excess}`,
    },
  ];
}

/** A resource that is called as the staging bucket of a cache would be. */
function stagingNameProblems(entries: readonly Entry<NamedResource>[]): Problem[] {
  return entries.flatMap(([path, { name }]) => {
    const cache = entries.find(([, other]) => other.hasStaging && name === `${other.name}${STAGING_SUFFIX}`);
    return cache
      ? [{ path: `${path}.name`, message: `must be another, ${cache[0]} has a bucket of that name, got: "${name}"` }]
      : [];
  });
}

/** Two entries that have the same value in a field, each with its path. */
function duplicateProblems<T>(
  entries: readonly Entry<T>[],
  fieldName: string,
  pick: (entry: T) => string | undefined,
): Problem[] {
  const problems: Problem[] = [];
  const firstAt = new Map<string, string>();
  for (const [path, entry] of entries) {
    const value = pick(entry);
    if (value === undefined) {
      continue;
    }
    const first = firstAt.get(value);
    if (first === undefined) {
      firstAt.set(value, path);
    } else {
      problems.push({
        path: `${path}.${fieldName}`,
        message: `must be unique, ${first} has it too, got: "${value}"`,
      });
    }
  }
  return problems;
}

function retentionProblems(raw: unknown): Problem[] {
  const counts = part(configurationSchema.shape.retention, raw, 'retention');
  const message = counts && retentionProblem(counts);
  return message === undefined ? [] : [{ path: 'retention', message }];
}

/** Alarms that nobody hears are silence, and silence is a failure. */
function routeProblems(raw: unknown): Problem[] {
  const paging = part(configurationSchema.shape.paging, raw, 'paging');
  if (!paging || paging.email.length > 0 || paging.slack || paging.pager !== undefined) {
    return [];
  }
  return [{ path: 'paging', message: 'tells nobody, so no alarm would be heard. HINT: give email, slack or pager' }];
}

function duplicateAddressProblems(raw: unknown): Problem[] {
  const addresses = part(configurationSchema.shape.paging.shape.email, field(raw, 'paging'), 'email') ?? [];
  return addresses.flatMap((address, index) => {
    const first = addresses.indexOf(address);
    return first === index
      ? []
      : [
          {
            path: `paging.email[${index}]`,
            message: `must be unique, paging.email[${first}] is the same, got: "${address}"`,
          },
        ];
  });
}

/** The well-formed entries of a list, with their paths. */
function entriesOf<S extends z.ZodType>(schema: S, list: unknown, path: string): Entry<z.output<S>>[] {
  if (!Array.isArray(list)) {
    return [];
  }
  return list.flatMap((each, index) => {
    const { data } = schema.safeParse(each);
    return data ? [[`${path}[${index}]`, data] as const] : [];
  });
}

function part<S extends z.ZodType>(schema: S, raw: unknown, name: string): z.output<S> | undefined {
  return schema.safeParse(field(raw, name)).data;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
