import { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * A role that AWS Backup assumes, with the policies that AWS keeps for it: they change with what services ask for.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
 */
export class BackupServiceRole extends iam.Role {
  /** Role that takes, copies and expires recovery points of RDS, Aurora and S3. */
  public static ofBackups(scope: Construct, id: string, prefix: string): BackupServiceRole {
    return new BackupServiceRole(scope, id, `Takes recovery points for ${prefix}`, [
      'service-role/AWSBackupServiceRolePolicyForBackup',
      'AWSBackupServiceRolePolicyForS3Backup',
    ]);
  }

  /** Role that restores recovery points of RDS, Aurora and S3. */
  public static ofRestores(scope: Construct, id: string, prefix: string): BackupServiceRole {
    return new BackupServiceRole(scope, id, `Restores recovery points of ${prefix}`, [
      'service-role/AWSBackupServiceRolePolicyForRestores',
      'AWSBackupServiceRolePolicyForS3Restore',
    ]);
  }

  private constructor(scope: Construct, id: string, description: string, policies: readonly string[]) {
    super(scope, id, {
      description,
      assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'),
      managedPolicies: policies.map((name) => iam.ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
  }
}
