import { type CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';

/**
 * Raises an alarm with a reason, so that the page carries it. An alarm that is already raised does not page again, and one whose
 * metric does not bear it out falls back at its next evaluation.
 *
 * The page is that of the composite alarm over it, whose reason would otherwise name the alarm alone. So the composite is
 * raised first: when the alarm follows, the composite's state does not change any more, and its reason stays. CloudWatch
 * evaluates a composite alarm that was set by hand only when one of its children changes its state; this one does at once, and when it
 * returns to OK. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
 *
 * @param reason at most 1,023 characters.
 * @param incidentName name of the composite alarm. @default - the alarm pages itself
 * @throws Error when CloudWatch does not take one of them; that keeps the other from nothing.
 */
export async function raiseAlarm(
  cloudWatch: CloudWatchClient,
  alarmName: string,
  reason: string,
  incidentName?: string,
): Promise<void> {
  await tryAll([
    ...(incidentName === undefined ? [] : [() => setAlarm(cloudWatch, incidentName, 'incidentName', reason)]),
    () => setAlarm(cloudWatch, alarmName, 'alarmName', reason),
  ]);
}

/** @param field what the event calls the name. */
async function setAlarm(cloudWatch: CloudWatchClient, name: string, field: string, reason: string): Promise<void> {
  try {
    await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: name, StateValue: 'ALARM', StateReason: reason }));
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new Error(
      `Cannot write findings into the alarm ${name}: ${why}. HINT: correct ${field} in the event, and give the role of the function cloudwatch:SetAlarmState on it.`,
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
