import type { DatabaseBackupOptions, RecoveryVaultOptions } from '../database/database-backup-options';
import { ManagedDatabase } from '../database/managed-database';
import type { ManagedDatabaseConfiguration, RdsConfiguration } from './rds-schema';

/** How databases are backed up in the primary Region, as constructs take it. */
export function databaseBackups(rds: RdsConfiguration): DatabaseBackupOptions {
  const { databases, restoreTesting, ...options } = rds;
  return { ...options, restoreTesting: restoreTesting?.primary };
}

/** How their copies are kept in the recovery Region, as constructs take it. */
export function recoveryVault({ time, lockMode, restoreTesting }: RdsConfiguration): RecoveryVaultOptions {
  return { time, lockMode, restoreTesting: restoreTesting?.recovery };
}

/** A database of a valid configuration. */
export function managedDatabase(database: ManagedDatabaseConfiguration): ManagedDatabase {
  const { instance, cluster, keyArn, crossRegionBackups } = database;
  if (instance !== undefined) {
    return ManagedDatabase.instance(instance, { keyArn, crossRegionBackups });
  }
  if (cluster !== undefined) {
    return ManagedDatabase.cluster(cluster, { keyArn, crossRegionBackups });
  }
  throw new TypeError('rds.databases: must have instance or cluster');
}
