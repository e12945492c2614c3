import {
  aws_backup as backup,
  DefaultStackSynthesizer,
  Duration,
  Fn,
  aws_iam as iam,
  type aws_kms as kms,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { lockRange } from '../../engine/contract/backup-plan';
import type { Retention } from '../../engine/contract/retention';
import { LockMode } from '../files/lock-mode';

/**
 * Days for which a lock in compliance mode can still be taken off or changed after it is first deployed; AWS Backup wants 3 or more.
 * Afterwards nobody can, AWS included: the vault, its range of days and all recovery points in it stay until these expire.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
 */
const COMPLIANCE_GRACE_DAYS = 7;

/** Properties of {@link ProtectedVault}. */
export interface ProtectedVaultProps {
  readonly vaultName: string;
  /** Key that encrypts the vault; copies of RDS and Aurora are encrypted with it. */
  readonly encryptionKey: kms.IKey;
  /** How long recovery points are kept: what the lock lets in. */
  readonly retention: Retention;
  /** How firm the lock is. @default LockMode.GOVERNANCE */
  readonly lockMode?: LockMode;
  /** Other account that may copy recovery points into the vault. @default - this account alone */
  readonly copiesFrom?: string;
}

/**
 * A vault of AWS Backup whose recovery points nobody deletes before they expire: locked to the range of days that is kept, with an
 * access policy that refuses deletion to everyone, and kept when its stack goes. AWS Backup expires recovery points as before: it does
 * so under its own role, not through the vault's API.
 */
export class ProtectedVault extends Construct {
  public readonly vault: backup.BackupVault;

  constructor(scope: Construct, id: string, props: ProtectedVaultProps) {
    super(scope, id);
    const { leastDays, mostDays } = lockRange(props.retention);
    const isCompliance = props.lockMode === LockMode.COMPLIANCE;
    this.vault = new backup.BackupVault(this, 'Vault', {
      backupVaultName: props.vaultName,
      encryptionKey: props.encryptionKey,
      lockConfiguration: {
        minRetention: Duration.days(leastDays),
        maxRetention: Duration.days(mostDays),
        changeableFor: isCompliance ? Duration.days(COMPLIANCE_GRACE_DAYS) : undefined,
      },
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.refuseDeletion();
    this.refuseChanges();
    if (props.copiesFrom !== undefined) {
      this.admitCopies(props.copiesFrom);
    }
  }

  /** A policy that names whoever is refused would let in everybody who is forgotten, so it names everybody. */
  private refuseDeletion(): void {
    this.refuse('RefuseDeletion', [
      'backup:DeleteRecoveryPoint',
      'backup:DisassociateRecoveryPoint',
      'backup:DisassociateRecoveryPointFromParent',
      'backup:UpdateRecoveryPointLifecycle',
    ]);
  }

  /**
   * Lets CloudFormation alone change lock and policy: under the role that it deploys with, or in the name of whoever deploys. Otherwise
   * the first deployment would be the last one: not even the account's root user could change the policy.
   */
  private refuseChanges(): void {
    this.refuse(
      'RefuseChanges',
      [
        'backup:DeleteBackupVault',
        'backup:DeleteBackupVaultAccessPolicy',
        'backup:DeleteBackupVaultLockConfiguration',
        'backup:PutBackupVaultAccessPolicy',
        'backup:PutBackupVaultLockConfiguration',
      ],
      {
        ArnNotLike: { 'aws:PrincipalArn': this.deploymentRoleArns },
        'ForAllValues:StringNotEquals': { 'aws:CalledVia': ['cloudformation.amazonaws.com'] },
      },
    );
  }

  /** Roles of CloudFormation: those of any `cdk bootstrap`, since its qualifier can change, and the stack's own where that is another. */
  private get deploymentRoleArns(): string[] {
    const { partition, account, synthesizer } = Stack.of(this);
    const bootstrapped = `arn:${partition}:iam::${account}:role/cdk-*-cfn-exec-role-*`;
    const own = synthesizer instanceof DefaultStackSynthesizer ? synthesizer.cloudFormationExecutionRoleArn : undefined;
    return own === undefined || /:role\/cdk-[^/]*-cfn-exec-role-/.test(own)
      ? [bootstrapped]
      : [bootstrapped, Fn.sub(own)];
  }

  private refuse(sid: string, actions: string[], conditions: Record<string, unknown> = {}): void {
    this.vault.addToAccessPolicy(
      new iam.PolicyStatement({
        sid,
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions,
        resources: ['*'],
        conditions,
      }),
    );
  }

  /** https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html */
  private admitCopies(account: string): void {
    this.vault.addToAccessPolicy(
      new iam.PolicyStatement({
        sid: 'AdmitCopies',
        principals: [new iam.AccountPrincipal(account)],
        actions: ['backup:CopyIntoBackupVault'],
        resources: ['*'],
      }),
    );
  }
}
