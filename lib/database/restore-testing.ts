import { aws_backup as backup } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { OptInResourceType } from '../../engine/contract/backup-opt-in';
import type { PlanTime } from '../../engine/contract/backup-plan';
import type { Problem } from '../problem';
import { BackupServiceRole } from './backup-service-role';

/** Where restored databases run, in the Region of the vault. */
export interface RestoreNetwork {
  /** Name of a subnet group of RDS, of subnets that nothing else can reach. */
  readonly subnetGroup: string;
  /** Ids of security groups, best of one that lets nothing in. */
  readonly securityGroupIds: readonly string[];
}

/** How often restores are tested. */
export const RestoreFrequency = {
  /** On the second of each month. */
  MONTHLY: 'monthly',
  /** On the third of January, April, July and October. */
  QUARTERLY: 'quarterly',
} as const;
export type RestoreFrequency = (typeof RestoreFrequency)[keyof typeof RestoreFrequency];

/** Properties of {@link RestoreTesting}. */
export interface RestoreTestingProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  readonly frequency: RestoreFrequency;
  /** When the plan begins; restores begin some hours later. */
  readonly time: PlanTime;
  readonly vault: backup.IBackupVault;
  readonly network: RestoreNetwork;
}

/** Hours after the backups of the day at which restores begin. */
const HOURS_AFTER_PLAN = 4;

/** Hours within which a restore begins. */
const START_WINDOW_HOURS = 24;

/** Recovery points of so many days are chosen from. */
const SELECTION_WINDOW_DAYS = 30;

/** Hours for which a restored database stays, for checks of your own. */
const VALIDATION_HOURS = 1;

/** What AWS Backup calls instances and clusters. */
const RESOURCE_TYPES: readonly OptInResourceType[] = ['RDS', 'Aurora'];

/**
 * Restores a recovery point of every database that a vault has one of, again and again, and takes away what was made. Any recovery
 * point of the last 30 days may be chosen, since each must be restorable, not only the newest. A restore that fails is a failed job
 * of AWS Backup.
 */
export class RestoreTesting extends Construct {
  constructor(scope: Construct, id: string, { prefix, frequency, time, vault, network }: RestoreTestingProps) {
    super(scope, id);
    const planName = restoreTestingName(prefix, frequency);
    const plan = new backup.CfnRestoreTestingPlan(this, 'Plan', {
      restoreTestingPlanName: planName,
      scheduleExpression: `cron(${time.minute} ${(time.hour + HOURS_AFTER_PLAN) % 24} ${DAYS[frequency]} ? *)`,
      scheduleExpressionTimezone: time.timeZone,
      startWindowHours: START_WINDOW_HOURS,
      recoveryPointSelection: {
        algorithm: 'RANDOM_WITHIN_WINDOW',
        includeVaults: [vault.backupVaultArn],
        recoveryPointTypes: ['SNAPSHOT', 'CONTINUOUS'],
        selectionWindowDays: SELECTION_WINDOW_DAYS,
      },
    });
    const { roleArn } = BackupServiceRole.ofRestores(this, 'Role', prefix);
    for (const type of RESOURCE_TYPES) {
      const selection = new backup.CfnRestoreTestingSelection(this, type, {
        restoreTestingPlanName: planName,
        restoreTestingSelectionName: restoreTestingName(prefix, `${frequency}_${type}`),
        protectedResourceType: type,
        protectedResourceArns: ['*'],
        iamRoleArn: roleArn,
        restoreMetadataOverrides: restoreMetadata(network),
        validationWindowHours: VALIDATION_HOURS,
      });
      selection.addResourceDependency(plan);
    }
  }
}

/** Names take letters, digits and underscores alone, 50 at most. */
function restoreTestingName(prefix: string, what: string): string {
  return `${prefix.replaceAll('-', '_')}_restores_${what}`;
}

/** Days of month and months of the cron expression. */
const DAYS: Readonly<Record<RestoreFrequency, string>> = { monthly: '2 *', quarterly: '3 1,4,7,10' };

/**
 * What a restore is told besides what AWS Backup infers: without, it would land in the default VPC.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
 */
function restoreMetadata({ subnetGroup, securityGroupIds }: RestoreNetwork): Record<string, string> {
  return { dbSubnetGroupName: subnetGroup, vpcSecurityGroupIds: JSON.stringify(securityGroupIds) };
}

/** What is wrong with a network for restores. RDS takes five security groups. */
export function restoreNetworkProblems({ securityGroupIds }: RestoreNetwork, path: string): Problem[] {
  return securityGroupIds.length >= 1 && securityGroupIds.length <= 5
    ? []
    : [{ path: `${path}.securityGroupIds`, message: `must be a list of 1 to 5, got: ${securityGroupIds.length}` }];
}
