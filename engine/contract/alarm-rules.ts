import { any, EVENT_SECONDS, MESSAGES, NOT_GOOD, older, QUEUE } from './alarm-conditions';
import type { AlarmCondition, AlarmRule } from './alarms';
import { Severity } from './paging';
import { PLATFORM_RULES } from './platform-alarm-rules';
import { Dimension, Metric, ProofLevel, REPLICATION_DELAY_SECONDS, System } from './signals';
import { DUMP_RULES, TENANT_RULES } from './tenant-alarm-rules';

/** The table of all alarms. `docs/decisions/one-incident-one-page.md` says how they become pages. */

const STORAGE_RULES: readonly AlarmRule[] = [
  {
    name: 'backupFailed',
    of: 'system',
    system: System.STORAGE,
    severity: Severity.CRITICAL,
    meaning:
      'A replica in the recovery Region does not hold what its bucket holds, or nobody knows: the verification found damage, failed, or did not run.',
    first: 'read the report named in the reason; without one, read the log of the function verify-files.',
    runbook: 'files-backup-failed',
    condition: NOT_GOOD,
  },
  {
    name: 'replicationDelay',
    of: 'system',
    system: System.STORAGE,
    severity: Severity.WARNING,
    meaning: `A version has waited more than ${REPLICATION_DELAY_SECONDS} s for its copy in the recovery Region: what was written since would be lost with the primary Region.`,
    first: 'see which bucket lags in the metric replication.',
    runbook: 'files-replication-delay',
    condition: older(Metric.REPLICATION, REPLICATION_DELAY_SECONDS),
  },
  {
    name: 'replicationLatency',
    of: 'resource',
    system: System.STORAGE,
    severity: Severity.WARNING,
    meaning: `S3 reports that a version waits more than ${REPLICATION_DELAY_SECONDS} s for its copy in the recovery Region.`,
    first: 'see whether the metric OperationsPendingReplication in the recovery Region falls.',
    runbook: 'files-replication-delay',
    // S3 publishes the latency only while something is on its way, so its silence is good news.
    condition: older('ReplicationLatency', REPLICATION_DELAY_SECONDS, {
      namespace: 'AWS/S3',
      periodSeconds: EVENT_SECONDS,
      fedBy: 'event',
    }),
  },
  {
    name: 'replicationFailed',
    of: 'resource',
    system: System.STORAGE,
    severity: Severity.WARNING,
    meaning: 'S3 gave up copying objects to the recovery Region, and will not try them again by itself.',
    first: 'see that the replica and its key are there, then copy the objects with S3 Batch Replication.',
    runbook: 'replication-failed',
    condition: any('OperationsFailedReplication', 'event', { namespace: 'AWS/S3' }),
  },
];

const DATABASE_RULES: readonly AlarmRule[] = [
  {
    name: 'backupFailed',
    of: 'system',
    system: System.DATABASE,
    severity: Severity.CRITICAL,
    meaning:
      'A database has no recovery point, log, copy, key or lock as it should, or nobody knows: the verification found it, could not look something up, or did not run.',
    first: 'read the report named in the reason; without one, read the log of the function verify-database.',
    runbook: 'database-backup-failed',
    condition: NOT_GOOD,
  },
  {
    name: 'rpo',
    of: 'system',
    system: System.DATABASE,
    severity: Severity.CRITICAL,
    meaning:
      'The newest moment to which a database can be restored lies further back than its objective allows, or is unknown: what was written since would be lost with the database.',
    first: 'see which database lags in the metric rpo, then its status and its events in RDS.',
    runbook: 'database-rpo',
    condition: older(Metric.RPO, { objective: 'rpo' }),
  },
  {
    name: 'drift',
    of: 'system',
    system: System.DATABASE,
    severity: Severity.WARNING,
    meaning:
      'A database, the plan, a vault or a key is not set as configured, or nobody knows. It endangers no restore yet, but may the next backup.',
    first: 'read the reason, or the newest report, which say what differs; deploying again restores what Holdfast set.',
    runbook: 'database-backup-failed',
    condition: any(Metric.WARNINGS, 'schedule'),
  },
  {
    name: 'jobFailed',
    of: 'system',
    system: System.DATABASE,
    severity: Severity.CRITICAL,
    meaning: 'A backup or a copy of a database failed, or RDS tells of something that loses data or their backups.',
    first: 'read the reason; without one, read the newest lines of the log of the function backup-events.',
    runbook: 'database-backup-failed',
    condition: any(Metric.FAILED_JOBS, 'event', { dimensions: { [Dimension.SEVERITY]: Severity.CRITICAL } }),
  },
  {
    name: 'jobWarning',
    of: 'system',
    system: System.DATABASE,
    severity: Severity.WARNING,
    meaning: 'A job of AWS Backup was stopped or completed with issues, a restore failed, or RDS warns of something.',
    first: 'read the reason; without one, read the newest lines of the log of the function backup-events.',
    runbook: 'database-backup-failed',
    condition: any(Metric.FAILED_JOBS, 'event', { dimensions: { [Dimension.SEVERITY]: Severity.WARNING } }),
  },
  {
    name: 'eventsLost',
    of: 'system',
    system: System.DATABASE,
    severity: Severity.WARNING,
    meaning: 'An event of AWS Backup or RDS got lost on its way: it may have told of a failure.',
    first: 'read the messages of the queue backup-events-dead-letters, which hold the events and the errors.',
    runbook: 'database-backup-failed',
    condition: any(MESSAGES, 'event', { namespace: QUEUE, statistic: 'Maximum' }),
  },
];

