import {
  type DumpsTarget,
  type VerifyTenantsEvent,
  type VerifyTenantsSettings,
  verifyCommand,
} from '../../engine/contract/verify-tenants';
import { chain } from '../functions/states';
import { arrayOf, runTask } from './run-task';

/** A database, and the task that checks its large dumps. */
export interface VerifiedDatabase {
  readonly target: DumpsTarget;
  readonly task: {
    readonly clusterArn: string;
    readonly taskDefinitionArn: string;
    readonly subnetIds: readonly string[];
    readonly securityGroupIds: readonly string[];
  };
}

/** What the state machine that verifies the dumps of tenants must know. */
export interface TenantVerificationDefinitionProps {
  readonly functionArn: string;
  /** What the function is told when it publishes; may hold tokens, as a whole too. */
  readonly settings: VerifyTenantsSettings;
  /** May be a token. */
  readonly databases: readonly VerifiedDatabase[];
  readonly readCycleDays: number;
  readonly containerName: string;
  /** Seconds after which a run is stopped. */
  readonly timeoutSeconds: number;
}

/**
 * The state machine that verifies the dumps of tenants, in the Amazon States Language. For each database it plans what is due, looks through
 * the listings of all backups if that is, and reads the backups that are due, part by part; then it tells what is known of all. A database
 * whose verification fails hides no other, and a part whose check fails no other part: what was not checked is told as such.
 */
export function tenantVerificationDefinition(props: TenantVerificationDefinitionProps): object {
  const { settings, databases, readCycleDays } = props;
  return {
    Comment: 'Verifies the dumps of the tenants of all databases',
    TimeoutSeconds: props.timeoutSeconds,
    ...chain({
      'What there is': { Type: 'Pass', Result: { settings, databases, readCycleDays }, Next: 'Each database' },
      'Each database': {
        Type: 'Map',
        ItemsPath: '$.databases',
        ItemSelector: {
          'target.$': '$$.Map.Item.Value.target',
          'task.$': '$$.Map.Item.Value.task',
          'proofs.$': '$.settings.proofs',
          'readCycleDays.$': '$.readCycleDays',
          'run.$': '$$.Execution.Name',
          'startedAt.$': '$$.Execution.StartTime',
        },
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...database(props) },
        MaxConcurrency: DATABASES_AT_ONCE,
        ResultPath: '$.outcomes',
        Catch: [caught('Publish what is known')],
        Next: 'Publish',
      },
      Publish: { ...publish(props, { 'outcomes.$': '$.outcomes' }), End: true },
      'Publish what is known': { ...publish(props, {}), End: true },
    }),
  };
}

/** Databases that are verified at the same time, and parts of a backup that are checked at the same time. */
const DATABASES_AT_ONCE = 4;
const PARTS_AT_ONCE = 20;

/** What every step about a database is told. */
const RUN = { 'target.$': '$.target', 'proofs.$': '$.proofs', 'run.$': '$.run', 'startedAt.$': '$.startedAt' };

function database(props: TenantVerificationDefinitionProps): object {
  const catchAll = { Catch: [caught('Not verified')] };
  const survey = (own: object) => ({
    ...step(props, 'survey', { ...RUN, ...own }, '$.survey'),
    ...catchAll,
    Next: 'Is it at its end?',
  });
  return chain({
    Plan: {
      ...step(props, 'plan', { ...RUN, 'readCycleDays.$': '$.readCycleDays' }, '$.plan'),
      ...catchAll,
      Next: 'Is a survey due?',
    },
    'Is a survey due?': choice([[isTrue('$.plan.answer.isSurveyDue'), 'Survey']], 'Each backup'),
    Survey: survey({}),
    'Is it at its end?': choice([[isPresent('$.survey.answer.next'), 'Go on with the survey']], 'Each backup'),
    'Go on with the survey': survey({ 'next.$': '$.survey.answer.next' }),
    'Each backup': {
      Type: 'Map',
      ItemsPath: '$.plan.answer.backups',
      ItemSelector: { ...RUN, 'task.$': '$.task', 'backup.$': '$$.Map.Item.Value' },
      ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...backup(props) },
      MaxConcurrency: 1,
      ResultPath: null,
      ...catchAll,
      Next: 'Verified',
    },
    Verified: { Type: 'Pass', Parameters: { 'resource.$': '$.target.resource' }, End: true },
    'Not verified': {
      Type: 'Pass',
      Parameters: { 'resource.$': '$.target.resource', 'error.$': '$.failure.Cause' },
      End: true,
    },
  });
}

