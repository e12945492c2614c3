import { any, MESSAGES, QUEUE } from './alarm-conditions';
import type { AlarmRule } from './alarms';
import { Severity } from './paging';
import { Dimension, Metric, System } from './signals';

/** What endangers all systems: keys, the routes of pages, deletions, functions that fail. */
export const PLATFORM_RULES: readonly AlarmRule[] = [
  {
    name: 'keysUnusable',
    of: 'system',
    system: System.PLATFORM,
    severity: Severity.CRITICAL,
    meaning:
      'A key is disabled, about to be deleted or gone, or nobody knows: what it encrypts cannot be restored without it.',
    first: 'read the reason for the key, then cancel its deletion and enable it, at once.',
    runbook: 'key-unusable',
    condition: any(Metric.KEYS_UNUSABLE, 'schedule'),
  },
  {
    name: 'keyDrift',
    of: 'system',
    system: System.PLATFORM,
    severity: Severity.WARNING,
    meaning: 'A key does not rotate, or somebody unknown was granted its use; or nobody knows.',
    first: 'read the newest report below keys/ in the bucket of the proofs.',
    runbook: 'key-unusable',
    condition: any(Metric.WARNINGS, 'schedule', { dimensions: { [Dimension.KIND]: 'keys' } }),
  },
  {
    name: 'routeProblems',
    of: 'system',
    system: System.PLATFORM,
    // Not critical, since the way of critical pages may be what is broken: warnings go by email and Slack.
    severity: Severity.WARNING,
    meaning: 'A way that pages go is broken, or nobody knows: the next page may reach nobody.',
    first: 'read the reason, mend that way, then prove it with `holdfast page --test`.',
    runbook: 'route-problems',
    condition: any(Metric.ROUTE_PROBLEMS, 'schedule'),
  },
  {
    name: 'deletionAttempts',
    of: 'system',
    system: System.PLATFORM,
    severity: Severity.CRITICAL,
    meaning: 'Somebody tried to delete a recovery point, a vault, a lock or a locked version, or did.',
    first: 'read in the reason who did what and whether it was refused; stop that identity if nobody knows it.',
    runbook: 'deletion-attempted',
    condition: any(Metric.DELETION_ATTEMPTS, 'event'),
  },
  {
    name: 'functionErrors',
    of: 'system',
    system: System.PLATFORM,
    severity: Severity.WARNING,
    meaning: 'Functions of Holdfast fail again and again: what they should do or tell is not done or told.',
    first: 'see in the metrics of the alarm which function it is, then read the newest lines of its log.',
    runbook: 'function-failures',
    // Lambda tries an event three times: fewer errors are a try that the next one made good.
    condition: any('Errors', 'event', { namespace: 'AWS/Lambda', threshold: 3, periodSeconds: 900 }),
  },
  {
    name: 'functionThrottles',
    of: 'system',
    system: System.PLATFORM,
    severity: Severity.WARNING,
    meaning: 'Lambda refused to run a function of Holdfast: the concurrency of the account is used up.',
    first: 'see what uses up the concurrency in the metric ConcurrentExecutions of the account.',
    runbook: 'function-failures',
    // Lambda tries again by itself; what it refuses for a quarter of an hour is not done in time.
    condition: any('Throttles', 'event', { namespace: 'AWS/Lambda', evaluations: 3 }),
  },
  {
    name: 'deadLetters',
    of: 'system',
    system: System.PLATFORM,
    severity: Severity.WARNING,
    meaning: 'Calls or events that nobody took lie in a queue of dead letters.',
    first: 'see in the metrics of the alarm which queue it is, and read the message: it carries the error.',
    runbook: 'function-failures',
    condition: any(MESSAGES, 'event', { namespace: QUEUE, statistic: 'Maximum' }),
  },
];
