import type { RDSClient } from '@aws-sdk/client-rds';
import type { DatabaseKind } from '../contract/verify-database';
import type { Databases } from './databases';
import type { KeyCheck } from './key-check';
import type { RecoveryPoints } from './recovery-points';

/** What the steps of a restore of a database ask. */
export interface DatabaseServices {
  readonly rds: RDSClient;
  readonly databases: Readonly<Record<DatabaseKind, Databases>>;
  /** AWS Backup in a Region. @default - the function's own */
  recoveryPoints(region?: string): RecoveryPoints;
  readonly keys: KeyCheck;
}
