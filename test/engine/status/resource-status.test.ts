import * as fc from 'fast-check';
import { DEFAULT_OBJECTIVES, type SystemObjectives } from '../../../engine/contract/deployment';
import { ProofOutcome, ProofSystem } from '../../../engine/contract/proofs';
import { ProofLevel } from '../../../engine/contract/signals';
import type { Evidence } from '../../../engine/status/evidence';
import { byWorst } from '../../../engine/status/health';
import { resourceStatus } from '../../../engine/status/resource-status';
import { ago, evidence, HOUR, level, NOW, record } from './evidence';

const statusOf = (
  system: ProofSystem,
  known: Evidence,
  objectives: SystemObjectives = DEFAULT_OBJECTIVES[system],
  now = NOW,
) => resourceStatus({ system, resource: 'shop', objectives, now }, known);

const proved = (seconds: number, name: ProofLevel, more = {}) => level(record(seconds, { level: name, ...more }));

/** Dumps of tonight, proved whole. */
const GOOD = evidence({
  levels: [proved(HOUR, 'present', { bytes: 7, objects: 2, replicationLagSeconds: 0 }), proved(2 * HOUR, 'intact')],
  backups: { count: 30, newest: { id: 'newest', at: ago(10 * HOUR), bytes: 5000, objects: 12 } },
});

test('a resource whose backups are young and proved is healthy, with its figures', () => {
  expect(statusOf('tenants', GOOD)).toEqual({
    system: 'tenants',
    resource: 'shop',
    health: 'healthy',
    reasons: [],
    backupAge: { seconds: 10 * HOUR, limitSeconds: 26 * HOUR, health: 'healthy' },
    rpo: { seconds: 10 * HOUR, limitSeconds: 26 * HOUR, health: 'healthy' },
    rto: { health: 'healthy' },
    proofs: [
      expect.objectContaining({ level: 'present', ageSeconds: HOUR, health: 'healthy' }),
      expect.objectContaining({ level: 'intact', ageSeconds: 2 * HOUR, health: 'healthy' }),
    ],
    restorableAt: ago(10 * HOUR).toISOString(),
    bytes: 5000,
    objects: 12,
    replicationLagSeconds: 0,
    backups: 30,
    findings: [],
  });
});

test('nothing known is unknown, and says so of each thing that is asked for', () => {
  const { health, reasons, proofs } = statusOf('tenants', evidence());
  expect(health).toBe('unknown');
  expect(reasons).toEqual([
    '"present" was never proved',
    '"intact" was never proved',
    'the age of the newest backup is not known',
    'how much work would be lost is not known',
  ]);
  expect(proofs.map((proof) => proof.level)).toEqual(['present', 'intact']);
});

describe('the age of the newest backup', () => {
  const backups = (seconds: number) => ({ count: 3, newest: { id: 'x', at: ago(seconds), bytes: 1, objects: 1 } });

  test('is critical when the backups were looked at just now and the newest is too old', () => {
    const { backupAge, reasons } = statusOf('tenants', { ...GOOD, backups: backups(28 * HOUR) });
    expect(backupAge).toEqual({ seconds: 28 * HOUR, limitSeconds: 26 * HOUR, health: 'critical' });
    expect(reasons).toContain('the newest backup is 28 h old, at most 26 h');
  });

  test('is critical when there is none', () => {
    const { backupAge, reasons } = statusOf('tenants', { ...GOOD, backups: { count: 0 } });
    expect(backupAge).toEqual({ limitSeconds: 26 * HOUR, health: 'critical' });
    expect(reasons).toContain('there is no backup');
  });

  test('is told by records where no backups can be looked at, and is critical when it was too old by then', () => {
    const told = (recordAge: number, backupAge: number) =>
      statusOf(
        'database',
        evidence({ levels: [proved(recordAge, 'present', { backupAt: ago(backupAge).toISOString() })] }),
      ).backupAge;
    expect(told(HOUR, 3 * HOUR)).toMatchObject({ seconds: 3 * HOUR, health: 'healthy' });
    expect(told(HOUR, 42 * HOUR)).toMatchObject({ seconds: 42 * HOUR, health: 'critical' });
    // Since that record stopped to count a backup may have been made.
    expect(told(25 * HOUR, 42 * HOUR)).toMatchObject({ seconds: 42 * HOUR, health: 'unknown' });
  });

  test('is not told by a record, or of a moment, that is yet to come', () => {
    const future = ago(-3 * HOUR).toISOString();
    const told = (more: object, age = HOUR) =>
      statusOf('database', evidence({ levels: [proved(age, 'present', more)] })).backupAge.seconds;
    expect(told({ backupAt: future })).toBeUndefined();
    expect(told({ backupAt: ago(HOUR).toISOString() }, -3 * HOUR)).toBeUndefined();
  });
});

