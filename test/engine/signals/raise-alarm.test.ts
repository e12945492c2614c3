import { CloudWatchClient, ResourceNotFound, type SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { raiseAlarm } from '../../../engine/signals/raise-alarm';

let sent: SetAlarmStateCommand['input'][];
let missing: string[];
let cloudWatch: CloudWatchClient;

beforeEach(() => {
  [sent, missing] = [[], []];
  cloudWatch = new CloudWatchClient({ region: 'eu-west-1' });
  jest.spyOn(cloudWatch, 'send').mockImplementation((async ({ input }: SetAlarmStateCommand) => {
    if (missing.includes(String(input.AlarmName))) {
      throw new ResourceNotFound({ message: 'no such alarm', $metadata: {} });
    }
    sent.push(input);
  }) as never);
});

const raised = (AlarmName: string) => ({ AlarmName, StateValue: 'ALARM', StateReason: 'It is gone.' });

test('raises an alarm that pages itself', async () => {
  await raiseAlarm(cloudWatch, 'alarm', 'It is gone.');
  expect(sent).toEqual([raised('alarm')]);
});

test('raises the composite alarm before the alarm, so that its page has the reason', async () => {
  await raiseAlarm(cloudWatch, 'alarm', 'It is gone.', 'incident');
  expect(sent).toEqual([raised('incident'), raised('alarm')]);
});

test('raises the alarm though there is no composite one, and says so', async () => {
  missing = ['incident'];
  await expect(raiseAlarm(cloudWatch, 'alarm', 'It is gone.', 'incident')).rejects.toThrow(
    'Cannot write findings into the alarm incident: ResourceNotFound: no such alarm. HINT: correct incidentName in the event',
  );
  expect(sent).toEqual([raised('alarm')]);
});

test('tells of both when there is neither', async () => {
  missing = ['incident', 'alarm'];
  await expect(raiseAlarm(cloudWatch, 'alarm', 'It is gone.', 'incident')).rejects.toThrow(
    /the alarm incident: .* the alarm alarm: .* HINT: correct alarmName in the event/,
  );
  expect(sent).toEqual([]);
});
