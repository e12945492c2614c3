import { tenantVerificationDefinition } from '../../../lib/tenants/tenant-verification-definition';

/** A state, as far as the tests look at it. */
type State = Readonly<Record<string, unknown>> & {
  readonly States?: Readonly<Record<string, State>>;
  readonly ItemProcessor?: State;
};

const definition = tenantVerificationDefinition({
  functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:acme-verify-tenants',
  settings: {
    databases: [],
    proofs: { bucket: 'acme-proofs', region: 'eu-west-1' },
    alarmName: 'acme-tenants-backupFailed',
    readCycleDays: 30,
  },
  databases: [],
  readCycleDays: 30,
  containerName: 'job',
  timeoutSeconds: 72_000,
}) as State;
const databases = stateOf(definition, 'Each database');
const database = databases.ItemProcessor as State;
const backup = stateOf(database, 'Each backup').ItemProcessor as State;
const parts = stateOf(backup, 'Each part');
const part = parts.ItemProcessor as State;

test('a run is stopped in time, and publishes what is known whatever came of the databases', () => {
  expect(definition).toMatchObject({ TimeoutSeconds: 72_000, StartAt: 'What there is' });
  expect(databases).toMatchObject({
    ResultPath: '$.outcomes',
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Publish what is known' }],
    Next: 'Publish',
  });
  expect(payloadOf(definition, 'Publish')).toMatchObject({ action: 'publish', 'outcomes.$': '$.outcomes' });
  expect(payloadOf(definition, 'Publish what is known')).not.toHaveProperty(['outcomes.$']);
});

test('every failure within a database is an outcome of it, and fails no other', () => {
  const caught = { ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Not verified' };
  for (const name of ['Plan', 'Survey', 'Go on with the survey', 'Each backup']) {
    expect([name, stateOf(database, name).Catch]).toEqual([name, [caught]]);
  }
  expect(stateOf(database, 'Not verified')).toMatchObject({
    Parameters: { 'resource.$': '$.target.resource', 'error.$': '$.failure.Cause' },
    End: true,
  });
});

test('a survey goes on until it is at its end', () => {
  expect(stateOf(database, 'Is a survey due?')).toMatchObject({
    Choices: [{ Variable: '$.plan.answer.isSurveyDue', BooleanEquals: true, Next: 'Survey' }],
    Default: 'Each backup',
  });
  for (const name of ['Survey', 'Go on with the survey']) {
    expect(stateOf(database, name)).toMatchObject({ ResultPath: '$.survey', Next: 'Is it at its end?' });
  }
  expect(payloadOf(database, 'Go on with the survey')).toMatchObject({ 'next.$': '$.survey.answer.next' });
});

test('the parts of a backup are read from their list, so many at a time, and one that fails leaves the others', () => {
  expect(parts).toMatchObject({
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSONL' },
      Parameters: { 'Bucket.$': '$.proofs.bucket', 'Key.$': '$.divided.answer.partsKey' },
    },
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
    MaxConcurrency: 20,
    ToleratedFailurePercentage: 100,
    ResultPath: null,
    Next: 'Conclude',
  });
});

test('what is too large for the function is checked in a task, which is told nothing but the part', () => {
  expect(stateOf(part, 'Is it large?')).toMatchObject({
    Choices: [{ Variable: '$.part.isLarge', BooleanEquals: true, Next: 'Leave it to the task' }],
    Default: 'Check',
  });
  expect(stateOf(part, 'Check in a task')).toMatchObject({
    Resource: 'arn:aws:states:::ecs:runTask.sync',
    Parameters: {
      'Cluster.$': '$.task.clusterArn',
      Overrides: {
        ContainerOverrides: [
          { Name: 'job', 'Command.$': "States.Array('verify', States.JsonToString($.check.answer.large))" },
        ],
      },
    },
    ResultPath: null,
  });
});

test('a part is checked until nothing of it is left, and its child answers nothing', () => {
  expect(stateOf(part, 'What is left?').Choices).toEqual([
    { Variable: '$.check.answer.large', IsPresent: true, Next: 'Check in a task' },
    { Variable: '$.check.answer.rest', IsPresent: true, Next: 'Go on' },
  ]);
  expect(stateOf(part, 'Go on')).toMatchObject({ Parameters: { 'part.$': '$.check.answer.rest.part' }, Next: 'Check' });
  expect(stateOf(part, 'Checked')).toEqual({ Type: 'Pass', Result: {}, End: true });
});

test('every way leads to a state that there is, and every call of the function is repeated when it fails', () => {
  for (const machine of [definition, database, backup, part]) {
    const states = Object.entries(machine.States ?? {});
    const ways = states.flatMap(([, state]) => [
      state.Next,
      state.Default,
      ...((state.Choices ?? []) as State[]).map(({ Next }) => Next),
      ...((state.Catch ?? []) as State[]).map(({ Next }) => Next),
    ]);
    const names = states.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining([machine.StartAt, ...ways.filter((way) => way !== undefined)]));
    expect(names.filter((name) => name !== machine.StartAt && !ways.includes(name))).toEqual([]);
    for (const [name, { Type, Retry }] of states) {
      expect([name, Type === 'Task']).toEqual([name, Retry !== undefined]);
    }
  }
});

test('no two states have the same name, wherever they are', () => {
  const names = [definition, database, backup, part].flatMap(({ States = {} }) => Object.keys(States));
  expect(new Set(names).size).toBe(names.length);
});

function stateOf(machine: State, name: string): State {
  const state = machine.States?.[name];
  if (state === undefined) {
    throw new Error(`no state ${name}`);
  }
  return state;
}

const payloadOf = (machine: State, name: string): unknown =>
  (stateOf(machine, name).Parameters as { readonly Payload: unknown }).Payload;
