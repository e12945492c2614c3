export { Severity } from '../engine/contract/paging';
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
} from './platform/backup-platform';
export { PrimaryStack, type PrimaryStackProps } from './platform/primary-stack';
export { RecoveryRegion, type RecoveryRegionProps } from './platform/recovery-region';
export { RecoveryStack, type RecoveryStackProps, type ReplicaProps } from './platform/recovery-stack';
