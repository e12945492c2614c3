import type { DatabaseKind } from '../contract/verify-database';

/** The databases of one kind that RDS has in a Region, as far as a restore looks at them. */
export interface Databases {
  readonly kind: DatabaseKind;
  /** The database of an identifier; undefined when there is none. */
  find(identifier: string): Promise<FoundDatabase | undefined>;
  /**
   * The automated backups that RDS has of a database, also of one that is deleted: the newest, if there are several.
   *
   * @returns undefined when there are none that can be restored from.
   */
  automatedBackup(identifier: string): Promise<AutomatedBackup | undefined>;
  /** Whether there is such a parameter group. */
  hasParameterGroup(name: string): Promise<boolean>;
  /** Begins a restore to a point in time. */
  restoreToPointInTime(order: PointInTimeOrder): Promise<void>;
  modify(identifier: string, changes: DatabaseChanges): Promise<void>;
  /** Lets a change of parameters take effect. */
  reboot(identifier: string): Promise<void>;
  /** Begins the deletion, without a last snapshot and with its automated backups. */
  delete(identifier: string): Promise<void>;
}

/** A restore to a point in time. */
export interface PointInTimeOrder {
  /** What it is a copy of. */
  readonly identifier: string;
  /** What is made. */
  readonly newIdentifier: string;
  readonly source: AutomatedBackupSource;
  readonly shape: DatabaseShape;
  readonly tags: readonly Tag[];
}

/** A tag of RDS. */
export interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** A point in time to restore to. */
export interface AutomatedBackupSource {
  /** Resource id of the database, which stays the same when it is deleted. */
  readonly resourceId: string;
  /** ISO 8601; absent for the newest. */
  readonly at?: string | undefined;
}

/** Automated backups, and the moments that can be restored. */
export interface AutomatedBackup {
  readonly resourceId: string;
  readonly keyArn: string | undefined;
  readonly earliest: Date;
  readonly latest: Date;
}

/** An instance or a cluster. */
export interface FoundDatabase extends DatabaseShape {
  readonly arn: string;
  /** Of RDS, such as `available`. */
  readonly status: string;
  readonly engine: string;
  readonly keyArn: string | undefined;
  /** Until it listens, there is none. */
  readonly endpoint: { readonly address: string; readonly port: number } | undefined;
  readonly masterSecret: MasterSecret | undefined;
  /** Whether it is open yet whether parameters that were set take effect without a reboot. */
  readonly isApplyingParameters: boolean;
  /** Whether parameters are set that only a reboot lets take effect. */
  readonly needsReboot: boolean;
  readonly isDeletionProtected: boolean;
  /** Identifiers of the instances of a cluster, the writer first; none of an instance. */
  readonly members: readonly string[];
  readonly tags: readonly Tag[];
}

/** Where and how a database runs. */
export interface DatabaseShape {
  readonly subnetGroup: string | undefined;
  readonly securityGroupIds: readonly string[];
  readonly parameterGroup: string | undefined;
  /** Of an instance, or of the instances that RDS makes of a Multi-AZ cluster by itself; undefined of an Aurora cluster. */
  readonly instanceClass: string | undefined;
  /** Of an instance. */
  readonly multiAz: boolean | undefined;
  /** Of an Aurora cluster with instances of class `db.serverless`. */
  readonly capacity: ServerlessCapacity | undefined;
  readonly port: number | undefined;
  readonly hasIamSignIn: boolean;
  readonly logExports: readonly string[];
  /** Such as `aurora-iopt1`; of a cluster. */
  readonly storageType: string | undefined;
}

/** Smallest and largest capacity of Aurora Serverless v2, in Aurora capacity units. */
export interface ServerlessCapacity {
  readonly least: number;
  readonly most: number;
}

/** The secret in which RDS keeps a master password that it manages. */
export interface MasterSecret {
  readonly arn: string;
  readonly keyArn: string | undefined;
  readonly isActive: boolean;
}

/** What is to change, at once. */
export interface DatabaseChanges {
  readonly securityGroupIds?: readonly string[];
  readonly parameterGroup?: string;
  readonly multiAz?: boolean;
  readonly capacity?: ServerlessCapacity;
  /** Lets RDS make and manage a new master password. */
  readonly masterPassword?: { readonly keyArn: string | undefined };
  readonly isDeletionProtected?: boolean;
}
