import { CustomResource, Duration, Lazy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type BackupOptInProperties, OptInMode, type OptInResourceType } from '../../engine/contract/backup-opt-in';
import { HoldfastFunction } from '../functions/holdfast-function';

/** Properties of {@link BackupOptIn}. */
export interface BackupOptInProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** What to do where the account has not opted in. @default OptInMode.CHECK */
  readonly mode?: OptInMode;
}

/** The function may wait for AWS Backup a minute, and 20 seconds for its answer to get through. */
const FUNCTION_TIMEOUT = Duration.minutes(2);

/** Lambda repeats a run that broke off, so CloudFormation waits for two of them. Its default is an hour. */
const SERVICE_TIMEOUT = Duration.minutes(5);

/**
 * Sees to it that the account has opted in to AWS Backup for the services that are needed, in the Region of the stack. CloudFormation
 * has no type for it, and without it a plan takes no backups and reports no failure. When it goes, the opt-in stays.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/service-opt-in.html
 */
export class BackupOptIn extends Construct {
  /** What must wait for the opt-in waits for this. */
  public readonly resource: CustomResource;
  private readonly resourceTypes = new Set<OptInResourceType>();

  constructor(scope: Construct, id: string, { prefix, mode = OptInMode.CHECK }: BackupOptInProps) {
    super(scope, id);
    const optIn = new HoldfastFunction(this, 'Function', {
      bundle: 'opt-in-backup',
      functionName: `${prefix}-opt-in-backup`,
      description: 'Checks that the account has opted in to AWS Backup for what is backed up',
      timeout: FUNCTION_TIMEOUT,
      memorySizeMiB: 256,
    });
    optIn.allow(
      ['backup:DescribeRegionSettings', ...(mode === OptInMode.SET ? ['backup:UpdateRegionSettings'] : [])],
      ['*'],
    );
    const resourceTypes = Lazy.list({ produce: () => [...this.resourceTypes].sort() });
    const properties: Record<keyof BackupOptInProperties, unknown> = { mode, resourceTypes };
    this.resource = new CustomResource(this, 'OptIn', {
      resourceType: 'Custom::HoldfastBackupOptIn',
      serviceToken: optIn.function.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties,
    });
    this.resource.node.addDependency(optIn.role);
  }

  /** Adds a service to what the account must have opted in for. */
  public need(resourceType: OptInResourceType): void {
    this.resourceTypes.add(resourceType);
  }
}