describe('the work that would be lost', () => {
  const rpoOf = (system: ProofSystem, recordAge: number, restorableAge: number) =>
    statusOf(
      system,
      evidence({ levels: [proved(recordAge, 'present', { restorableAt: ago(restorableAge).toISOString() })] }),
    );

  test.each(['database', 'files'] as const)('of %s is what the newest proof measured while it counts', (system) => {
    const { rpo, restorableAt } = rpoOf(system, 2 * HOUR, 2 * HOUR + 240);
    expect(rpo).toEqual({ seconds: 240, limitSeconds: HOUR, health: 'healthy' });
    expect(restorableAt).toBe(ago(2 * HOUR + 240).toISOString());
    expect(rpoOf(system, 2 * HOUR, 4 * HOUR).rpo).toMatchObject({ seconds: 2 * HOUR, health: 'critical' });
  });

  test('of a database is unknown once the proof is too old, and shown as the worst that can be', () => {
    const { rpo, reasons } = rpoOf('database', 5 * HOUR, 5 * HOUR + 240);
    expect(rpo).toEqual({ seconds: 5 * HOUR + 240, limitSeconds: HOUR, health: 'unknown' });
    expect(reasons).toContain('work would be lost of 5 h 4 min, at most 1 h');
    expect(rpoOf('database', 5 * HOUR, 9 * HOUR).rpo).toMatchObject({ seconds: 9 * HOUR, health: 'critical' });
  });

  test('of dumps grows with the age of the newest backup', () => {
    expect(rpoOf('tenants', HOUR, 27 * HOUR).rpo).toMatchObject({ seconds: 27 * HOUR, health: 'critical' });
    const newer = { ...GOOD, levels: [proved(HOUR, 'present', { restorableAt: ago(20 * HOUR).toISOString() })] };
    expect(statusOf('tenants', newer).rpo.seconds).toBe(10 * HOUR);
  });
});

describe('the time that a restore takes', () => {
  const objectives = { proofAgeSeconds: {}, rtoSeconds: HOUR };
  const drill = (seconds: number, rtoSeconds?: number) => level(record(seconds, { level: 'restored', rtoSeconds }));

  test('is that of the newest drill', () => {
    const { rto, health, proofs } = statusOf('tenants', evidence({ levels: [drill(50 * HOUR, 600)] }), objectives);
    expect(rto).toEqual({ seconds: 600, limitSeconds: HOUR, health: 'healthy' });
    expect({ health, levels: proofs.map((proof) => proof.level) }).toEqual({ health: 'healthy', levels: ['restored'] });
  });

  test('warns above its objective, and is unknown without a drill that measured it', () => {
    expect(statusOf('tenants', evidence({ levels: [drill(60, 2 * HOUR)] }), objectives)).toMatchObject({
      health: 'warning',
      reasons: ['the newest measured restore took 2 h, at most 1 h'],
    });
    expect(statusOf('tenants', evidence({ levels: [drill(60)] }), objectives)).toMatchObject({
      health: 'unknown',
      reasons: ['how long a restore takes was never measured'],
    });
  });

  test('is not hidden by a drill that failed after it', () => {
    const failed = record(60, { level: 'restored', outcome: ProofOutcome.FAILED });
    const known = evidence({ levels: [level(failed, record(90 * HOUR, { level: 'restored', rtoSeconds: 600 }))] });
    const { rto, health } = statusOf('tenants', known, objectives);
    expect({ seconds: rto.seconds, health }).toEqual({ seconds: 600, health: 'warning' });
  });
});

