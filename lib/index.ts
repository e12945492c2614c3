export { Severity } from '../engine/contract/paging';
export { DEFAULT_RETENTION, Retention, type RetentionCounts, type Tier } from '../engine/contract/retention';
export type { Compression } from '../engine/contract/tenant-dumps';
export { Tenants } from '../engine/contract/tenants';
export { ExistingBucketProtection, type ExistingBucketProtectionProps } from './files/existing-bucket';
export { FileCategory } from './files/file-category';
export type { FileLifecycle, StorageClass, Transition, VersionLifecycle } from './files/file-lifecycle';
export { FileVerification, type FileVerificationProps, type VerifiedBucket } from './files/file-verification';
export { LockMode } from './files/lock-mode';
export { ProofsBucket, type ProofsBucketProps } from './files/proofs-bucket';
export { ProtectedBucket, type ProtectedBucketProps } from './files/protected-bucket';
export { ReplicaBucket, type ReplicaBucketProps } from './files/replica-bucket';
export { Replicated, type ReplicatedProps } from './files/replicated';
export { Paging, type PagingProps, type PagingRoutes, type SlackChannel } from './paging/paging';
export {
  BackupPlatform,
  type BackupPlatformProps,
  type ProtectBucketProps,
  type ProtectExistingFilesProps,
  type ProtectFilesProps,
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
export type { DailySchedule } from './tenants/daily-schedule';
export { type DatabaseIamUser, type DatabaseSecret, DatabaseSignIn } from './tenants/database-sign-in';
export type { DumpOptions, PostgresMajor } from './tenants/dump-options';
export type { TaskNetwork } from './tenants/dump-state-machine';
export { DumpsReplicaBucket, type DumpsReplicaBucketProps } from './tenants/dumps-replica-bucket';
export { TenantDatabase, type TenantDatabaseLogins, type TenantDatabaseProps } from './tenants/tenant-database';
export { TenantDumps, type TenantDumpsProps } from './tenants/tenant-dumps';
