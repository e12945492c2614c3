import type { DatabaseRestorePlan } from './database-plan';

/**
 * What a restore job of AWS Backup is told: how the database was set up when it was backed up, with the new name and place. Left out is
 * what would name the old one, what RDS takes only for a new database, and the key, so that the recovery point's own is used.
 *
 * @param metadata of the recovery point, as AWS Backup gives it.
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html for the fields, which are not case
 *   sensitive.
 */
export function withOverrides(
  metadata: Readonly<Record<string, string>>,
  { kind, newIdentifier, shape }: DatabaseRestorePlan,
): Record<string, string> {
  const overrides = {
    [kind === 'cluster' ? 'DBClusterIdentifier' : 'DBInstanceIdentifier']: newIdentifier,
    [kind === 'cluster' ? 'DBClusterParameterGroupName' : 'DBParameterGroupName']: shape.parameterGroup,
    DBSubnetGroupName: shape.subnetGroup,
    VpcSecurityGroupIds: JSON.stringify(shape.securityGroupIds),
    [kind === 'cluster' ? 'DBClusterInstanceClass' : 'DBInstanceClass']: shape.instanceClass,
    MultiAZ: shape.multiAz?.toString(),
    DeletionProtection: 'false',
  };
  const given = Object.entries(overrides).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const replaced = new Set(given.map(([field]) => field.toLowerCase()));
  const kept = Object.entries(metadata).filter(
    ([field]) => !replaced.has(field.toLowerCase()) && !LEFT_OUT.test(field),
  );
  return Object.fromEntries([...kept, ...given]);
}

const LEFT_OUT =
  /^(DBSnapshotIdentifier|SnapshotIdentifier|AvailabilityZones?|DBName|DatabaseName|KmsKeyId|aws:.*|InformationalOnly:.*)$/i;
