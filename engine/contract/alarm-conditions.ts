import type { AlarmCondition, AlarmFeed } from './alarms';
import { Metric } from './signals';

/** Conditions that several rules share; see `alarm-rules.ts`. */

/** Time between two runs of most verifications. */
export const HOUR_SECONDS = 3600;
/** Time within which events are counted, and after which an alarm about them returns to OK. */
export const EVENT_SECONDS = 300;

/** A verification says in each run whether everything is good. */
export const NOT_GOOD: AlarmCondition = {
  metrics: [Metric.SUCCESS],
  statistic: 'Minimum',
  comparison: 'below',
  threshold: 1,
  periodSeconds: HOUR_SECONDS,
  fedBy: 'schedule',
};

/** Any at all of what a metric counts. */
export const any = (metric: string, fedBy: AlarmFeed, more: Partial<AlarmCondition> = {}): AlarmCondition => ({
  metrics: [metric],
  statistic: fedBy === 'schedule' ? 'Maximum' : 'Sum',
  comparison: 'atLeast',
  threshold: 1,
  periodSeconds: fedBy === 'schedule' ? HOUR_SECONDS : EVENT_SECONDS,
  fedBy,
  ...more,
});

/** Older, or later, than a threshold in seconds. */
export const older = (metric: string, threshold: AlarmCondition['threshold'], more: Partial<AlarmCondition> = {}) => ({
  metrics: [metric],
  statistic: 'Maximum' as const,
  comparison: 'above' as const,
  threshold,
  periodSeconds: HOUR_SECONDS,
  fedBy: 'schedule' as const,
  ...more,
});

/** Namespace and metric of what lies in a queue. */
export const QUEUE = 'AWS/SQS';
export const MESSAGES = 'ApproximateNumberOfMessagesVisible';
