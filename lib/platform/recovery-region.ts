import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { recoveryVaultName } from '../../engine/contract/backup-plan';
import { replicaBucketName } from '../../engine/contract/bucket-names';
import { keyInPolicies } from '../key-conditions';
import { refuse } from '../problem';
import { prefixProblems } from './names';

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
    const { partition } = Stack.of(scope);
    const aliasArn = `arn:${partition}:kms:${this.region}:${this.accountOf(scope)}:${this.replicaKeyAlias}`;
    return this.replicaKeyArn ?? aliasArn;
  }

  /** The replica key as IAM policies name it: by its ARN where that is known, else by its alias. */
  public replicaKeyInPolicies(scope: Construct): ReturnType<typeof keyInPolicies> {
    return keyInPolicies(this.replicaKeyOrAliasArn(scope));
  }

  /** ARN of the vault that copies of recovery points go to. */
  public vaultArn(scope: Construct): string {
    const { partition } = Stack.of(scope);
    return `arn:${partition}:backup:${this.region}:${this.accountOf(scope)}:backup-vault:${recoveryVaultName(this.prefix)}`;
  }

  /** ARN of the alias of that vault's key, which is looked up from the account of the recovery Region alone. */
  public vaultKeyAliasArn(scope: Construct): string {
    const { partition } = Stack.of(scope);
    const alias = recoveryVaultName(this.prefix);
    return `arn:${partition}:kms:${this.region}:${this.accountOf(scope)}:alias/${alias}`;
  }
}
