import { Token } from 'aws-cdk-lib';
import type { DatabaseKind } from '../../engine/contract/verify-database';
import type { Problem } from '../problem';

/**
 * Regions to which RDS replicates the automated backups of an instance, by the Region of the instance.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
 */
const DESTINATIONS: Readonly<Record<string, readonly string[]>> = {
  'ap-northeast-1': ['ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1', 'us-east-1', 'us-east-2', 'us-west-2'],
  'ap-northeast-2': ['ap-northeast-1', 'ap-southeast-1', 'us-east-1', 'us-east-2', 'us-west-2'],
  'ap-northeast-3': ['ap-northeast-1'],
  'ap-south-1': ['ap-southeast-1', 'us-east-1', 'us-east-2', 'us-west-2'],
  'ap-southeast-1': [
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-south-1',
    'ap-southeast-2',
    'us-east-1',
    'us-east-2',
    'us-west-2',
  ],
  'ap-southeast-2': ['ap-southeast-1', 'us-east-1', 'us-west-1', 'us-west-2'],
  'ca-central-1': ['eu-west-1', 'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
  'eu-central-1': ['eu-north-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'us-east-1', 'us-east-2', 'us-west-2'],
  'eu-north-1': ['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'us-east-1'],
  'eu-west-1': [
    'ca-central-1',
    'eu-central-1',
    'eu-north-1',
    'eu-west-2',
    'eu-west-3',
    'us-east-1',
    'us-east-2',
    'us-west-1',
    'us-west-2',
  ],
  'eu-west-2': ['eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-3', 'us-east-1'],
  'eu-west-3': ['eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2', 'us-east-1'],
  'sa-east-1': ['us-east-1', 'us-east-2'],
  'us-east-1': [
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-south-1',
    'ap-southeast-1',
    'ap-southeast-2',
    'ca-central-1',
    'eu-central-1',
    'eu-north-1',
    'eu-west-1',
    'eu-west-2',
    'eu-west-3',
    'sa-east-1',
    'us-east-2',
    'us-west-1',
    'us-west-2',
  ],
  'us-east-2': [
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-south-1',
    'ap-southeast-1',
    'ca-central-1',
    'eu-central-1',
    'eu-west-1',
    'sa-east-1',
    'us-east-1',
    'us-west-1',
    'us-west-2',
  ],
  'us-west-1': ['ap-southeast-2', 'ca-central-1', 'eu-west-1', 'us-east-1', 'us-east-2', 'us-west-2'],
  'us-west-2': [
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-south-1',
    'ap-southeast-1',
    'ap-southeast-2',
    'ca-central-1',
    'eu-central-1',
    'eu-west-1',
    'us-east-1',
    'us-east-2',
    'us-west-1',
  ],
};

/** An account and a Region. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/**
 * What is wrong with replicating the automated backups of a database: RDS does it for instances, within an account, and between some
 * Regions. What only the deployment knows is not looked at.
 */
export function crossRegionBackupProblems(kind: DatabaseKind, from: Place, to: Place, path: string): Problem[] {
  if (kind === 'cluster') {
    return [
      {
        path,
        message: `must not be true of a cluster: RDS replicates automated backups of instances alone. ${LEAVE_OUT}`,
      },
    ];
  }
  if (from.account !== to.account) {
    return [
      {
        path,
        message: `must not be true while the recovery Region lies in another account (${to.account}): RDS replicates automated backups within an account alone. ${LEAVE_OUT}`,
      },
    ];
  }
  const destinations = DESTINATIONS[from.region] ?? [];
  return destinations.includes(to.region) || Token.isUnresolved(from.region)
    ? []
    : [
        {
          path,
          message: `must not be true here: RDS replicates automated backups from ${from.region} to ${destinations.length === 0 ? 'no other Region' : destinations.join(', ')}, got: ${to.region}. ${LEAVE_OUT}`,
        },
      ];
}

const LEAVE_OUT = 'HINT: leave it out; snapshots are copied there anyway';
