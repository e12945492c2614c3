export { OptInMode } from '../engine/contract/backup-opt-in';
export { DEFAULT_OBJECTIVES, type Objectives, type SystemObjectives } from '../engine/contract/deployment';
export { Severity } from '../engine/contract/paging';
export { ProofSystem } from '../engine/contract/proofs';
export { DEFAULT_SAVE_POINTS, SavePoint, type SavePointRule } from '../engine/contract/redis';
export { DEFAULT_RETENTION, Retention, type RetentionCounts, type Tier } from '../engine/contract/retention';
export type { Compression } from '../engine/contract/tenant-dumps';
export { Tenants } from '../engine/contract/tenants';
export { BucketContent, DeletionWatch, type DeletionWatchProps, WatchTrail } from './audit/deletion-watch';
export { BackupAudit, type BackupAuditProps } from './database/backup-audit';
export { BackupEvents, type BackupEventsProps } from './database/backup-events';
export { BackupOptIn, type BackupOptInProps } from './database/backup-opt-in';
export type { DatabaseBackupOptions, RecoveryVaultOptions } from './database/database-backup-options';
export { DatabaseBackupSettings, type DatabaseBackupSettingsProps } from './database/database-backup-settings';
export { DatabasePlan, type DatabasePlanProps } from './database/database-plan';
export { DatabaseProtection, type DatabaseProtectionProps } from './database/database-protection';
export { DatabaseVerification, type DatabaseVerificationProps } from './database/database-verification';
export { ManagedDatabase, type ManagedDatabaseProps } from './database/managed-database';
export { ProtectedVault, type ProtectedVaultProps } from './database/protected-vault';
export { RecoveryVault, type RecoveryVaultProps } from './database/recovery-vault';
export {
  RestoreFrequency,
  type RestoreNetwork,
  RestoreTesting,
  type RestoreTestingProps,
} from './database/restore-testing';
export { ExistingBucketProtection, type ExistingBucketProtectionProps } from './files/existing-bucket';
export { FileCategory } from './files/file-category';
export type { FileLifecycle, StorageClass, Transition, VersionLifecycle } from './files/file-lifecycle';
export { FileVerification, type FileVerificationProps, type VerifiedBucket } from './files/file-verification';
export { LockMode } from './files/lock-mode';
export { ProofsBucket, type ProofsBucketProps } from './files/proofs-bucket';
export { ProtectedBucket, type ProtectedBucketProps } from './files/protected-bucket';
export { ReplicaBucket, type ReplicaBucketProps } from './files/replica-bucket';
export { Replicated, type ReplicatedProps } from './files/replicated';
export { KeyVerification, type KeyVerificationProps } from './keys/key-verification';
export type { LoginSecret } from './login-secret';
export type { Network } from './network';
export { Paging, type PagingProps, type PagingRoutes, type SlackChannel } from './paging/paging';
export { RouteCheck, type RouteCheckProps } from './paging/route-check';
export {
  BackupPlatform,
  type BackupPlatformProps,
  type ProtectBucketProps,
  type ProtectExistingFilesProps,
  type ProtectFilesProps,
  type ProtectRedisProps,
  type ProtectTenantsProps,
} from './platform/backup-platform';
export { PrimaryStack, type PrimaryStackProps } from './platform/primary-stack';
export { RecoveryRegion, type RecoveryRegionProps } from './platform/recovery-region';
export {
  type DumpsReplicaProps,
  RecoveryStack,
  type RecoveryStackProps,
  type ReplicaProps,
} from './platform/recovery-stack';
export { DatabaseRestore, type DatabaseRestoreProps } from './recovery/database-restore';
export { RedisRestore, type RedisRestoreProps, type RestorableCache } from './recovery/redis-restore';
export {
  CacheBackupSettings,
  type CacheBackupSettingsProps,
} from './redis/cache-backup-settings';
export { CacheSignIn } from './redis/cache-sign-in';
export { type CacheAccess, ProtectedCache } from './redis/protected-cache';
export { type CacheBackupOptions, RedisBackups, type RedisBackupsProps } from './redis/redis-backups';
export { RedisVerification, type RedisVerificationProps, type VerifiedCache } from './redis/redis-verification';
export { HoldfastDashboard, type HoldfastDashboardProps } from './signals/dashboard';
export { MaintenanceWindow, type MaintenanceWindowProps } from './signals/maintenance-window';
export type { ObjectiveOverrides } from './signals/objectives';
export { ReportSchedule, type ReportScheduleProps } from './signals/report-schedule';
export type { DailySchedule } from './tenants/daily-schedule';
export { type DatabaseIamUser, DatabaseSignIn } from './tenants/database-sign-in';
export type { DumpOptions, PostgresMajor } from './tenants/dump-options';
export type { TaskNetwork } from './tenants/dump-state-machine';
export { DumpsReplicaBucket, type DumpsReplicaBucketProps } from './tenants/dumps-replica-bucket';
export { TenantDatabase, type TenantDatabaseLogins, type TenantDatabaseProps } from './tenants/tenant-database';
export { TenantDumps, type TenantDumpsProps } from './tenants/tenant-dumps';
export { TenantVerification, type TenantVerificationProps } from './tenants/tenant-verification';
export type { VerifiedDumps } from './tenants/verified-dumps';
