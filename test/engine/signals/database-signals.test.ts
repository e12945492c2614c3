import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DatabaseFinding, VerifyDatabaseResult } from '../../../engine/contract/verify-database';
import { databaseMetrics } from '../../../engine/signals/database-metrics';
import { findingsText, publishDatabaseSignals } from '../../../engine/signals/database-signals';
import { type Answers, FakeSdkClient, sdkError } from '../../fakes/sdk-client';
import { EVENT, NOW } from '../database/fake-account';

const late: DatabaseFinding = { kind: 'recoveryPointLate', isCritical: true, detail: 'there is no point: look' };
const drift: DatabaseFinding = { kind: 'drift', isCritical: false, detail: 'the plan differs: deploy' };
const good: VerifyDatabaseResult = {
  databases: [{ resource: 'orders', findings: [], rpoSeconds: 60, ageSeconds: { daily: 100, yearly: 9_000 } }],
  common: [],
  reportKey: 'database/reports/1.json',
};
const bad: VerifyDatabaseResult = {
  ...good,
  databases: [...good.databases, { resource: 'bills', findings: [late, drift], ageSeconds: { daily: 200 } }],
  common: [drift, { ...late, detail: 'the vault is not locked: lock it' }],
};

const lines = (result: VerifyDatabaseResult) =>
  Object.fromEntries(
    databaseMetrics(result, NOW).map(({ MetricName, Dimensions, Value }) => [
      [MetricName, ...(Dimensions ?? []).map(({ Value: value }) => value)].join(' '),
      Value,
    ]),
  );

describe('metrics', () => {
  test('are those of a database and of all together', () => {
    expect(lines(good)).toEqual({
      'rpo database orders': 60,
      'backupAge database orders yearly': 9_000,
      'backupAge database orders daily': 100,
      'success database orders present': 1,
      'errors database orders present': 0,
      'warnings database orders present': 0,
      'rpo database': 60,
      'backupAge database yearly': 9_000,
      'backupAge database daily': 100,
      'success database': 1,
      'errors database': 0,
      'warnings database': 0,
    });
  });

  test('tell the worst age, and the sum of the findings with those that concern all', () => {
    expect(lines(bad)).toMatchObject({
      'backupAge database daily': 200,
      'success database orders present': 1,
      'success database bills present': 0,
      'errors database bills present': 1,
      'warnings database bills present': 1,
      'success database': 0,
      'errors database': 2,
      'warnings database': 2,
    });
  });

  test('tell no lag of all together while that of one is unknown, so that the alarm on silence goes off', () => {
    expect(lines(bad)).toMatchObject({ 'rpo database orders': 60 });
    expect(lines(bad)).not.toHaveProperty(['rpo database bills']);
    expect(lines(bad)).not.toHaveProperty(['rpo database']);
    const [orders] = good.databases;
    const slower = { ...orders, resource: 'bills', findings: [], rpoSeconds: 90, ageSeconds: {} };
    expect(lines({ ...good, databases: [...good.databases, slower] })).toMatchObject({ 'rpo database': 90 });
  });

  test('never bear the names under which dumps of a database tell of themselves', () => {
    const ofDumps = databaseMetrics(bad, NOW).filter(
      ({ MetricName, Dimensions = [] }) =>
        ['success', 'errors'].includes(MetricName ?? '') &&
        Dimensions.length === 2 &&
        Dimensions[1]?.Name === 'Resource',
    );
    expect(ofDumps).toEqual([]);
  });

  test('have units, the moment, and named dimensions', () => {
    const [rpo] = databaseMetrics(good, NOW);
    expect(rpo).toEqual({
      MetricName: 'rpo',
      Dimensions: [
        { Name: 'System', Value: 'database' },
        { Name: 'Resource', Value: 'orders' },
      ],
      Value: 60,
      Unit: 'Seconds',
      Timestamp: new Date(NOW),
    });
    expect(databaseMetrics(good, NOW)[1]?.Dimensions?.[2]).toEqual({ Name: 'Tier', Value: 'yearly' });
    expect(databaseMetrics(good, NOW)[3]?.Dimensions?.[2]).toEqual({ Name: 'Level', Value: 'present' });
  });

  test('are nothing but a failure when nothing is known of any database', () => {
    expect(lines({ databases: [], common: [late] })).toEqual({
      'success database': 0,
      'errors database': 1,
      'warnings database': 0,
    });
  });
});

