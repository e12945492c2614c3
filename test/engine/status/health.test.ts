import * as fc from 'fast-check';
import { ProofOutcome } from '../../../engine/contract/proofs';
import { ProofLevel } from '../../../engine/contract/signals';
import { ageSeconds, byWorst, judgeObjective, judgeProof, worst } from '../../../engine/status/health';
import { Health } from '../../../engine/status/model';

const NOW = new Date('2026-11-23T12:00:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const HOUR = 3600;

const anyHealth = fc.constantFrom(...Object.values(Health));
const anyOutcome = fc.constantFrom(...Object.values(ProofOutcome));
const anyLevel = fc.constantFrom(...Object.values(ProofLevel));
/** Seconds that a clock may be ahead, and be believed. */
const TOLERATED = HOUR;

describe('the health of a whole', () => {
  test('is healthy without parts', () => {
    expect(worst([])).toBe('healthy');
  });

  test.each([
    [['healthy', 'warning'], 'warning'],
    [['warning', 'unknown', 'healthy'], 'unknown'],
    [['unknown', 'critical', 'warning'], 'critical'],
  ] as [Health[], Health][])('of %j is %s', (parts, whole) => {
    expect(worst(parts)).toBe(whole);
  });

  test('is that of a part, none of which is worse, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(anyHealth, { minLength: 1 }), (parts) => {
        const whole = worst(parts);
        expect(parts).toContain(whole);
        expect(parts.every((part) => byWorst(whole, part) <= 0)).toBe(true);
        expect(worst([...parts].reverse())).toBe(whole);
      }),
    );
  });
});

