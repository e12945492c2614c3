import {
  Duration,
  type aws_kms as kms,
  Lazy,
  Stack,
  type aws_s3 as s3,
  type aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  RESTORED_MARK,
  type RedisRestoreSettings,
  type RestorableStore,
  RestoreTag,
  restoreRedisName,
  SEEDS_PREFIX,
} from '../../engine/contract/restore-managed';
import { System } from '../../engine/contract/signals';
import type { HoldfastFunction } from '../functions/holdfast-function';
import { throughService } from '../key-conditions';
import type { Paging } from '../paging/paging';
import type { CacheSignIn } from '../redis/cache-sign-in';
import { readBackupsStatements } from '../tenants/backup-access';
import { RESTORE_TIMEOUT, RestoreStateMachine } from './restore-state-machine';

/** Properties of a {@link RedisRestore}. */
export interface RedisRestoreProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  readonly paging: Paging;
}

/** A protected cache whose exported backups can be restored. */
export interface RestorableCache {
  /** Name of the protected cache. */
  readonly resource: string;
  /** Where its backups are kept. */
  readonly bucket: s3.IBucket;
  /** Key of that bucket. */
  readonly key: kms.IKey;
  /** Where ElastiCache reads from. */
  readonly stagingBucket: s3.IBucket;
  /** How the probe signs in; with the auth token of the group, copies get the same one. */
  readonly signIn: CacheSignIn;
}

/**
 * Restores caches beside what is there: from a snapshot of ElastiCache, or from the files of a protected bucket. Started with a
 * `RestoreRedisRequest`.
 */
export class RedisRestore extends Construct {
  /** What is started. */
  public readonly stateMachine: sfn.StateMachine;
  private readonly steps: HoldfastFunction;
  private readonly stores: Record<string, RestorableStore> = {};

  constructor(scope: Construct, id: string, { prefix, paging }: RedisRestoreProps) {
    super(scope, id);
    const settings = Lazy.any({ produce: () => this.settings });
    const machine = new RestoreStateMachine(this, 'Restore', {
      name: restoreRedisName(prefix),
      bundle: 'restore-redis',
      what: 'a cache',
      system: System.REDIS,
      stepTimeout: Duration.minutes(15),
      memorySizeMiB: 1024,
      settings,
      paging,
    });
    this.stateMachine = machine.stateMachine;
    this.steps = machine.function;
    this.allowGroups();
    this.allowKeys();
  }

  /** Adds a protected cache, whose exported backups can be restored from then on. */
  public add({ resource, bucket, key, stagingBucket, signIn }: RestorableCache): void {
    const { login } = signIn;
    this.stores[resource] = {
      bucket: bucket.bucketName,
      stagingBucketArn: stagingBucket.bucketArn,
      ...(login.kind === 'secret' && { authSecretArn: login.secretArn }),
    };
    for (const statement of [...readBackupsStatements({ bucket, resource }), ...signIn.statements(this)]) {
      this.steps.role.addToPrincipalPolicy(statement);
    }
    this.steps.allow(['kms:Decrypt'], [key.keyArn], throughService('s3', Stack.of(this).region));
    this.steps.allow(['s3:ListBucket'], [stagingBucket.bucketArn]);
    this.steps.allow(
      ['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
      [stagingBucket.arnForObjects(`${SEEDS_PREFIX}*`)],
    );
  }

  private get settings(): RedisRestoreSettings {
    return { timeoutSeconds: RESTORE_TIMEOUT.toSeconds(), stores: this.stores };
  }

  /**
   * It may look at every group and restore each, since any may be lost; what it may make and delete bears a name that only something
   * restored has.
   * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticache.html
   */
  private allowGroups(): void {
    const made = this.arns([`replicationgroup:*${RESTORED_MARK}*`]);
    this.steps.allow(
      [
        'elasticache:DescribeCacheClusters',
        'elasticache:DescribeCacheParameterGroups',
        'elasticache:DescribeCacheSubnetGroups',
        'elasticache:DescribeReplicationGroups',
        'elasticache:DescribeSnapshots',
      ],
      this.arns(['cluster:*', 'parametergroup:*', 'replicationgroup:*', 'snapshot:*', 'subnetgroup:*']),
    );
    this.steps.allow(['elasticache:CreateReplicationGroup', 'elasticache:DeleteReplicationGroup'], made);
    this.steps.allow(
      ['elasticache:CreateReplicationGroup'],
      this.arns(['parametergroup:*', 'securitygroup:*', 'snapshot:*', 'subnetgroup:*', 'usergroup:*']),
    );
    this.steps.allow(['elasticache:AddTagsToResource'], made, {
      'ForAllValues:StringEquals': { 'aws:TagKeys': Object.values(RestoreTag) },
    });
  }

  /**
   * ElastiCache uses the key of what it makes in the name of whoever asks for it, and calls itself `dax` too; which key that is is known when
   * something is restored.
   * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html#using-customer-managed-keys-for-elasticache-security
   */
  private allowKeys(): void {
    const { partition, region, account } = Stack.of(this);
    const keys = [`arn:${partition}:kms:${region}:${account}:key/*`];
    const throughElastiCache = {
      'kms:ViaService': ['elasticache', 'dax'].map((name) => `${name}.${region}.amazonaws.com`),
    };
    this.steps.allow(['kms:DescribeKey'], keys);
    this.steps.allow(['kms:CreateGrant'], keys, {
      StringEquals: throughElastiCache,
      Bool: { 'kms:GrantIsForAWSResource': 'true' },
    });
  }

  private arns(resources: readonly string[]): string[] {
    const { partition, region, account } = Stack.of(this);
    return resources.map((resource) => `arn:${partition}:elasticache:${region}:${account}:${resource}`);
  }
}
