import { Duration } from 'aws-cdk-lib';
import {
  MaintenanceWindow,
  type MaintenanceWindowProps,
  maintenanceWindowProblems,
  repeatedWindowProblems,
} from '../../../lib/signals/maintenance-window';

const WINDOW: MaintenanceWindowProps = { name: 'patches', schedule: 'cron(0 2 * * SUN)', duration: Duration.hours(2) };
const problems = (differs: Partial<MaintenanceWindowProps>) =>
  maintenanceWindowProblems({ ...WINDOW, ...differs }, 'window');

test('is in UTC unless said otherwise', () => {
  const { expression, name, duration } = MaintenanceWindow.of(WINDOW);
  expect(expression.expressionString).toBe('cron(0 2 * * SUN)');
  expect(expression.timeZone?.timezoneName).toBe('UTC');
  expect([name, duration.toIsoString()]).toEqual(['patches', 'PT2H']);
});

test('may be once, in any time zone', () => {
  const window = MaintenanceWindow.of({ ...WINDOW, schedule: 'at(2026-12-24T22:00)', timeZone: 'Europe/Berlin' });
  expect(window.expression.expressionString).toBe('at(2026-12-24T22:00)');
  expect(window.expression.timeZone?.timezoneName).toBe('Europe/Berlin');
});

test.each(['cron(0 2 * * *)', 'cron(0/15 2-4 1,15 */2 *)', 'cron(0 18 * * FRI)', 'at(2028-02-29T00:00)'])(
  'takes the schedule %s',
  (schedule) => {
    expect(problems({ schedule })).toEqual([]);
  },
);

test.each([
  'cron(0 2 * *)',
  'cron(0 2 * * SUN *)',
  'cron(0 2 ? * SUN)',
  'rate(1 hour)',
  'at(2026-02-30T00:00)',
  'at(2026-12-24T25:00)',
  'at(2026-12-24)',
  ' cron(0 2 * * *)',
  '',
])('refuses the schedule "%s"', (schedule) => {
  expect(problems({ schedule })).toEqual([
    { path: 'window.schedule', message: expect.stringContaining(`got: "${schedule}"`) },
  ]);
});

test.each([
  [Duration.seconds(30), 'got: 0.5 minutes'],
  [Duration.minutes(0), 'got: 0 minutes'],
  [Duration.minutes(15 * 24 * 60 + 1), 'got: 21601 minutes'],
])('refuses a length that CloudWatch does not take', (duration, message) => {
  expect(problems({ duration })).toEqual([{ path: 'window.duration', message: expect.stringContaining(message) }]);
  expect(problems({ duration: Duration.minutes(1) })).toEqual([]);
  expect(problems({ duration: Duration.days(15) })).toEqual([]);
});

test.each(['a', 'Patches', 'patches-', '1st', 'a'.repeat(41)])('refuses the name %s', (name) => {
  expect(problems({ name })).toEqual([{ path: 'window.name', message: expect.stringContaining(`got: "${name}"`) }]);
});

test('refuses a time zone that there is not, and says all that is wrong at once', () => {
  expect(problems({ timeZone: 'Mars/Olympus' })).toMatchObject([{ path: 'window.timeZone' }]);
  expect(() => MaintenanceWindow.of({ ...WINDOW, name: 'P', schedule: 'never', timeZone: '+02:00' })).toThrow(
    /P\.name: .+\n.*P\.schedule: .+\n.*P\.timeZone: /,
  );
});

test('two of the same name would be one rule', () => {
  expect(repeatedWindowProblems([WINDOW, { name: 'other' }], 'maintenance')).toEqual([]);
  expect(repeatedWindowProblems([WINDOW, WINDOW, WINDOW], 'maintenance')).toEqual([
    { path: 'maintenance', message: 'must have each name once, got twice: "patches"' },
  ]);
});
