import { restoreDefinition } from '../../../lib/recovery/restore-definition';

const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:acme-restore-database';
const definition = restoreDefinition({
  what: 'a database',
  functionArn: FUNCTION,
  settings: { timeoutSeconds: 60 },
  system: 'database',
  timeoutSeconds: 100,
}) as { StartAt: string; States: Record<string, State>; TimeoutSeconds: number };

type State = Readonly<Record<string, unknown>>;

const stateOf = (name: string): State => definition.States[name] ?? {};
const payloadOf = (name: string) => (stateOf(name).Parameters as { Payload: object }).Payload;
const caughtBy = (name: string) => (stateOf(name).Catch as { Next: string; ErrorEquals: string[] }[])[0];

test('begins with the plan, and is stopped from outside after its timeout', () => {
  expect(definition).toMatchObject({ StartAt: 'Plan', TimeoutSeconds: 100 });
});

test('sends the function the execution, the settings and the request in every step', () => {
  const common = {
    execution: { 'id.$': '$$.Execution.Name', 'startedAt.$': '$$.Execution.StartTime' },
    settings: { timeoutSeconds: 60 },
    'request.$': '$$.Execution.Input',
  };
  expect(payloadOf('Plan')).toEqual(common);
  expect(payloadOf('Make a step')).toEqual({ ...common, 'progress.$': '$.progress' });
  expect(payloadOf('Report')).toEqual({ ...common, 'progress.$': '$.progress', isReport: true });
  expect(payloadOf('Take back')).toEqual({ ...common, 'progress.$': '$.progress', 'failure.$': '$.failure' });
  for (const name of ['Plan', 'Make a step', 'Report', 'Take back']) {
    expect(definition.States[name]).toMatchObject({
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: FUNCTION },
    });
  }
});

test.each([
  ['Plan', 'Refused'],
  ['Make a step', 'Take back'],
  ['Report', 'Not reported'],
  ['Take back', 'Count as left behind'],
])('when the state %s fails, goes to %s', (name, next) => {
  expect(caughtBy(name)).toMatchObject({ ErrorEquals: ['States.ALL'], Next: next });
});

test('takes nothing back when only the report failed, or the plan', () => {
  for (const name of ['Refused', 'Not reported']) {
    expect(definition.States[name]).toEqual({
      Type: 'Fail',
      ErrorPath: '$.failure.Error',
      CausePath: '$.failure.Cause',
    });
  }
});

test('makes a step again that was cut off or found a service busy, and no other', () => {
  for (const name of ['Plan', 'Make a step']) {
    const [{ ErrorEquals }] = stateOf(name).Retry as [{ ErrorEquals: string[] }];
    expect(ErrorEquals).toContain('RestoreBusyError');
    expect(ErrorEquals).toContain('Lambda.TooManyRequestsException');
    expect(ErrorEquals).not.toContain('States.ALL');
    expect(ErrorEquals).not.toContain('RestoreFailedError');
  }
  for (const name of ['Report', 'Take back', 'Count as left behind']) {
    expect(stateOf(name).Retry).toEqual([expect.objectContaining({ ErrorEquals: ['States.ALL'] })]);
  }
});

test('counts one left behind without the function', () => {
  expect(definition.States['Count as left behind']).toMatchObject({
    Resource: 'arn:aws:states:::aws-sdk:cloudwatch:putMetricData',
    Parameters: {
      Namespace: 'Holdfast',
      MetricData: [{ MetricName: 'leftBehind', Value: 1, Dimensions: [{ Name: 'System', Value: 'database' }] }],
    },
    Next: 'Not taken back',
  });
});

test('every state is there that another goes to', () => {
  const targets: string[] = [];
  JSON.stringify(definition, (key, value) => {
    if (['Next', 'Default', 'StartAt'].includes(key)) {
      targets.push(value);
    }
    return value;
  });
  expect(new Set(targets)).toEqual(new Set(Object.keys(definition.States)));
});
