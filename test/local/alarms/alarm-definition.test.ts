import * as fc from 'fast-check';
import { alarmDefinition, alarmState } from '../../../local/alarms/alarm-definition';

const PROPERTIES = {
  AlarmName: 'acme-storage-backupFailed',
  Namespace: 'Holdfast',
  MetricName: 'success',
  Dimensions: [{ Name: 'System', Value: 'storage' }],
  Statistic: 'Minimum',
  ComparisonOperator: 'LessThanThreshold',
  Threshold: 1,
  EvaluationPeriods: 1,
  TreatMissingData: 'breaching',
};

test('reads an alarm on one metric', () => {
  expect(alarmDefinition(PROPERTIES)).toEqual({
    name: 'acme-storage-backupFailed',
    queries: [
      {
        id: 'm',
        isCompared: true,
        metric: {
          namespace: 'Holdfast',
          name: 'success',
          dimensions: [{ Name: 'System', Value: 'storage' }],
          statistic: 'Minimum',
        },
      },
    ],
    comparison: 'LessThanThreshold',
    threshold: 1,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: 'breaching',
  });
});

test('reads an alarm on an expression, and which of its queries is compared', () => {
  const { MetricName: _, Namespace: __, Statistic: ___, ...common } = PROPERTIES;
  const { queries } = alarmDefinition({
    ...common,
    Metrics: [
      { Id: 'e', Expression: 'FILL(m, 0)' },
      { Id: 'm', ReturnData: false, MetricStat: { Metric: { Namespace: 'N', MetricName: 'x' }, Stat: 'Sum' } },
    ],
  });
  expect(queries).toEqual([
    { id: 'e', isCompared: true, expression: 'FILL(m, 0)' },
    { id: 'm', isCompared: false, metric: { namespace: 'N', name: 'x', dimensions: [], statistic: 'Sum' } },
  ]);
});

test('refuses an alarm that compares with a band', () => {
  expect(() => alarmDefinition({ ...PROPERTIES, ComparisonOperator: 'GreaterThanUpperThreshold' })).toThrow();
});

const state = (treatMissingData: string, values: (number | undefined)[], evaluationPeriods = values.length) =>
  alarmState(
    alarmDefinition({ ...PROPERTIES, TreatMissingData: treatMissingData, EvaluationPeriods: evaluationPeriods }),
    values,
  );

test.each([
  ['breaching', [undefined], 'ALARM'],
  ['notBreaching', [undefined], 'OK'],
  ['missing', [undefined], 'INSUFFICIENT_DATA'],
  ['ignore', [undefined], undefined],
  ['breaching', [1], 'OK'],
  ['notBreaching', [0], 'ALARM'],
  ['notBreaching', [0, undefined], 'OK'],
  ['breaching', [0, undefined], 'ALARM'],
  ['missing', [1, undefined], 'OK'],
])('with missing data taken as %s, %j means %s', (treatMissingData, values, expected) => {
  expect(state(treatMissingData, values)).toBe(expected);
});

test('looks at the newest periods alone', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 1, undefined)), fc.constantFrom(0, 1), (older, newest) => {
      expect(state('breaching', [...older, newest], 1)).toBe(newest === 0 ? 'ALARM' : 'OK');
    }),
  );
});
