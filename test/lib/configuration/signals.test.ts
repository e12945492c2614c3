import { validateConfiguration } from '../../../lib/configuration';
import { maintenanceWindows } from '../../../lib/configuration/signals-schema';
import { mistakes, shippedWith } from './shipped';

const WINDOW = { name: 'sunday-night', schedule: 'cron(0 2 * * SUN)', timeZone: 'Europe/Berlin', durationMinutes: 90 };

test('nothing is muted and no objective differs unless asked for', () => {
  const { paging, objectives, tenantDumps } = validateConfiguration(
    shippedWith({ objectives: undefined, 'paging.maintenance': undefined, tenantDumps: undefined }),
    'x',
  );
  expect(paging.maintenance).toEqual([]);
  expect(objectives).toEqual({});
  expect(tenantDumps).toEqual({ readCycleDays: 30 });
});

test('takes objectives of each system', () => {
  const objectives = {
    database: { rpoSeconds: 1800, rtoSeconds: 7200 },
    tenants: { backupAgeSeconds: 90_000, proofAgeSeconds: { intact: 172_800 } },
    files: { proofAgeSeconds: { present: 7200, restored: 3_000_000 } },
    redis: { backupAgeSeconds: 100_000 },
  };
  expect(validateConfiguration(shippedWith({ objectives }), 'x').objectives).toEqual(objectives);
});

test('makes windows that mute', () => {
  const { paging } = validateConfiguration(shippedWith({ 'paging.maintenance': [WINDOW] }), 'x');
  const [window] = maintenanceWindows(paging.maintenance);
  expect(window?.name).toBe('sunday-night');
  expect(window?.duration.toMinutes()).toBe(90);
  expect(window?.expression.expressionString).toBe('cron(0 2 * * SUN)');
});

test.each([
  [{ 'objectives.files.rpoSeconds': 5 }, 'objectives.files.rpoSeconds: must be a whole number of seconds from 900'],
  [{ 'objectives.files.proofAgeSeconds.absent': 5 }, 'objectives.files.proofAgeSeconds.absent: is not a known field'],
  [{ 'objectives.cache': {} }, 'objectives.cache: is not a known field'],
  [{ 'objectives.tenants.backupAgeSeconds': 5000 }, 'objectives.tenants.backupAgeSeconds: must be whole hours'],
  [{ 'paging.maintenance': [{ ...WINDOW, schedule: 'sundays' }] }, 'paging.maintenance[0].schedule: must be such as'],
  [{ 'paging.maintenance': [{ ...WINDOW, timeZone: 'Mars' }] }, 'paging.maintenance[0].timeZone: must be'],
  [{ 'paging.maintenance': [{ ...WINDOW, durationMinutes: 0 }] }, 'paging.maintenance[0].durationMinutes: must be at'],
  [{ 'paging.maintenance': [WINDOW, WINDOW] }, 'paging.maintenance: must have each name once'],
  [{ deletionTrail: 'none' }, 'deletionTrail: must be one of own, objects, existing'],
  [{ 'tenantDumps.readCycleDays': 0 }, 'tenantDumps.readCycleDays: must be at least 1'],
])('refuses %j', (changes, problem) => {
  expect(mistakes(shippedWith(changes))).toEqual([expect.stringContaining(problem)]);
});
