import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { refuse } from '../problem';
import { prefixProblems, replicaBucketName } from './names';

/** What both Regions must know of the recovery Region to name the same things. */
export interface RecoveryRegionProps {
  /** AWS Region that holds the replicas, such as `eu-central-1`. */
  readonly region: string;
  /** First part of every name of the deployment, unique in the account: 2 to 12 lower-case letters, digits and hyphens. */
  readonly prefix: string;
  /** Account that holds the replicas. @default - the account of the primary Region */
  readonly account?: string;
  /**
   * ARN of the replica key, which the recovery stack prints. Needed when the recovery Region lies in another account,
   * because an alias does not resolve there.
   * @default - the key is found by its alias
   */
  readonly replicaKeyArn?: string;
}

/**
 * The recovery Region by its deterministic names. The primary stack refers to replicas and their key through this value
 * alone: no CloudFormation reference ties the Regions, so either can be deployed while the other is gone.
 */
export class RecoveryRegion {
  /** The recovery Region with the given names. Throws when they cannot be parts of names in AWS. */
  public static named(props: RecoveryRegionProps): RecoveryRegion {
    refuse('RecoveryRegion', prefixProblems(props.prefix));
    return new RecoveryRegion(props);
  }

  public readonly region: string;
  public readonly prefix: string;
  private readonly account: string | undefined;
  private readonly replicaKeyArn: string | undefined;

  private constructor(props: RecoveryRegionProps) {
    this.region = props.region;
    this.prefix = props.prefix;
    this.account = props.account;
    this.replicaKeyArn = props.replicaKeyArn;
  }

  /** Alias of the key that encrypts all replicas. */
  public get replicaKeyAlias(): string {
    return `alias/${this.prefix}-replica`;
  }

  /** Account of the replicas, as seen from a construct of the deployment. */
  public accountOf(scope: Construct): string {
    return this.account ?? Stack.of(scope).account;
  }

  /** Whether the replicas lie in another account than the given one. */
  public isOtherAccountThan(account: string): boolean {
    return this.account !== undefined && this.account !== account;
  }

  /** Name of the replica of a protected resource. */
  public replicaBucketName(scope: Construct, resource: string): string {
    return replicaBucketName(this.prefix, resource, this.accountOf(scope), this.region);
  }

  /** ARN of the replica key, or of its alias: what S3 takes as `ReplicaKmsKeyID`. */
  public replicaKeyOrAliasArn(scope: Construct): string {
    return this.replicaKeyArn ?? `${this.keyArnPrefix(scope)}:${this.replicaKeyAlias}`;
  }

  /**
   * The replica key as IAM policies name it. IAM does not resolve aliases in `Resource`, so without the key's ARN the
   * statement names the keys of that account and Region and the condition `kms:ResourceAliases` leaves one of them.
   * https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
   */
  public replicaKeyInPolicies(scope: Construct): {
    resource: string;
    condition: Record<string, Record<string, string>>;
  } {
    if (this.replicaKeyArn !== undefined) {
      return { resource: this.replicaKeyArn, condition: {} };
    }
    return {
      resource: `${this.keyArnPrefix(scope)}:key/*`,
      condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': this.replicaKeyAlias } },
    };
  }

  private keyArnPrefix(scope: Construct): string {
    return `arn:${Stack.of(scope).partition}:kms:${this.region}:${this.accountOf(scope)}`;
  }
}
