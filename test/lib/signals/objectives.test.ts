import { Duration } from 'aws-cdk-lib';
import fc from 'fast-check';
import { DEFAULT_OBJECTIVES } from '../../../engine/contract/deployment';
import { PROOF_SYSTEMS, type ProofSystem } from '../../../engine/contract/proofs';
import { type ObjectiveOverrides, objectivesProblems, resolveObjectives } from '../../../lib/signals/objectives';

const HOUR = 3600;

test('are the defaults where nothing else is said', () => {
  expect(resolveObjectives()).toEqual(DEFAULT_OBJECTIVES);
});

test('differ in what is said alone, level by level', () => {
  const { redis, ...others } = resolveObjectives({
    redis: { rtoSeconds: HOUR, proofAgeSeconds: { intact: 48 * HOUR, restored: 100 * HOUR } },
  });
  expect(redis).toEqual({
    ...DEFAULT_OBJECTIVES.redis,
    rtoSeconds: HOUR,
    proofAgeSeconds: {
      present: DEFAULT_OBJECTIVES.redis.proofAgeSeconds.present,
      intact: 48 * HOUR,
      restored: 100 * HOUR,
    },
  });
  expect(others).toEqual({ ...DEFAULT_OBJECTIVES, redis: undefined });
});

test('give the proof that files are intact a day over the cycle in which they are read, unless said otherwise', () => {
  const facts = { readCycle: Duration.days(60) };
  expect(resolveObjectives({}, facts).files.proofAgeSeconds).toEqual({ present: 26 * HOUR, intact: 61 * 24 * HOUR });
  const asked = resolveObjectives({ files: { proofAgeSeconds: { intact: 90 * 24 * HOUR } } }, facts);
  expect(asked.files.proofAgeSeconds.intact).toBe(90 * 24 * HOUR);
  expect(asked.tenants).toEqual(DEFAULT_OBJECTIVES.tenants);
});

test.each<[string, ObjectiveOverrides, string, string]>([
  ['less than a quarter of an hour', { redis: { rpoSeconds: 899 } }, 'objectives.redis.rpoSeconds', 'got: 899'],
  ['more than a year', { files: { rtoSeconds: 367 * 86_400 } }, 'objectives.files.rtoSeconds', 'from 900 to 31622400'],
  [
    'a fraction of a second',
    { database: { backupAgeSeconds: 3600.5 } },
    'objectives.database.backupAgeSeconds',
    'whole',
  ],
  [
    'a part of an hour without a dump',
    { tenants: { backupAgeSeconds: 5400 } },
    'objectives.tenants.backupAgeSeconds',
    'must be whole hours from 1 to 168, in seconds, got: 5400',
  ],
  [
    'a week and more without one',
    { tenants: { backupAgeSeconds: 169 * HOUR } },
    'objectives.tenants.backupAgeSeconds',
    '168',
  ],
  [
    'an age that is none',
    { redis: { proofAgeSeconds: { present: Number.NaN } } },
    'objectives.redis.proofAgeSeconds.present',
    'NaN',
  ],
  [
    'a level that nobody knows',
    { redis: { proofAgeSeconds: { whole: 3600 } as object } },
    'objectives.redis.proofAgeSeconds.whole',
    'must be one of present, intact, restored, got: "whole"',
  ],
  [
    'a system that nobody knows',
    { mongo: {} } as ObjectiveOverrides,
    'objectives.mongo',
    'must be one of database, tenants, files, redis, got: "mongo"',
  ],
])('refuse %s', (_, overrides, path, message) => {
  expect(objectivesProblems(overrides)).toEqual([{ path, message: expect.stringContaining(message) }]);
});

test('what is not refused is what they are then, and every system has some', () => {
  const seconds = fc.integer({ min: 1, max: 168 }).map((hours) => hours * HOUR);
  const asked = fc.record(
    { backupAgeSeconds: seconds, rpoSeconds: seconds, rtoSeconds: seconds },
    { requiredKeys: [] },
  );
  const overrides = fc.dictionary(fc.constantFrom<ProofSystem>(...PROOF_SYSTEMS), asked);
  fc.assert(
    fc.property(overrides, (given) => {
      expect(objectivesProblems(given)).toEqual([]);
      const resolved = resolveObjectives(given);
      expect(Object.keys(resolved)).toEqual([...PROOF_SYSTEMS]);
      expect(resolved).toMatchObject({ ...given });
    }),
  );
});