describe('the lag of the replica', () => {
  const files = (recordAge: number, replicationLagSeconds: number) =>
    statusOf(
      'files',
      evidence({
        levels: [
          proved(recordAge, 'present', { replicationLagSeconds, restorableAt: ago(recordAge).toISOString() }),
          proved(recordAge, 'intact'),
        ],
      }),
    );

  test('warns above half an hour', () => {
    expect(files(HOUR, 1800)).toMatchObject({ health: 'healthy', replicationLagSeconds: 1800 });
    expect(files(HOUR, 7200)).toMatchObject({
      health: 'warning',
      reasons: ['the replica lags by 2 h, at most 30 min'],
    });
  });

  test('is unknown when it was seen too long ago', () => {
    expect(files(27 * HOUR, 1801).health).toBe('unknown');
  });
});

describe('what proofs found', () => {
  const finding = (isCritical: boolean, detail = 'an archive is gone') => ({ kind: 'missing', isCritical, detail });

  test('is shown once, what endangers a restore first', () => {
    const findings = [finding(false, 'late'), finding(true)];
    const damaged = { outcome: ProofOutcome.DAMAGED, findings };
    const known = evidence({ levels: [proved(60, 'present', damaged), proved(60, 'intact', damaged)] });
    const status = statusOf('tenants', known, { proofAgeSeconds: {} });
    expect(status.findings).toEqual([finding(true), finding(false, 'late')]);
    expect(status.health).toBe('critical');
    expect(status.reasons).toEqual([
      'the newest proof "present", 1 min ago, found damage',
      'the newest proof "intact", 1 min ago, found damage',
      '1 finding that endangers no restore yet',
    ]);
  });

  test('warns where it endangers no restore', () => {
    const known = {
      ...GOOD,
      levels: [proved(60, 'present', { findings: [finding(false), finding(false, 'other')] }), proved(60, 'intact')],
    };
    const { health, reasons } = statusOf('tenants', known);
    expect({ health, reasons }).toEqual({ health: 'warning', reasons: ['2 findings that endanger no restore yet'] });
  });

  test('counts no more once a later proof of the level did not find it', () => {
    const known = { ...GOOD, levels: [{ ...proved(60, 'present'), provedRecord: record(60) }, proved(60, 'intact')] };
    expect(statusOf('tenants', known).findings).toEqual([]);
  });
});

test('what could not be read is unknown, what is damaged critical, and both are told', () => {
  expect(statusOf('tenants', { ...GOOD, unread: ['no answer'] })).toMatchObject({
    health: 'unknown',
    reasons: ['no answer'],
  });
  expect(statusOf('tenants', { ...GOOD, unread: ['no answer'], damaged: ['a manifest is damaged'] })).toMatchObject({
    health: 'critical',
    reasons: ['a manifest is damaged', 'no answer'],
  });
});

test('a picture that nobody renews only gets worse', () => {
  const seconds = fc.nat(60 * HOUR);
  const anyRecord = fc
    .record({
      age: seconds,
      outcome: fc.constantFrom(...Object.values(ProofOutcome)),
      name: fc.constantFrom(...Object.values(ProofLevel)),
      backup: fc.option(seconds, { nil: undefined }),
      restorable: fc.option(seconds, { nil: undefined }),
      lag: fc.option(seconds, { nil: undefined }),
    })
    .map(({ age, outcome, name, backup, restorable, lag }) =>
      level(
        record(age, {
          level: name,
          outcome,
          backupAt: backup === undefined ? undefined : ago(age + backup).toISOString(),
          restorableAt: restorable === undefined ? undefined : ago(age + restorable).toISOString(),
          replicationLagSeconds: lag,
        }),
      ),
    );
  const anyBackups = fc.option(
    seconds.map((age) => ({ count: 1, newest: { id: 'x', at: ago(age), bytes: 1, objects: 1 } })),
    { nil: undefined },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(ProofSystem)),
      fc.uniqueArray(anyRecord, { selector: (each) => each.level }),
      anyBackups,
      seconds,
      (system, levels, backups, later) => {
        const known = evidence({ levels, backups });
        const then = statusOf(system, known);
        const afterwards = statusOf(system, known, undefined, ago(-later));
        expect(byWorst(afterwards.health, then.health)).toBeLessThanOrEqual(0);
        expect(afterwards.reasons.length === 0).toBe(afterwards.health === 'healthy');
      },
    ),
    { numRuns: 500 },
  );
});
