import {
  type DBInstance,
  DeleteDBInstanceCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  ModifyDBInstanceCommand,
  type RDSClient,
  RebootDBInstanceCommand,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import type { AutomatedBackup, DatabaseChanges, Databases, FoundDatabase, PointInTimeOrder } from './databases';
import { masterSecret, newestBackup, securityGroupIds } from './rds-answers';
import { asked, found } from './restore-error';

/** The instances of RDS. */
export class RdsInstances implements Databases {
  public readonly kind = 'instance';

  public constructor(private readonly rds: RDSClient) {}

  public async find(identifier: string): Promise<FoundDatabase | undefined> {
    const answer = await found(`describe the instance ${identifier}`, () =>
      this.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier })),
    );
    const [instance] = answer?.DBInstances ?? [];
    return instance && foundInstance(instance);
  }

  public async automatedBackup(identifier: string): Promise<AutomatedBackup | undefined> {
    const answer = await found(`describe the automated backups of the instance ${identifier}`, () =>
      this.rds.send(new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceIdentifier: identifier })),
    );
    return newestBackup(
      (answer?.DBInstanceAutomatedBackups ?? []).map((backup) => ({
        resourceId: backup.DbiResourceId,
        keyArn: backup.KmsKeyId,
        window: backup.RestoreWindow,
      })),
    );
  }

  public async hasParameterGroup(name: string): Promise<boolean> {
    const answer = await found(`describe the parameter group ${name}`, () =>
      this.rds.send(new DescribeDBParameterGroupsCommand({ DBParameterGroupName: name })),
    );
    return answer !== undefined;
  }

  /**
   * RDS takes what is not given from the source, except for security groups, subnet group and parameter group, in whose places it would
   * take its defaults. Size and kind of the storage are the source's.
   * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
   */
  public async restoreToPointInTime({
    identifier,
    newIdentifier,
    source,
    shape,
    tags,
  }: PointInTimeOrder): Promise<void> {
    const { resourceId, at } = source;
    const request = {
      SourceDbiResourceId: resourceId,
      TargetDBInstanceIdentifier: newIdentifier,
      ...(at === undefined ? { UseLatestRestorableTime: true } : { RestoreTime: new Date(at) }),
      DBInstanceClass: shape.instanceClass,
      DBSubnetGroupName: shape.subnetGroup,
      VpcSecurityGroupIds: [...shape.securityGroupIds],
      DBParameterGroupName: shape.parameterGroup,
      MultiAZ: shape.multiAz,
      Port: shape.port,
      PubliclyAccessible: false,
      EnableIAMDatabaseAuthentication: shape.hasIamSignIn,
      EnableCloudwatchLogsExports: [...shape.logExports],
      CopyTagsToSnapshot: true,
      Tags: [...tags],
    };
    await asked(`restore the instance ${identifier} as ${newIdentifier}`, () =>
      this.rds.send(new RestoreDBInstanceToPointInTimeCommand(request)),
    );
  }

  public async modify(identifier: string, changes: DatabaseChanges): Promise<void> {
    const { parameterGroup, multiAz, masterPassword, isDeletionProtected } = changes;
    const request = {
      DBInstanceIdentifier: identifier,
      ApplyImmediately: true,
      ...(changes.securityGroupIds && { VpcSecurityGroupIds: [...changes.securityGroupIds] }),
      ...(parameterGroup !== undefined && { DBParameterGroupName: parameterGroup }),
      ...(multiAz !== undefined && { MultiAZ: multiAz }),
      ...(masterPassword && { ManageMasterUserPassword: true, MasterUserSecretKmsKeyId: masterPassword.keyArn }),
      ...(isDeletionProtected !== undefined && { DeletionProtection: isDeletionProtected }),
    };
    await asked(`modify the instance ${identifier}`, () => this.rds.send(new ModifyDBInstanceCommand(request)));
  }

  public async reboot(identifier: string): Promise<void> {
    await asked(`reboot the instance ${identifier}`, () =>
      this.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: identifier })),
    );
  }

  public async delete(identifier: string): Promise<void> {
    const request = { DBInstanceIdentifier: identifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: true };
    await found(`delete the instance ${identifier}`, () => this.rds.send(new DeleteDBInstanceCommand(request)));
  }
}

function foundInstance(instance: DBInstance): FoundDatabase {
  const { Endpoint: endpoint, DBParameterGroups: [group] = [] } = instance;
  return {
    arn: instance.DBInstanceArn ?? '',
    status: instance.DBInstanceStatus ?? 'unknown',
    engine: instance.Engine ?? '',
    keyArn: instance.KmsKeyId,
    endpoint: endpoint?.Address && endpoint.Port ? { address: endpoint.Address, port: endpoint.Port } : undefined,
    masterSecret: masterSecret(instance.MasterUserSecret),
    isApplyingParameters: group?.ParameterApplyStatus === 'applying',
    needsReboot: group?.ParameterApplyStatus === 'pending-reboot',
    isDeletionProtected: instance.DeletionProtection === true,
    members: [],
    tags: instance.TagList ?? [],
    subnetGroup: instance.DBSubnetGroup?.DBSubnetGroupName,
    securityGroupIds: securityGroupIds(instance.VpcSecurityGroups),
    parameterGroup: group?.DBParameterGroupName,
    instanceClass: instance.DBInstanceClass,
    multiAz: instance.MultiAZ,
    capacity: undefined,
    port: endpoint?.Port,
    hasIamSignIn: instance.IAMDatabaseAuthenticationEnabled === true,
    logExports: instance.EnabledCloudwatchLogsExports ?? [],
    storageType: undefined,
  };
}
