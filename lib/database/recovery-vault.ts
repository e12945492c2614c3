import { aws_iam as iam, type aws_kms as kms, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { recoveryVaultName } from '../../engine/contract/backup-plan';
import type { Retention } from '../../engine/contract/retention';
import { EncryptionKey } from '../encryption-key';
import type { Paging } from '../paging/paging';
import { roleNames } from '../platform/names';
import { refuse } from '../problem';
import { BackupEvents } from './backup-events';
import { planTime, type RecoveryVaultOptions, recoveryVaultProblems } from './database-backup-options';
import { ProtectedVault } from './protected-vault';
import { RestoreFrequency, RestoreTesting } from './restore-testing';

/** Properties of {@link RecoveryVault}. */
export interface RecoveryVaultProps extends RecoveryVaultOptions {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** Account whose recovery points are copied here. */
  readonly primaryAccount: string;
  /** How long copies are kept: the same as in the primary Region. */
  readonly retention: Retention;
  readonly paging: Paging;
}

/**
 * Where copies of the recovery points of databases are kept, in the recovery Region: the locked vault with its key, the restores that are tested
 * from it each quarter, and what tells of jobs that fail here. Lets an other primary account copy into it, and its verification look.
 */
export class RecoveryVault extends Construct {
  /** Key of the vault; its alias is the vault's name. */
  public readonly encryptionKey: kms.Key;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RecoveryVaultProps,
  ) {
    super(scope, id);
    refuse(this.node.path, recoveryVaultProblems(props, 'databaseBackups'));
    const { prefix, primaryAccount, restoreTesting } = props;
    const isOtherAccount = primaryAccount !== Stack.of(this).account;
    this.encryptionKey = new EncryptionKey(this, 'Key', {
      alias: recoveryVaultName(prefix),
      description: `Encrypts the recovery vault of ${prefix}`,
    });
    const { vault } = new ProtectedVault(this, 'Protected', {
      vaultName: recoveryVaultName(prefix),
      encryptionKey: this.encryptionKey,
      retention: props.retention,
      lockMode: props.lockMode,
      copiesFrom: isOtherAccount ? primaryAccount : undefined,
    });
    if (isOtherAccount) {
      this.admitVerification(vault.backupVaultArn, this.encryptionKey.keyArn);
    }
    if (restoreTesting) {
      new RestoreTesting(this, 'RestoreTesting', {
        prefix,
        frequency: RestoreFrequency.QUARTERLY,
        time: planTime(props),
        vault,
        network: restoreTesting,
      });
    }
    new BackupEvents(this, 'Events', { prefix, paging: props.paging, vaultName: recoveryVaultName(prefix) });
  }

  /** Named in a condition, because IAM refuses a trust policy with a principal that does not exist yet. */
  private admitVerification(vaultArn: string, keyArn: string): void {
    const { prefix, primaryAccount } = this.props;
    const verifier = `arn:${Stack.of(this).partition}:iam::${primaryAccount}:role/${roleNames.verifyDatabase(prefix)}`;
    const role = new iam.Role(this, 'ReadRole', {
      roleName: roleNames.readRecoveryVault(prefix),
      description: `Lets the verification of databases look into the vault of ${prefix}`,
      assumedBy: new iam.AccountPrincipal(primaryAccount).withConditions({
        ArnEquals: { 'aws:PrincipalArn': verifier },
      }),
    });
    const allow = (actions: string[], resource: string): void => {
      role.addToPolicy(new iam.PolicyStatement({ actions, resources: [resource] }));
    };
    allow(['backup:DescribeBackupVault', 'backup:ListRecoveryPointsByBackupVault'], vaultArn);
    allow(['kms:DescribeKey', 'kms:GetKeyRotationStatus'], keyArn);
  }
}
