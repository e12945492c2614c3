import type { z } from 'zod';
import { FileCategory } from '../files/file-category';
import { lifecycleProblems, replicaLifecycleProblems } from '../files/file-lifecycle';
import { replicaBucketName, resourceProblems, sourceBucketName } from '../platform/names';
import type { Problem } from '../problem';
import { type BucketConfiguration, configurationSchema } from './schema';

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
  const buckets = bucketsOf(raw);
  const problems = regionProblems(raw);
  for (const [index, bucket] of buckets) {
    const path = `files.buckets[${index}]`;
    problems.push(...bucketProblems(bucket, path));
    if (primary) {
      problems.push(...existingKeyProblems(bucket, path, primary.region));
    }
    problems.push(...resourceProblems(bucket.name, `${path}.name`));
    if (prefix !== undefined && primary && recovery) {
      problems.push(...nameProblems(bucket, path, prefix, primary, recovery));
    }
  }
  return [...problems, ...duplicateProblems(buckets), ...routeProblems(raw), ...duplicateAddressProblems(raw)];
}

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
  { name, existing }: BucketConfiguration,
  path: string,
  prefix: string,
  primary: z.output<typeof configurationSchema.shape.primary>,
  recovery: z.output<typeof configurationSchema.shape.recovery>,
): Problem[] {
  const names = [
    ...(existing ? [] : [sourceBucketName(prefix, name, primary.account, primary.region)]),
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

function duplicateProblems(buckets: readonly (readonly [number, BucketConfiguration])[]): Problem[] {
  const problems: Problem[] = [];
  const refuseTwice = (field: string, pick: (bucket: BucketConfiguration) => string | undefined) => {
    const firstAt = new Map<string, number>();
    for (const [index, bucket] of buckets) {
      const value = pick(bucket);
      if (value === undefined) {
        continue;
      }
      const first = firstAt.get(value);
      if (first === undefined) {
        firstAt.set(value, index);
      } else {
        problems.push({
          path: `files.buckets[${index}].${field}`,
          message: `must be unique, files.buckets[${first}] has it too, got: "${value}"`,
        });
      }
    }
  };
  refuseTwice('name', ({ name }) => name);
  refuseTwice('existing.bucket', ({ existing }) => existing?.bucket);
  return problems;
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

/** The well-formed buckets with their places in the list. */
function bucketsOf(raw: unknown): (readonly [number, BucketConfiguration])[] {
  const list = field(field(raw, 'files'), 'buckets');
  if (!Array.isArray(list)) {
    return [];
  }
  const schema = configurationSchema.shape.files.shape.buckets.element;
  return list.flatMap((each, index) => {
    const { data } = schema.safeParse(each);
    return data ? [[index, data] as const] : [];
  });
}

function part<S extends z.ZodType>(schema: S, raw: unknown, name: string): z.output<S> | undefined {
  return schema.safeParse(field(raw, name)).data;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
