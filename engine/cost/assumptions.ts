/** What neither a configuration nor a size tells, and the estimate needs. */

/** Average length of a month in days. */
export const MONTH_DAYS = 365.25 / 12;

/** Hours of a month. */
export const MONTH_HOURS = MONTH_DAYS * 24;

/** Days of noncurrent versions that are counted where they never expire. */
export const NONCURRENT_DAYS_COUNTED = 365;

/** Versions of both sides that a verification of files compares in a second. */
export const COMPARED_PER_SECOND = 5000;

/** MiB that a function reads from S3 in a second; see `READING_BUDGET_BYTES`. */
export const READ_MIB_PER_SECOND = 60;

/** MiB of archives that a task of a dump writes in a second. */
export const DUMPED_MIB_PER_SECOND = 20;

/** Hours that a task is billed for beside its work: until its image is there, and until it ends. */
export const TASK_START_HOURS = 2 / 60;

/** KiB of log that a call of a function writes. */
export const LOG_KIB_PER_CALL = 5;

/** All of them in words, for who reads the estimate. */
export const ASSUMPTIONS: readonly string[] = [
  'List prices in USD, without taxes, discounts and free tiers; of prices that fall with volume the first step. A GB is a GiB, as S3 and EBS bill it.',
  'A steady state: as much is written as expires, and everything is as old as its retention allows.',
  'Files are written evenly over time, and all are of the same size; S3 leaves objects below 128 KiB in S3 Standard, which is not taken into account.',
  `Noncurrent versions that never expire are counted for ${NONCURRENT_DAYS_COUNTED} days.`,
  `A verification compares ${COMPARED_PER_SECOND} versions a second, and reads ${READ_MIB_PER_SECOND} MiB a second; a dump writes ${DUMPED_MIB_PER_SECOND} MiB a second.`,
  'Each dump and each export is a whole one: nothing is shared between them.',
  'Snapshots of RDS are incremental, those of Aurora whole, and free while they are younger than its continuous backup; copies of Aurora snapshots are always whole.',
  'Without the free allowance of RDS for backups as large as the databases, and without the free tiers of CloudWatch, Lambda and KMS.',
  'Keys cost more with each of their first two yearly rotations: up to three times as much from the third year on.',
  'S3 Bucket Keys keep the requests to KMS, and messages of SNS, SQS and EventBridge Scheduler cost cents: they are left out. So are restores, AWS Config and CloudTrail, and what Holdfast protects itself.',
];