const REDIS_RULES: readonly AlarmRule[] = [
  {
    name: 'backupFailed',
    of: 'system',
    system: System.REDIS,
    severity: Severity.CRITICAL,
    meaning:
      'A cache has no backup that is recent, whole and copied to the recovery Region, or nobody knows: the verification found damage, failed, or did not run.',
    first: 'read the report named in the reason; without one, read the log of the function verify-redis.',
    runbook: 'redis-backup-failed',
    condition: NOT_GOOD,
  },
  {
    name: 'drift',
    of: 'system',
    system: System.REDIS,
    severity: Severity.WARNING,
    meaning:
      'A cache is not set as configured, or its files are not as they should be, which endangers no restore yet; or nobody knows.',
    first: 'read the newest reports below redis/ in the bucket of the proofs.',
    runbook: 'redis-backup-failed',
    condition: any(Metric.WARNINGS, 'schedule'),
  },
  {
    name: 'lastSave',
    of: 'resource',
    system: System.REDIS,
    severity: Severity.CRITICAL,
    meaning:
      'Changes of the cache wait longer for a snapshot than its save points and the quota of the service promise, or the probe does not tell: what was written since would be lost with the cache.',
    first: 'read the newest lines of the log of the function snapshot-redis of this cache.',
    runbook: 'redis-backup-failed',
    // Late for three periods in a row, so that a cache that slept for long has time for its first snapshot.
    condition: older(Metric.WAITING, 'resource', {
      statistic: 'Minimum',
      periodSeconds: EVENT_SECONDS,
      evaluations: 3,
    }),
  },
];

/** How old the newest backup may be, where a verification tells it. */
function backupAgeRule(system: System, runbook: string, more: Partial<AlarmCondition> = {}): AlarmRule {
  return {
    name: 'backupAge',
    of: 'system',
    system,
    severity: Severity.CRITICAL,
    meaning:
      'The newest backup is older than the objective allows, or nobody knows. Right after the first deployment there is none at all.',
    first: 'see in the metric backupAge which resource it is, and make a backup now as the runbook says.',
    runbook,
    condition: older(Metric.BACKUP_AGE, { objective: 'backupAge' }, more),
  };
}

/** How old the newest proof of a level may be. That nobody knows what is there pages; that it was not read to its end lately warns. */
function proofAgeRule(system: System, level: ProofLevel, runbook: string): AlarmRule {
  const isPresence = level === ProofLevel.PRESENT;
  return {
    name: isPresence ? 'proofAgePresent' : 'proofAgeIntact',
    of: 'system',
    system,
    severity: isPresence ? Severity.CRITICAL : Severity.WARNING,
    meaning: isPresence
      ? 'That the backups are there was not proved for longer than the objective allows: nobody knows what can be restored.'
      : 'Backups were not read to their end for longer than the objective allows: damage would go unnoticed.',
    first: 'see in the metric proofAge which resource it is, then read the log of the verification.',
    runbook,
    condition: older(Metric.PROOF_AGE, { objective: 'proofAge', level }, { dimensions: { [Dimension.LEVEL]: level } }),
  };
}

const AGE_RULES: readonly AlarmRule[] = [
  backupAgeRule(System.STORAGE, 'files-backup-failed'),
  backupAgeRule(System.DATABASE, 'database-backup-failed', { dimensions: { [Dimension.TIER]: 'daily' } }),
  // The age counts from the beginning of a dump, which may take hours; the alarm of each database counts from its end, and is the sharper one.
  backupAgeRule(System.TENANTS, 'tenant-dumps-failed', { evaluations: 6 }),
  backupAgeRule(System.REDIS, 'redis-backup-failed'),
  proofAgeRule(System.STORAGE, ProofLevel.PRESENT, 'proof-too-old'),
  proofAgeRule(System.STORAGE, ProofLevel.INTACT, 'proof-too-old'),
  proofAgeRule(System.DATABASE, ProofLevel.PRESENT, 'proof-too-old'),
  proofAgeRule(System.TENANTS, ProofLevel.PRESENT, 'proof-too-old'),
  proofAgeRule(System.TENANTS, ProofLevel.INTACT, 'proof-too-old'),
  proofAgeRule(System.REDIS, ProofLevel.PRESENT, 'proof-too-old'),
  proofAgeRule(System.REDIS, ProofLevel.INTACT, 'proof-too-old'),
];

/**
 * What a restore leaves behind. It only warns, as does everything about restores: a drill pages nobody, and whoever restores in earnest is
 * watching.
 */
const RESTORE_RULES: readonly AlarmRule[] = [System.DATABASE, System.REDIS].flatMap((system) => {
  const shared = { of: 'restore', system, severity: Severity.WARNING, runbook: `${system}-restore` } as const;
  return [
    {
      ...shared,
      name: 'leftBehind',
      meaning:
        'A restore failed, and something that it made could not be taken away: it costs money, and holds a copy of the data.',
      first: 'the newest failed execution names what is left; delete it by hand.',
      condition: any(Metric.LEFT_BEHIND, 'event', { statistic: 'Maximum' }),
    },
    {
      ...shared,
      name: 'stopped',
      meaning: 'A restore was stopped by hand, or ran into the last timeout, so nobody took back what it had made.',
      first: 'its newest execution names what it was making; delete it, or start the restore again.',
      condition: any('ExecutionsTimedOut', 'event', {
        namespace: 'AWS/States',
        metrics: ['ExecutionsTimedOut', 'ExecutionsAborted'],
      }),
    },
  ];
});

/** All rules, by system. */
export const ALARM_RULES: readonly AlarmRule[] = [
  ...STORAGE_RULES,
  ...DATABASE_RULES,
  ...DUMP_RULES,
  ...TENANT_RULES,
  ...REDIS_RULES,
  ...PLATFORM_RULES,
  ...AGE_RULES,
  ...RESTORE_RULES,
];
