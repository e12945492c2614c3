import fc from 'fast-check';
import { type PlanTime, START_WINDOW_MINUTES } from '../../../engine/contract/backup-plan';
import {
  automatedBackupWindow,
  backupWindowProblems,
  maintenanceWindowProblems,
} from '../../../lib/database/automated-backup-window';

const NIGHT: PlanTime = { hour: 3, minute: 0, timeZone: 'UTC' };
const MINUTE_MS = 60_000;

const anyTime: fc.Arbitrary<PlanTime> = fc.record({
  hour: fc.integer({ min: 0, max: 23 }),
  minute: fc.integer({ min: 0, max: 59 }),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'),
});
const anyWindow = fc.tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 30, max: 240 }));

describe('the window that is set', () => {
  test.each<[string, PlanTime]>([
    ['09:00-10:00', NIGHT],
    ['05:15-06:15', { hour: 23, minute: 15, timeZone: 'UTC' }],
    ['23:30-00:30', { hour: 23, minute: 0, timeZone: 'Asia/Kolkata' }],
    ['07:30-08:30', { hour: 2, minute: 30, timeZone: 'Europe/Berlin' }],
  ])('is %s for %p', (window, time) => {
    expect(automatedBackupWindow(time)).toBe(window);
  });

  test('is never one that would be refused', () => {
    fc.assert(
      fc.property(anyTime, (time) => {
        expect(backupWindowProblems(automatedBackupWindow(time), time, 'window')).toEqual([]);
      }),
    );
  });
});

describe('a window that a database has', () => {
  test.each(['06:00-06:30', '02:00-02:59', '12:00-13:00', '23:00-02:30'])('is taken at %s', (window) => {
    expect(backupWindowProblems(window, NIGHT, 'window')).toEqual([]);
  });

  test.each(['03:00-03:30', '05:59-06:30', '02:30-03:00', '23:00-03:10', '04:00-05:00'])(
    'is refused at %s, when a job of 03:00 to 05:00 could not begin',
    (window) => {
      expect(backupWindowProblems(window, NIGHT, 'window')).toEqual([
        {
          path: 'window',
          message: `must end before the jobs of the plan begin, and begin 180 minutes after that or later, since RDS takes no snapshot in the hour before its own backup and during it; the plan begins at 03:00 UTC, got: "${window}" UTC. HINT: leave the window out; Holdfast then sets "09:00-10:00"`,
        },
      ]);
    },
  );

  test.each(['3:00-04:00', '24:00-01:00', '03:00', '03:60-04:00', 'Mon:03:00-Mon:04:00'])(
    'is refused as "%s"',
    (window) => {
      expect(backupWindowProblems(window, NIGHT, 'window')).toEqual([
        { path: 'window', message: `must be a time of day in UTC such as "09:00-10:00", got: "${window}"` },
      ]);
    },
  );

  test('is refused exactly when a minute of the start window, in winter or summer, is one that RDS blocks', () => {
    fc.assert(
      fc.property(anyTime, anyWindow, (time, [from, minutes]) => {
        const blocked = new Set(range(from - 60, from + minutes));
        const collides = ['2025-01-15', '2025-07-15'].some((day) => {
          const start = minuteOfDay(startInUtc(day, time));
          return range(start, start + START_WINDOW_MINUTES - 1).some((minute) => blocked.has(minute));
        });
        const window = `${clock(from)}-${clock(from + minutes)}`;
        expect(backupWindowProblems(window, time, 'window')).toHaveLength(collides ? 1 : 0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a maintenance window', () => {
  test.each([
    'Sun:10:00-Sun:10:30',
    'mon:08:30-mon:09:00',
    'Sat:23:30-Sun:00:30',
    'Sun:10:00-Mon:09:00',
    'whenever',
    '',
  ])('is taken as "%s" beside backups at 09:00 to 10:00', (maintenance) => {
    expect(maintenanceWindowProblems(maintenance, '09:00-10:00', 'window')).toEqual([]);
  });

  test.each(['Sun:09:00-Sun:09:30', 'Sun:09:59-Sun:10:29', 'tue:08:31-tue:09:01', 'Sun:10:30-Mon:09:30'])(
    'is refused as "%s", which overlaps them',
    (maintenance) => {
      expect(maintenanceWindowProblems(maintenance, '09:00-10:00', 'window')).toEqual([
        {
          path: 'window',
          message: `must not overlap the window that the automated backups get, "09:00-10:00", got: "${maintenance}" UTC. HINT: move it, or set preferredBackupWindow`,
        },
      ]);
    },
  );

  test('is refused over midnight too', () => {
    expect(maintenanceWindowProblems('Sat:23:30-Sun:00:00', '23:30-00:30', 'window')).toHaveLength(1);
    expect(maintenanceWindowProblems('Sun:00:29-Sun:00:59', '23:30-00:30', 'window')).toHaveLength(1);
    expect(maintenanceWindowProblems('Sun:00:30-Sun:01:00', '23:30-00:30', 'window')).toEqual([]);
  });
});

/** Minutes of the day from one to another, both included. */
function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => (from + index + 2880) % 1440);
}

/** The moment at which a local clock shows the time of the plan on a day: found by trying all of them. */
function startInUtc(day: string, { hour, minute, timeZone }: PlanTime): Date {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const wanted = `${day} ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  const noon = Date.parse(`${day}T12:00:00Z`);
  for (let offset = -1560; offset <= 1560; offset += 15) {
    const at = new Date(noon + ((hour - 12) * 60 + minute + offset) * MINUTE_MS);
    if (shown.format(at) === wanted) {
      return at;
    }
  }
  throw new Error(`no moment shows ${wanted} in ${timeZone}`);
}

function minuteOfDay(at: Date): number {
  return at.getUTCHours() * 60 + at.getUTCMinutes();
}

function clock(minutes: number): string {
  const ofDay = (minutes + 1440) % 1440;
  return `${String(Math.floor(ofDay / 60)).padStart(2, '0')}:${String(ofDay % 60).padStart(2, '0')}`;
}