describe('the text of a page', () => {
  const text = (result: VerifyDatabaseResult, isCritical = true) =>
    findingsText(result, 'proofs', { isCritical, now: NOW });

  test('says what is wrong with which database, where the report lies, and what is left where a restore is in danger', () => {
    expect(text(bad)).toBe(
      'bills: 1 finding (report s3://proofs/database/reports/1.json). Still restorable: the recovery point of 2026-11-23T14:56Z. There is no point: look. | all databases: 1 finding. The vault is not locked: lock it.',
    );
    expect(text(bad, false)).toBe(
      'bills: 1 finding (report s3://proofs/database/reports/1.json). The plan differs: deploy. | all databases: 1 finding. The plan differs: deploy.',
    );
  });

  test('is none when nothing is wrong', () => {
    expect(text(good)).toBeUndefined();
    expect(text({ databases: [], common: [drift] })).toBeUndefined();
  });

  test('says that there is no report', () => {
    expect(text({ databases: [], common: [late, late] })).toBe(
      'all databases: 2 findings (no report). There is no point: look. There is no point: look.',
    );
  });

  test('shows what others wrote, and stays within what CloudWatch takes', () => {
    const detail = `said "\u202e\n${'x'.repeat(3_000)}`;
    const long = text({ databases: [], common: [{ ...late, detail }] }) ?? '';
    expect(long).toContain('Said "\\u{202e}\\u{000a}x');
    expect(long.length).toBeLessThanOrEqual(1_023);
  });
});

describe('publishing', () => {
  const publish = (result: VerifyDatabaseResult, answers: Answers = {}) => {
    const cloudWatch = new FakeSdkClient({ SetAlarmState: () => ({}), PutMetricData: () => ({}), ...answers });
    return { cloudWatch, done: publishDatabaseSignals(cloudWatch as unknown as CloudWatchClient, EVENT, result, NOW) };
  };

  test('writes each kind of finding into its alarm, and then the metrics', async () => {
    const { cloudWatch, done } = publish(bad);
    await done;
    expect(cloudWatch.sent.map(({ operation }) => operation)).toEqual([
      'SetAlarmState',
      'SetAlarmState',
      'PutMetricData',
    ]);
    expect(cloudWatch.inputsOf('SetAlarmState')).toEqual([
      { AlarmName: EVENT.alarmName, StateValue: 'ALARM', StateReason: expect.stringContaining('There is no point') },
      {
        AlarmName: EVENT.warningAlarmName,
        StateValue: 'ALARM',
        StateReason: expect.stringContaining('The plan differs'),
      },
    ]);
  });

  test('raises no alarm when nothing is wrong', async () => {
    const { cloudWatch, done } = publish(good);
    await done;
    expect(cloudWatch.sent.map(({ operation }) => operation)).toEqual(['PutMetricData']);
  });

  test('tries everything although an alarm cannot be reached, and then fails', async () => {
    const { cloudWatch, done } = publish(bad, { SetAlarmState: () => sdkError('AccessDenied', 'no') });
    await expect(done).rejects.toThrow(
      /Cannot write findings into the alarm acme-database-backupFailed: AccessDenied: no.*acme-database-drift/,
    );
    expect(cloudWatch.inputsOf('PutMetricData')).toHaveLength(1);
  });

  test('fails when metrics cannot be published', async () => {
    const { done } = publish(good, { PutMetricData: () => sdkError('Throttling', 'slow') });
    await expect(done).rejects.toThrow('Cannot publish 12 metrics in namespace Holdfast: Throttling: slow');
  });
});
