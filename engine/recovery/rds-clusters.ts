import {
  type DBCluster,
  DeleteDBClusterCommand,
  DescribeDBClusterAutomatedBackupsCommand,
  DescribeDBClusterParameterGroupsCommand,
  DescribeDBClustersCommand,
  ModifyDBClusterCommand,
  type RDSClient,
  RebootDBInstanceCommand,
  RestoreDBClusterToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import type { AutomatedBackup, DatabaseChanges, Databases, FoundDatabase, PointInTimeOrder } from './databases';
import { masterSecret, newestBackup, securityGroupIds } from './rds-answers';
import { asked, found } from './restore-error';

/** The clusters of RDS: Aurora, and Multi-AZ clusters, whose instances RDS makes by itself. */
export class RdsClusters implements Databases {
  public readonly kind = 'cluster';

  public constructor(private readonly rds: RDSClient) {}

  public async find(identifier: string): Promise<FoundDatabase | undefined> {
    const answer = await found(`describe the cluster ${identifier}`, () =>
      this.rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier })),
    );
    const [cluster] = answer?.DBClusters ?? [];
    return cluster && foundCluster(cluster);
  }

  /** A cluster that is there tells itself what can be restored; RDS lists the backups of deleted ones. */
  public async automatedBackup(identifier: string): Promise<AutomatedBackup | undefined> {
    const clusters = await found(`describe the cluster ${identifier}`, () =>
      this.rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier })),
    );
    const [cluster] = clusters?.DBClusters ?? [];
    if (cluster !== undefined) {
      const window = { EarliestTime: cluster.EarliestRestorableTime, LatestTime: cluster.LatestRestorableTime };
      return newestBackup([{ resourceId: cluster.DbClusterResourceId, keyArn: cluster.KmsKeyId, window }]);
    }
    const answer = await found(`describe the automated backups of the cluster ${identifier}`, () =>
      this.rds.send(new DescribeDBClusterAutomatedBackupsCommand({ DBClusterIdentifier: identifier })),
    );
    return newestBackup(
      (answer?.DBClusterAutomatedBackups ?? []).map((backup) => ({
        resourceId: backup.DbClusterResourceId,
        keyArn: backup.KmsKeyId,
        window: backup.RestoreWindow,
      })),
    );
  }

  public async hasParameterGroup(name: string): Promise<boolean> {
    const answer = await found(`describe the cluster parameter group ${name}`, () =>
      this.rds.send(new DescribeDBClusterParameterGroupsCommand({ DBClusterParameterGroupName: name })),
    );
    return answer !== undefined;
  }

  /**
   * Makes the cluster and, unless it is a Multi-AZ cluster, none of its instances.
   * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterToPointInTime.html
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
      SourceDbClusterResourceId: resourceId,
      DBClusterIdentifier: newIdentifier,
      RestoreType: 'full-copy',
      ...(at === undefined ? { UseLatestRestorableTime: true } : { RestoreToTime: new Date(at) }),
      DBSubnetGroupName: shape.subnetGroup,
      VpcSecurityGroupIds: [...shape.securityGroupIds],
      DBClusterParameterGroupName: shape.parameterGroup,
      DBClusterInstanceClass: shape.instanceClass,
      StorageType: shape.storageType,
      Port: shape.port,
      ServerlessV2ScalingConfiguration: shape.capacity && scaling(shape.capacity),
      EnableIAMDatabaseAuthentication: shape.hasIamSignIn,
      EnableCloudwatchLogsExports: [...shape.logExports],
      CopyTagsToSnapshot: true,
      Tags: [...tags],
    };
    await asked(`restore the cluster ${identifier} as ${newIdentifier}`, () =>
      this.rds.send(new RestoreDBClusterToPointInTimeCommand(request)),
    );
  }

  public async modify(identifier: string, changes: DatabaseChanges): Promise<void> {
    const { parameterGroup, capacity, masterPassword, isDeletionProtected } = changes;
    const request = {
      DBClusterIdentifier: identifier,
      ApplyImmediately: true,
      ...(changes.securityGroupIds && { VpcSecurityGroupIds: [...changes.securityGroupIds] }),
      ...(parameterGroup !== undefined && { DBClusterParameterGroupName: parameterGroup }),
      ...(capacity && { ServerlessV2ScalingConfiguration: scaling(capacity) }),
      ...(masterPassword && { ManageMasterUserPassword: true, MasterUserSecretKmsKeyId: masterPassword.keyArn }),
      ...(isDeletionProtected !== undefined && { DeletionProtection: isDeletionProtected }),
    };
    await asked(`modify the cluster ${identifier}`, () => this.rds.send(new ModifyDBClusterCommand(request)));
  }

  /** Parameters of a cluster take effect when its writer starts again. */
  public async reboot(identifier: string): Promise<void> {
    const [writer] = (await this.find(identifier))?.members ?? [];
    if (writer !== undefined) {
      await asked(`reboot the instance ${writer}`, () =>
        this.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: writer })),
      );
    }
  }

  public async delete(identifier: string): Promise<void> {
    const request = { DBClusterIdentifier: identifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: true };
    await found(`delete the cluster ${identifier}`, () => this.rds.send(new DeleteDBClusterCommand(request)));
  }
}

function scaling({ least, most }: { readonly least: number; readonly most: number }) {
  return { MinCapacity: least, MaxCapacity: most };
}

function foundCluster(cluster: DBCluster): FoundDatabase {
  const { ServerlessV2ScalingConfiguration: scale, DBClusterMembers: members = [] } = cluster;
  return {
    arn: cluster.DBClusterArn ?? '',
    status: cluster.Status ?? 'unknown',
    engine: cluster.Engine ?? '',
    keyArn: cluster.KmsKeyId,
    endpoint: cluster.Endpoint && cluster.Port ? { address: cluster.Endpoint, port: cluster.Port } : undefined,
    masterSecret: masterSecret(cluster.MasterUserSecret),
    isApplyingParameters: members.some((member) => member.DBClusterParameterGroupStatus === 'applying'),
    needsReboot: members.some((member) => member.DBClusterParameterGroupStatus === 'pending-reboot'),
    isDeletionProtected: cluster.DeletionProtection === true,
    members: [...members]
      .sort((a, b) => Number(b.IsClusterWriter) - Number(a.IsClusterWriter))
      .flatMap(({ DBInstanceIdentifier: id }) => id ?? []),
    tags: cluster.TagList ?? [],
    subnetGroup: cluster.DBSubnetGroup,
    securityGroupIds: securityGroupIds(cluster.VpcSecurityGroups),
    parameterGroup: cluster.DBClusterParameterGroup,
    instanceClass: cluster.DBClusterInstanceClass,
    multiAz: undefined,
    capacity:
      scale?.MinCapacity !== undefined && scale.MaxCapacity !== undefined
        ? { least: scale.MinCapacity, most: scale.MaxCapacity }
        : undefined,
    port: cluster.Port,
    hasIamSignIn: cluster.IAMDatabaseAuthenticationEnabled === true,
    logExports: cluster.EnabledCloudwatchLogsExports ?? [],
    storageType: cluster.StorageType,
  };
}
