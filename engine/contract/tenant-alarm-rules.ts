import { any, HOUR_SECONDS, MESSAGES, NOT_GOOD, QUEUE } from './alarm-conditions';
import type { AlarmRule } from './alarms';
import { Severity } from './paging';
import { Dimension, Metric, System } from './signals';

/** Standard deviations that the duration of a backup may lie above what the last two weeks make expected. */
const DURATION_DEVIATIONS = 3;

/** What pages or warns when a database is not dumped as it should be. */
export const DUMP_RULES: readonly AlarmRule[] = [
  {
    name: 'backupFailed',
    of: 'resource',
    system: System.TENANTS,
    severity: Severity.CRITICAL,
    meaning: 'A dump has failed and no manifest was written. The state machine tries once more as a whole.',
    first: 'read the newest lines in the log group of the dump: the error ends with a HINT.',
    runbook: 'tenant-dumps-failed',
    condition: any(Metric.ERRORS, 'event', { dimensions: { [Dimension.SYSTEM]: System.DATABASE } }),
  },
  {
    name: 'runFailed',
    of: 'resource',
    system: System.TENANTS,
    severity: Severity.CRITICAL,
    meaning: 'The state machine of the dump failed both times, was stopped, or ran into its timeout: no backup today.',
    first: 'open its newest execution and the log of the task that it names.',
    runbook: 'tenant-dumps-failed',
    condition: any('ExecutionsFailed', 'event', {
      namespace: 'AWS/States',
      metrics: ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'],
    }),
  },
  {
    name: 'backupAge',
    of: 'resource',
    system: System.TENANTS,
    severity: Severity.CRITICAL,
    meaning:
      'No dump has succeeded for longer than the objective allows. Right after the first deployment there is none at all.',
    first: 'start the state machine of the dump by hand, then find out why it did not run or succeed by itself.',
    runbook: 'tenant-dumps-failed',
    // Compared are the hours in a row without a success: as many as the objective has.
    condition: {
      metrics: [Metric.SUCCESS],
      dimensions: { [Dimension.SYSTEM]: System.DATABASE },
      statistic: 'Sum',
      comparison: 'below',
      threshold: { objective: 'backupAge' },
      periodSeconds: HOUR_SECONDS,
      fedBy: 'schedule',
    },
  },
  {
    name: 'notStarted',
    of: 'resource',
    system: System.TENANTS,
    severity: Severity.CRITICAL,
    meaning: 'The schedule could not start the state machine of the dump, however often it tried.',
    first: 'read the message in the queue of dead letters: it carries the error, most often a missing permission.',
    runbook: 'tenant-dumps-failed',
    condition: any(MESSAGES, 'event', { namespace: QUEUE, statistic: 'Maximum' }),
  },
  {
    name: 'durationDrift',
    of: 'resource',
    system: System.TENANTS,
    severity: Severity.WARNING,
    meaning: 'A backup took longer than those of the last two weeks make expected; it may soon not end in time.',
    first: 'compare the sizes of the last backups, then the load of the database while it ran.',
    runbook: 'tenant-dumps-failed',
    condition: {
      metrics: [Metric.DURATION],
      dimensions: { [Dimension.SYSTEM]: System.DATABASE },
      statistic: 'Maximum',
      comparison: 'aboveBand',
      threshold: DURATION_DEVIATIONS,
      periodSeconds: 24 * HOUR_SECONDS,
      fedBy: 'event',
    },
  },
];

/** What the verification of the dumps tells. */
export const TENANT_RULES: readonly AlarmRule[] = [
  {
    name: 'backupFailed',
    of: 'system',
    system: System.TENANTS,
    severity: Severity.CRITICAL,
    meaning:
      'Dumps of tenants are not there, not whole or not copied as they should be, or nobody knows: the verification found it, failed, or did not run.',
    first: 'read the reason and the report that it names; without one, read the log of the function verify-tenants.',
    runbook: 'tenant-proof-failed',
    condition: NOT_GOOD,
  },
  {
    name: 'damaged',
    of: 'system',
    system: System.TENANTS,
    severity: Severity.CRITICAL,
    meaning: 'Objects of dumps are damaged or gone: these tenants cannot be restored from that backup.',
    first: 'find in the newest report which tenants and backups it concerns, and make a new dump at once.',
    runbook: 'tenant-proof-failed',
    condition: any(Metric.DAMAGED, 'schedule'),
  },
  {
    name: 'retentionDrift',
    of: 'system',
    system: System.TENANTS,
    severity: Severity.WARNING,
    meaning: 'Backups of tenants have another tier, lock or age than the retention says.',
    first: 'read the newest report: it names the backups, what they have, and what they should have.',
    runbook: 'tenant-proof-failed',
    condition: any(Metric.RETENTION_DRIFT, 'schedule'),
  },
  {
    name: 'drift',
    of: 'system',
    system: System.TENANTS,
    severity: Severity.WARNING,
    meaning: 'The verification of the dumps found something that endangers no restore yet.',
    first: 'read the newest report below tenants/ in the bucket of the proofs.',
    runbook: 'tenant-proof-failed',
    condition: any(Metric.WARNINGS, 'schedule'),
  },
];
