import { Duration, type aws_sqs as sqs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type RuledAlarmProps, ruledAlarm } from './ruled-alarm';

/** An alarm about what lies in a queue. */
export interface QueueAlarmProps extends Pick<RuledAlarmProps, 'paging' | 'rule' | 'resource'> {
  readonly queue: sqs.IQueue;
}

/** Queues that have an alarm of their own, so that no other one tells the same. */
const told = new WeakSet<sqs.IQueue>();

/** Makes an alarm of a queue's own about what lies in it. */
export function queueAlarm(scope: Construct, id: string, { queue, ...props }: QueueAlarmProps): void {
  const { statistic, periodSeconds } = props.rule.condition;
  const metric = queue.metricApproximateNumberOfMessagesVisible({ statistic, period: Duration.seconds(periodSeconds) });
  ruledAlarm(scope, id, { ...props, metric });
  told.add(queue);
}

/** Whether a queue has an alarm by {@link queueAlarm}. */
export const hasOwnAlarm = (queue: sqs.IQueue): boolean => told.has(queue);
