import fc from 'fast-check';
import { dueBackups, type KeptBackup } from '../../../engine/proof/due-backups';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-23T06:00:00Z');
const PACE = { cycleMs: 30 * DAY, everyMs: HOUR };

const backup = (
  id: string,
  { at = NOW - 40 * DAY, readAt, isProved = true }: Partial<KeptBackup> = {},
): KeptBackup => ({
  id,
  at,
  isProved,
  ...(readAt !== undefined && { readAt }),
});
const due = (...kept: KeptBackup[]): string[] => dueBackups(kept, NOW, PACE).map(({ id }) => id);

test('of what was never read the newest comes first, one a run', () => {
  expect(due(backup('old', { at: NOW - 2 * DAY }), backup('new', { at: NOW - HOUR }), backup('oldest'))).toEqual([
    'new',
  ]);
});

test('beside what is new, the one that was read longest ago has its turn', () => {
  const kept = [
    backup('read', { readAt: NOW - 31 * DAY }),
    backup('longest ago', { readAt: NOW - 32 * DAY }),
    backup('new', { at: NOW - HOUR }),
  ];
  expect(due(...kept)).toEqual(['new', 'longest ago']);
});

test('what was proved within the cycle is left alone', () => {
  expect(due(backup('a', { readAt: NOW - 29 * DAY }), backup('b', { readAt: NOW - HOUR }))).toEqual([]);
});

test('what was read and not proved is read again, after what is older', () => {
  const damaged = backup('damaged', { readAt: NOW - HOUR, isProved: false });
  expect(due(damaged)).toEqual(['damaged']);
  expect(due(damaged, backup('turn', { readAt: NOW - 30 * DAY }))).toEqual(['turn']);
});

test('a run reads as large a share as a cycle has runs', () => {
  const kept = Array.from({ length: 720 * 2 + 1 }, (_, index) => backup(`${index}`, { readAt: NOW - 31 * DAY }));
  expect(due(...kept)).toHaveLength(3);
});

const aHistory = fc.record({
  perDay: fc.integer({ min: 1, max: 3 }),
  keptDays: fc.integer({ min: 1, max: 12 }),
  cycleDays: fc.integer({ min: 1, max: 8 }),
  everyHours: fc.constantFrom(1, 2, 6),
  atFirst: fc.integer({ min: 0, max: 20 }),
});

test('every backup that is kept is read once a cycle, and none before its turn', () => {
  fc.assert(
    fc.property(aHistory, ({ perDay, keptDays, cycleDays, everyHours, atFirst }) => {
      const pace = { cycleMs: cycleDays * DAY, everyMs: everyHours * HOUR };
      let kept: KeptBackup[] = Array.from({ length: atFirst }, (_, index) =>
        backup(`first-${index}`, { at: NOW - index, readAt: NOW - ((index * HOUR) % pace.cycleMs) }),
      );
      for (let now = NOW; now < NOW + 3 * pace.cycleMs; now += pace.everyMs) {
        if ((now - NOW) % (DAY / perDay) < pace.everyMs) {
          kept.push(backup(`at-${now}`, { at: now }));
        }
        kept = kept.filter(({ id, at }) => id.startsWith('first') || now - at < keptDays * DAY);
        const plan = dueBackups(kept, now, pace);
        const share = Math.max(1, Math.ceil((kept.length * pace.everyMs) / pace.cycleMs));
        expect(plan.length).toBeLessThanOrEqual(2 * share);
        const ids = new Set(plan.map(({ id }) => id));
        kept = kept.map((each) => (ids.has(each.id) ? { ...each, readAt: now } : each));
        const late = kept.filter(({ at, readAt = at }) => now - readAt > pace.cycleMs + pace.everyMs);
        expect(late).toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
});

test('a run plans nothing that is not due', () => {
  const aBackup = fc.record({
    id: fc.uuid(),
    at: fc.integer({ min: NOW - 60 * DAY, max: NOW }),
    isProved: fc.boolean(),
    age: fc.option(fc.integer({ min: 0, max: 60 * DAY })),
  });
  fc.assert(
    fc.property(fc.array(aBackup, { maxLength: 80 }), (given) => {
      const kept = given.map(({ age, ...rest }) => ({ ...rest, ...(age !== null && { readAt: NOW - age }) }));
      const plan = dueBackups(kept, NOW, PACE);
      const roundMs = kept.length * HOUR;
      expect(
        plan.every(({ readAt, isProved }) => readAt === undefined || !isProved || NOW - readAt >= 30 * DAY - roundMs),
      ).toBe(true);
      expect(plan.length === 0).toBe(
        kept.every(({ readAt, isProved }) => readAt !== undefined && isProved && NOW - readAt < 30 * DAY - roundMs),
      );
    }),
  );
});
