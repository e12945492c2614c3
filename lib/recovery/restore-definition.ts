import { Dimension, METRIC_NAMESPACE, Metric } from '../../engine/contract/signals';
import { chain } from '../functions/states';

/** What the state machine of a restore must know. */
export interface RestoreDefinitionProps {
  /** What it restores, such as `a database`. */
  readonly what: string;
  readonly functionArn: string;
  /** What the deployment tells the function in every step: a `DatabaseRestoreSettings` or `RedisRestoreSettings`. */
  readonly settings: object;
  /** Value of the dimension `System` of its metrics. */
  readonly system: string;
  /** Seconds after which an execution is stopped from outside: longer than a restore and taking it back may take. */
  readonly timeoutSeconds: number;
}

/**
 * The state machine of a restore, in the Amazon States Language. It plans first, and makes nothing until all that can be known is
 * made sure of; then it goes on step by step. A restore that fails is taken back and ends with its first cause; when taking back
 * fails itself, that is counted as something left behind without the function's help, so that the alarm goes off.
 */
export function restoreDefinition(props: RestoreDefinitionProps): object {
  return {
    Comment: `Restores ${props.what} beside what is there, and takes it back when it fails`,
    TimeoutSeconds: props.timeoutSeconds,
    ...chain({
      Plan: { ...step(props, {}), Catch: [caught('Refused')], Next: 'Make a step' },
      'Make a step': {
        ...step(props, { 'progress.$': '$.progress' }),
        Catch: [caught('Take back')],
        Next: 'Is it ready?',
      },
      'Is it ready?': choice('Report', 'Wait for the next step'),
      'Wait for the next step': wait('Make a step'),
      Report: {
        ...step(props, { 'progress.$': '$.progress', isReport: true }),
        Retry: [ALWAYS_AGAIN],
        Catch: [caught('Not reported')],
        Next: 'Restored',
      },
      Restored: { Type: 'Succeed', OutputPath: '$.result' },
      'Take back': {
        ...step(props, { 'progress.$': '$.progress', 'failure.$': '$.failure' }),
        ResultPath: '$.takenBack',
        OutputPath: '$',
        Retry: [ALWAYS_AGAIN],
        Catch: [caught('Count as left behind', '$.takeBackFailure')],
        Next: 'Is it taken back?',
      },
      'Is it taken back?': choice('Failed', 'Keep how far', '$.takenBack.Payload'),
      'Keep how far': {
        Type: 'Pass',
        Parameters: {
          'progress.$': '$.takenBack.Payload.progress',
          'failure.$': '$.failure',
          'waitSeconds.$': '$.takenBack.Payload.waitSeconds',
        },
        Next: 'Wait for the deletion',
      },
      'Wait for the deletion': wait('Take back'),
      'Count as left behind': { ...countLeftBehind(props.system), Next: 'Not taken back' },
      'Not taken back': fail('$.failure'),
      Failed: fail('$.takenBack.Payload.failure'),
      Refused: fail('$.failure'),
      'Not reported': fail('$.failure'),
    }),
  };
}

/** One call of the function, which makes one step; see the contract's `RestoreStep`. */
function step({ functionArn, settings }: RestoreDefinitionProps, own: object): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: {
      FunctionName: functionArn,
      Payload: {
        execution: { 'id.$': '$$.Execution.Name', 'startedAt.$': '$$.Execution.StartTime' },
        settings,
        'request.$': '$$.Execution.Input',
        ...own,
      },
    },
    OutputPath: '$.Payload',
    Retry: [AGAIN],
  };
}

/** To report and to take back matters more than why it failed. */
const ALWAYS_AGAIN = { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 6, BackoffRate: 2 };

/**
 * Steps that were cut off, or that found a service busy, are made again: a step makes nothing twice.
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 */
const AGAIN = {
  ...ALWAYS_AGAIN,
  ErrorEquals: [
    'RestoreBusyError',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
    'Lambda.Unknown',
    'Sandbox.Timedout',
  ],
};

const caught = (next: string, resultPath = '$.failure') => ({
  ErrorEquals: ['States.ALL'],
  ResultPath: resultPath,
  Next: next,
});

const choice = (whenDone: string, otherwise: string, answer = '$') => ({
  Type: 'Choice',
  Choices: [{ Variable: `${answer}.isDone`, BooleanEquals: true, Next: whenDone }],
  Default: otherwise,
});

const wait = (next: string) => ({ Type: 'Wait', SecondsPath: '$.waitSeconds', Next: next });

const fail = (cause: string) => ({ Type: 'Fail', ErrorPath: `${cause}.Error`, CausePath: `${cause}.Cause` });

/** It is unknown how much is left behind, so one is published. */
function countLeftBehind(system: string): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::aws-sdk:cloudwatch:putMetricData',
    Parameters: {
      Namespace: METRIC_NAMESPACE,
      MetricData: [
        {
          MetricName: Metric.LEFT_BEHIND,
          Value: 1,
          Unit: 'Count',
          Dimensions: [{ Name: Dimension.SYSTEM, Value: system }],
        },
      ],
    },
    ResultPath: null,
    Retry: [ALWAYS_AGAIN],
  };
}
