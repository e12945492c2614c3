import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { BackupPlatform, type BackupPlatformProps } from './backup-platform';

/** Properties of a {@link PrimaryStack}. */
export interface PrimaryStackProps extends StackProps, BackupPlatformProps {}

/**
 * The primary Region with everything that is protected in it. Refers to the recovery Region by names alone; see
 * {@link RecoveryRegion}.
 */
export class PrimaryStack extends Stack {
  public readonly backups: BackupPlatform;

  constructor(scope: Construct, id: string, props: PrimaryStackProps) {
    super(scope, id, { ...props, description: props.description ?? 'Holdfast: protection of the primary Region' });
    this.backups = new BackupPlatform(this, 'Backups', props);
  }
}
