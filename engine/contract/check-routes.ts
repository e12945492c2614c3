import type { Severity } from './paging';
import type { BucketLocation } from './verify-files';

/** What schedules or an operator send to the function `check-routes`, and what it answers. */

/** A topic that must carry pages. */
export interface CheckedTopic {
  readonly arn: string;
  readonly severity: Severity;
  /** ARN of the key that must encrypt it, or of an alias of that key. */
  readonly keyArn: string;
}

/** A channel of a Slack workspace. */
export interface SlackPlace {
  readonly workspaceId: string;
  readonly channelId: string;
}

/**
 * Who must be reached. Which of them hear of which severity says `CHANNELS`. Addresses and URLs are left out on purpose: one is
 * personal, and the other holds a secret.
 */
export interface ExpectedReceivers {
  /** Number of email addresses. */
  readonly emails: number;
  readonly hasPager: boolean;
  /** @default - no Slack channel */
  readonly slack?: SlackPlace;
}

/** Input of `check-routes`: everything it needs, so that the function holds no configuration of its own. */
export interface CheckRoutesEvent {
  /** Of all Regions, the loudest first. */
  readonly topics: readonly CheckedTopic[];
  readonly receivers: ExpectedReceivers;
  /** Where it is remembered when the last heartbeat was sent. @default - none is sent, and none is missed */
  readonly proofs?: BucketLocation;
  /** Name of the alarm that findings are written into. */
  readonly alarmName: string;
  /** Name of the composite alarm above it, which pages. @default - the alarm pages itself */
  readonly incidentName?: string;
  /** Whether the heartbeat is to be sent; needs `proofs`. @default false */
  readonly heartbeat?: boolean;
}

/** Answer of `check-routes`. */
export interface CheckRoutesResult {
  /** What stands between a page and a human, a sentence with a HINT each, the most important first. */
  readonly findings: readonly string[];
  /** Number of topics that a heartbeat was sent to. */
  readonly heartbeats: number;
}

/** Object in the proofs bucket that remembers the last heartbeat. */
export const ROUTES_STATE_KEY = 'platform/routes/state.json';

/** When the heartbeat is sent. */
export const HEARTBEAT = {
  /** As EventBridge Scheduler takes it, in UTC. */
  cron: { weekDay: 'MON', hour: '9', minute: '0' },
  /** As people say it. */
  when: 'each Monday at 09:00 UTC',
} as const;

/** What to do when a route is broken. */
export const ROUTES_RUNBOOK = 'docs/runbooks/route-problems.md';

/** How often the routes are checked, in minutes. */
export const CHECK_ROUTES_EVERY_MINUTES = 60;
