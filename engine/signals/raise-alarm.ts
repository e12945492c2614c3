import { type CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';

/**
 * Raises an alarm with a reason, so that the page carries it. An alarm that is already raised does not page again, and one whose
 * metric does not bear it out falls back at its next evaluation.
 *
 * @param reason at most 1,023 characters.
 * @throws Error when CloudWatch does not take it.
 */
export async function raiseAlarm(cloudWatch: CloudWatchClient, alarmName: string, reason: string): Promise<void> {
  try {
    await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: alarmName, StateValue: 'ALARM', StateReason: reason }));
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new Error(
      `Cannot write findings into the alarm ${alarmName}: ${why}. HINT: correct alarmName in the event, and give the role of the function cloudwatch:SetAlarmState on it.`,
      { cause: error },
    );
  }
}

/**
 * Does one thing after the other; one that fails keeps no other from being tried.
 *
 * @throws the error of the one that failed, or an AggregateError of all that did.
 */
export async function tryAll(actions: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const action of actions) {
    try {
      await action();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    throw failures.length === 1 ? failures[0] : new AggregateError(failures, failures.map(String).join(' '));
  }
}