function backup(props: TenantVerificationDefinitionProps): object {
  return chain({
    Divide: { ...step(props, 'divide', { ...RUN, ...BACKUP }, '$.divided'), Next: 'Each part' },
    'Each part': {
      Type: 'Map',
      Label: 'parts',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSONL' },
        Parameters: { 'Bucket.$': '$.proofs.bucket', 'Key.$': '$.divided.answer.partsKey' },
      },
      ItemSelector: { ...RUN, ...BACKUP, 'task.$': '$.task', 'part.$': '$$.Map.Item.Value' },
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...part(props) },
      MaxConcurrency: PARTS_AT_ONCE,
      ToleratedFailurePercentage: 100,
      ResultPath: null,
      Next: 'Conclude',
    },
    Conclude: { ...step(props, 'conclude', { ...RUN, ...BACKUP }, null), End: true },
  });
}

/** Which backup, and which part of it. */
const BACKUP = { 'backup.$': '$.backup' };
const PART = { 'part.$': '$.part' };

/**
 * The function checks as much as it can, and answers what is left: a rest for itself, or what is too large for the task. A child answers
 * nothing: the answers of all together are more than a state may hold.
 */
function part(props: TenantVerificationDefinitionProps): object {
  const large = '$.check.answer.large';
  const rest = '$.check.answer.rest';
  return chain({
    'Is it large?': choice([[isTrue('$.part.isLarge'), 'Leave it to the task']], 'Check'),
    'Leave it to the task': {
      Type: 'Pass',
      Parameters: { 'task.$': '$.task', check: { answer: { large: { ...RUN, ...BACKUP, ...PART } } } },
      Next: 'Check in a task',
    },
    Check: { ...step(props, 'check', { ...RUN, ...BACKUP, ...PART }, '$.check'), Next: 'What is left?' },
    'What is left?': choice(
      [
        [isPresent(large), 'Check in a task'],
        [isPresent(rest), 'Go on'],
      ],
      'Checked',
    ),
    'Check in a task': {
      ...runTask(
        {
          task: { 'Cluster.$': '$.task.clusterArn', 'TaskDefinition.$': '$.task.taskDefinitionArn' },
          network: { 'Subnets.$': '$.task.subnetIds', 'SecurityGroups.$': '$.task.securityGroupIds' },
          containerName: props.containerName,
        },
        { 'Command.$': arrayOf(verifyCommand(CHECK), { [CHECK]: `States.JsonToString(${large})` }) },
      ),
      Retry: [ONCE_MORE],
      Next: 'Is there a rest?',
    },
    'Is there a rest?': choice([[isPresent(rest), 'Go on']], 'Checked'),
    'Go on': {
      Type: 'Pass',
      Parameters: { ...RUN, ...BACKUP, 'task.$': '$.task', 'part.$': `${rest}.part` },
      Next: 'Check',
    },
    Checked: { Type: 'Pass', Result: {}, End: true },
  });
}

/** Placeholder in a command for what is only known while it runs. */
const CHECK = 'CHECK';

const publish = (props: TenantVerificationDefinitionProps, own: object): object =>
  step(
    props,
    'publish',
    { 'settings.$': '$.settings', 'run.$': '$$.Execution.Name', 'startedAt.$': '$$.Execution.StartTime', ...own },
    null,
  );

/** One call of the function. @param path where its answer is kept, in a field `answer`; null for nowhere. */
function step(
  { functionArn }: TenantVerificationDefinitionProps,
  action: VerifyTenantsEvent['action'],
  payload: object,
  path: string | null,
): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: functionArn, Payload: { action, ...payload } },
    ...(path !== null && { ResultSelector: { 'answer.$': '$.Payload' } }),
    ResultPath: path,
    Retry: [WHEN_THERE_IS_ROOM, AGAIN],
  };
}

/** Every step may be repeated; a function that ran into its timeout or found a service busy is called again. */
const AGAIN = { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 3, BackoffRate: 2 };
/** The account runs as many functions as it may: others have to end first. */
const WHEN_THERE_IS_ROOM = {
  ErrorEquals: ['Lambda.TooManyRequestsException'],
  IntervalSeconds: 5,
  MaxAttempts: 7,
  BackoffRate: 2,
};
const ONCE_MORE = { ...AGAIN, IntervalSeconds: 60, MaxAttempts: 1 };

const caught = (next: string) => ({ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: next });

const choice = (choices: readonly (readonly [condition: object, next: string])[], otherwise: string) => ({
  Type: 'Choice',
  Choices: choices.map(([condition, Next]) => ({ ...condition, Next })),
  Default: otherwise,
});

const isTrue = (path: string) => ({ Variable: path, BooleanEquals: true });
const isPresent = (path: string) => ({ Variable: path, IsPresent: true });
