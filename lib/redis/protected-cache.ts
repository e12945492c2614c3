import { type aws_elasticache as elasticache, aws_iam as iam, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CacheKind } from '../../engine/contract/redis';
import type { Problem } from '../problem';
import { CacheBackupSettings, type CacheBackupSettingsProps, type CfnCache } from './cache-backup-settings';
import type { CacheSignIn } from './cache-sign-in';

/** What must be known of a cache beside which one it is. */
export interface CacheAccess {
  /** How the probe signs in. */
  readonly signIn: CacheSignIn;
  /** ARN of the customer key that encrypts the cache at rest, and its snapshots with it. @default - no customer key */
  readonly keyArn?: string;
}

/** A Redis or Valkey cache on ElastiCache that is backed up. */
export class ProtectedCache {
  /**
   * A replication group that is already there. Its settings are not changed; the verification tells where they differ.
   *
   * @param id id of the group, such as `sessions`; stored by ElastiCache in lower case
   */
  public static replicationGroup(id: string, access: CacheAccess): ProtectedCache {
    return new ProtectedCache('replicationGroup', id, access);
  }

  /**
   * A serverless cache that is already there. Its settings are not changed; the verification tells where they differ.
   *
   * @param name name of the cache
   */
  public static serverless(name: string, access: CacheAccess): ProtectedCache {
    return new ProtectedCache('serverless', name, access);
  }

  /** A replication group of the same app. Its automatic snapshots are set, as {@link CacheBackupSettings} does. */
  public static ofReplicationGroup(group: elasticache.CfnReplicationGroup, access: CacheAccess): ProtectedCache {
    return new ProtectedCache('replicationGroup', group.ref, access, group);
  }

  /** A serverless cache of the same app. Its automatic snapshots are set, as {@link CacheBackupSettings} does. */
  public static ofServerlessCache(cache: elasticache.CfnServerlessCache, access: CacheAccess): ProtectedCache {
    return new ProtectedCache('serverless', cache.ref, access, cache);
  }

  private constructor(
    /** What ElastiCache calls this kind. */
    public readonly kind: CacheKind,
    /** Id of the replication group, or name of the serverless cache. */
    public readonly id: string,
    private readonly access: CacheAccess,
    private readonly ownCache?: CfnCache,
  ) {}

  /** How the probe signs in. */
  public get signIn(): CacheSignIn {
    return this.access.signIn;
  }

  /** Sets the automatic snapshots of a cache of the same app; does nothing with one that is already there. */
  public configure(settings: CacheBackupSettingsProps): void {
    this.ownCache?.with(new CacheBackupSettings(settings));
  }

  /** What is wrong with the name of a cache that is already there. */
  public get problems(): Problem[] {
    return cacheIdProblems(this.id, 'cache');
  }

  /** What IAM calls looking at such a cache and at its snapshots. */
  public get readActions(): readonly string[] {
    return this.kind === 'serverless'
      ? ['elasticache:DescribeServerlessCaches', 'elasticache:DescribeServerlessCacheSnapshots']
      : ['elasticache:DescribeReplicationGroups', 'elasticache:DescribeSnapshots'];
  }

  /**
   * What a role must be allowed to have snapshots of this cache taken and copied: ElastiCache makes itself a grant of the customer key
   * for each, as the role that asks for it.
   * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html
   */
  public keyStatements(scope: Construct): iam.PolicyStatement[] {
    const { keyArn } = this.access;
    if (keyArn === undefined) {
      return [];
    }
    const { region } = Stack.of(scope);
    const services = ['dax', 'elasticache'].map((service) => `${service}.${region}.amazonaws.com`);
    return [
      new iam.PolicyStatement({
        actions: ['kms:CreateGrant', 'kms:DescribeKey'],
        resources: [keyArn],
        conditions: { StringEquals: { 'kms:ViaService': services } },
      }),
    ];
  }

  /** What the actions on this cache and its snapshots must be allowed on. */
  public arns(scope: Construct): CacheArns {
    const { partition, region, account } = Stack.of(scope);
    const prefix = `arn:${partition}:elasticache:${region}:${account}`;
    return this.kind === 'serverless'
      ? { cache: [`${prefix}:serverlesscache:${this.id}`], snapshots: `${prefix}:serverlesscachesnapshot:` }
      : {
          cache: [`${prefix}:replicationgroup:${this.id}`, `${prefix}:cluster:${this.id}-*`],
          snapshots: `${prefix}:snapshot:`,
        };
  }
}

/** ARNs as IAM policies name them. */
export interface CacheArns {
  /** The cache, and where it has nodes of its own, these. */
  readonly cache: readonly string[];
  /** What the name of a snapshot is appended to. */
  readonly snapshots: string;
}

/**
 * What is wrong with the id of a replication group, or the name of a serverless cache.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
 */
export function cacheIdProblems(id: string, path: string): Problem[] {
  return Token.isUnresolved(id) || CACHE_ID.form.test(id)
    ? []
    : [{ path, message: `must be ${CACHE_ID.allowed}, got: "${id}"` }];
}

/** Form of the id of a replication group and of the name of a serverless cache. */
export const CACHE_ID = {
  form: /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  allowed:
    'the id of a replication group or the name of a serverless cache: 1 to 40 lower-case letters, digits and single hyphens, beginning with a letter',
} as const;
