import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { publishAttempt } from '../engine/deletion/attempt-signals';
import { parseDeletionAttemptsInput } from '../engine/deletion/deletion-attempts-input';
import { judgeCall } from '../engine/deletion/judge-call';
import { printable } from '../engine/signals/alarm-text';

/**
 * Judges a call that deletes what is kept or loosens what keeps it, writes down what it was, and raises the alarm unless it is normal.
 *
 * @param event a `DeletionAttemptsInput`.
 * @throws Error when the record cannot be read or judged, or nobody can be told, so that the event is kept.
 */
export async function handler(event: unknown): Promise<void> {
  const input = parseDeletionAttemptsInput(event);
  const judged = judgeCall(input);
  const { detail, region, time } = input;
  const told = {
    level: judged.normal === undefined ? 'ERROR' : 'INFO',
    message: judged.normal ?? 'attempt to delete what is kept, or to loosen what keeps it',
    call: detail.eventName,
    source: detail.eventSource,
    who: judged.who,
    what: judged.what,
    outcome: judged.outcome,
    time,
    region,
    from: detail.sourceIPAddress,
    record: detail.eventID,
  };
  console.log(JSON.stringify(told, (_, value) => (typeof value === 'string' ? printable(value) : value)));
  if (judged.normal === undefined) {
    await publishAttempt(new CloudWatchClient({}), input, judged, Date.now());
  }
}