describe('a proof', () => {
  const proved = (seconds: number, limitSeconds?: number) =>
    judgeProof(
      { level: 'intact', limitSeconds, newest: { at: ago(seconds), outcome: 'proved' }, provedAt: ago(seconds) },
      NOW,
    );

  test('that is young enough is healthy, without a word', () => {
    expect(proved(2 * HOUR, 3 * HOUR)).toEqual({
      status: {
        level: 'intact',
        provedAt: '2026-11-23T10:00:00.000Z',
        ageSeconds: 2 * HOUR,
        limitSeconds: 3 * HOUR,
        lastOutcome: 'proved',
        health: 'healthy',
      },
      reasons: [],
    });
  });

  test('that is older than its limit tells nobody anything, and says so with its age', () => {
    const { status, reasons } = proved(31 * HOUR, 30 * HOUR);
    expect(status).toMatchObject({ health: 'unknown', ageSeconds: 31 * HOUR });
    expect(reasons).toEqual(['"intact" was proved 31 h ago, at most 30 h']);
  });

  test('that found damage is critical, whatever was proved before', () => {
    const { status, reasons } = judgeProof(
      { level: 'intact', limitSeconds: HOUR, newest: { at: ago(60), outcome: 'damaged' }, provedAt: ago(120) },
      NOW,
    );
    expect(status).toMatchObject({ health: 'critical', lastOutcome: 'damaged', ageSeconds: 120 });
    expect(reasons).toEqual(['the newest proof "intact", 1 min ago, found damage']);
  });

  test('that could not be carried out warns while an earlier one counts, and is unknown afterwards', () => {
    const failed = (provedAt?: Date) =>
      judgeProof({ level: 'present', limitSeconds: HOUR, newest: { at: ago(60), outcome: 'failed' }, provedAt }, NOW);
    expect(failed(ago(120)).status.health).toBe('warning');
    expect(failed(ago(120)).reasons).toEqual(['the newest proof "present", 1 min ago, could not be carried out']);
    expect(failed(ago(2 * HOUR)).status.health).toBe('unknown');
    expect(failed().status).toMatchObject({ health: 'unknown' });
    expect(failed().reasons).toContain('"present" was never proved');
  });

  test('that was never made is unknown where it is asked for', () => {
    expect(judgeProof({ level: 'present', limitSeconds: HOUR }, NOW)).toEqual({
      status: { level: 'present', limitSeconds: HOUR, health: 'unknown' },
      reasons: ['"present" was never proved'],
    });
    expect(judgeProof({ level: 'present' }, NOW).status.health).toBe('healthy');
  });

  test('that is dated after now is not believed, and has no age', () => {
    const { status, reasons } = proved(-2 * HOUR, 3 * HOUR);
    expect(status.health).toBe('unknown');
    expect(status.ageSeconds).toBeUndefined();
    expect(reasons).toEqual(['a proof "intact" is dated 2026-11-23T14:00:00.000Z, which is yet to come']);
    expect(proved(-60, 3 * HOUR).status).toMatchObject({ health: 'healthy', ageSeconds: 0 });
  });

  test('is never healthy when it is too old, from the future, missing, or the newest one did not succeed', () => {
    const moment = fc.option(fc.integer({ min: -30 * HOUR, max: 90 * HOUR }), { nil: undefined });
    fc.assert(
      fc.property(anyLevel, anyOutcome, moment, moment, fc.integer({ min: 1, max: 60 * HOUR }), (...facts) => {
        const [level, outcome, newestAgo, provedAgo, limitSeconds] = facts;
        const newest = newestAgo === undefined ? undefined : { at: ago(newestAgo), outcome };
        const { status, reasons } = judgeProof(
          { level, limitSeconds, newest, provedAt: provedAgo === undefined ? undefined : ago(provedAgo) },
          NOW,
        );
        const isGood =
          provedAgo !== undefined &&
          provedAgo >= -TOLERATED &&
          provedAgo <= limitSeconds &&
          (newestAgo === undefined || (newestAgo >= -TOLERATED && outcome === 'proved'));
        expect(status.health === 'healthy').toBe(isGood);
        expect(reasons.length === 0).toBe(isGood);
        expect(status.ageSeconds ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('only gets worse as time goes by and nothing is proved anew', () => {
    fc.assert(
      fc.property(
        anyOutcome,
        fc.nat(100 * HOUR),
        fc.nat(100 * HOUR),
        fc.nat(100 * HOUR),
        (outcome, age, limit, later) => {
          const facts = {
            level: ProofLevel.PRESENT,
            limitSeconds: limit,
            newest: { at: ago(age), outcome },
            provedAt: ago(age),
          };
          const then = judgeProof(facts, NOW).status.health;
          const afterwards = judgeProof(facts, new Date(NOW.getTime() + later * 1000)).status.health;
          expect(byWorst(afterwards, then)).toBeLessThanOrEqual(0);
        },
      ),
    );
  });
});

describe('a figure', () => {
  const facts = { what: 'the newest backup is', ending: ' old', above: Health.CRITICAL, absent: 'there is no backup' };

  test('within its objective is healthy', () => {
    expect(judgeObjective({ ...facts, seconds: 60, limitSeconds: 60 })).toEqual({
      status: { seconds: 60, limitSeconds: 60, health: 'healthy' },
      reasons: [],
    });
  });

  test('above its objective is as bad as it is said to be, with both values', () => {
    expect(judgeObjective({ ...facts, seconds: 28 * HOUR, limitSeconds: 26 * HOUR })).toEqual({
      status: { seconds: 28 * HOUR, limitSeconds: 26 * HOUR, health: 'critical' },
      reasons: ['the newest backup is 28 h old, at most 26 h'],
    });
  });

  test('that is asked for and not known is unknown, or as bad as it is said to be', () => {
    expect(judgeObjective({ ...facts, limitSeconds: 60 })).toEqual({
      status: { limitSeconds: 60, health: 'unknown' },
      reasons: ['there is no backup'],
    });
    expect(judgeObjective({ ...facts, limitSeconds: 60, unknown: Health.CRITICAL }).status.health).toBe('critical');
  });

  test('that nobody asks for is shown, and judged by nothing', () => {
    expect(judgeObjective({ ...facts, seconds: 60 })).toEqual({
      status: { seconds: 60, health: 'healthy' },
      reasons: [],
    });
    expect(judgeObjective(facts)).toEqual({ status: { health: 'healthy' }, reasons: [] });
  });
});

test('an age counts up to now, and is never negative', () => {
  expect(ageSeconds(ago(90), NOW)).toBe(90);
  expect(ageSeconds(ago(-90), NOW)).toBe(0);
});
