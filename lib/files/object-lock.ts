import { Duration, aws_s3 as s3 } from 'aws-cdk-lib';
import { LockMode } from './lock-mode';

/** Bucket properties that lock each new version for some days; none when there is nothing to lock. */
export function objectLockProps(
  lockDays: number | undefined,
  mode: LockMode,
): Pick<s3.BucketProps, 'objectLockEnabled' | 'objectLockDefaultRetention'> {
  if (lockDays === undefined) {
    return {};
  }
  const duration = Duration.days(lockDays);
  return {
    objectLockEnabled: true,
    objectLockDefaultRetention:
      mode === LockMode.COMPLIANCE
        ? s3.ObjectLockRetention.compliance(duration)
        : s3.ObjectLockRetention.governance(duration),
  };
}
