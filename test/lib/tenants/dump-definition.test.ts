import { type DumpDefinitionProps, dumpDefinition } from '../../../lib/tenants/dump-definition';

const PROPS: DumpDefinitionProps = {
  clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/acme-orders-dumps',
  taskDefinitionArn: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/acme-orders-dump:1',
  containerName: 'job',
  subnetIds: ['subnet-0123456789abcdef0'],
  securityGroupIds: ['sg-0123456789abcdef0'],
  bucketName: 'acme-orders-111122223333-eu-west-1',
  groups: 1,
  parallelism: 1,
  timeoutSeconds: 43_200,
};
const ONCE_MORE = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60, MaxAttempts: 1, BackoffRate: 1 }];

describe('a dump in one task', () => {
  const definition = dumpDefinition(PROPS);

  test('is that task, to its end, tried once more', () => {
    expect(definition).toEqual({
      Comment: expect.any(String),
      TimeoutSeconds: 43_200,
      StartAt: 'Dump',
      States: { Dump: { ...taskWith({ Command: ['dump'] }), Retry: ONCE_MORE, End: true } },
    });
  });
});

describe('a dump in groups', () => {
  const definition = dumpDefinition({ ...PROPS, groups: 8, parallelism: 4 });
  const attempt = stateOf(definition, 'Attempt');
  const run = branches(attempt)[0] as object;
  const [coordinate, groups] = branches(stateOf(run, 'Snapshot and groups'));
  const map = stateOf(groups as object, 'Each group');

  test('tries the whole attempt once more, each time under a run id of its own', () => {
    expect(attempt).toMatchObject({ Type: 'Parallel', Retry: ONCE_MORE, End: true });
    expect(branches(attempt)).toHaveLength(1);
    expect(run).toMatchObject({ StartAt: 'New run id' });
    expect(stateOf(run, 'New run id')).toMatchObject({
      Parameters: { 'runId.$': 'States.UUID()' },
      Next: 'Snapshot and groups',
    });
  });

  test('retries neither side by itself: archives are written once', () => {
    expect(stateOf(coordinate as object, 'Coordinate')).not.toHaveProperty('Retry');
    expect(stateOf(map.ItemProcessor as object, 'Dump group')).not.toHaveProperty('Retry');
    expect(map.Retry).toEqual([expect.objectContaining({ ErrorEquals: ['States.ItemReaderFailed'] })]);
  });

  test('lets one task hold the snapshot', () => {
    expect(stateOf(coordinate as object, 'Coordinate')).toEqual({
      ...taskWith({ 'Command.$': "States.Array('dump', 'coordinate', '--run', $.runId)" }),
      End: true,
    });
  });

  test('lets a task for each entry of the list of groups dump that group', () => {
    expect(map.ItemReader).toEqual({
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Parameters: {
        Bucket: 'acme-orders-111122223333-eu-west-1',
        'Key.$': "States.Format('runs/{}/groups.json', $.runId)",
      },
    });
    expect(map.ItemSelector).toEqual({ 'runId.$': '$.runId', 'group.$': '$$.Map.Item.Value.group' });
    expect(stateOf(map.ItemProcessor as object, 'Dump group')).toEqual({
      ...taskWith({
        'Command.$': "States.Array('dump', 'group', '--run', $.runId, '--group', States.Format('{}', $.group))",
      }),
      End: true,
    });
  });

  test('runs as many at once as it is told, and tolerates no failure', () => {
    expect(map).toMatchObject({ MaxConcurrency: 4, ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' } } });
    expect(Object.keys(map).filter((field) => field.startsWith('Tolerated'))).toEqual([]);
  });

  test('waits 20 minutes for the list, with the snapshot still to come', () => {
    const [{ IntervalSeconds, MaxAttempts }] = map.Retry as [{ IntervalSeconds: number; MaxAttempts: number }];
    expect(IntervalSeconds * MaxAttempts).toBe(20 * 60);
  });

  test('keeps no result of a task, which together would be more than a state may hold', () => {
    for (const state of [map, stateOf(map.ItemProcessor as object, 'Dump group'), attempt]) {
      expect(state.ResultPath).toBeNull();
    }
  });

  test('gives every state a name of its own', () => {
    const names: string[] = [];
    JSON.stringify(definition, (key, value) => {
      if (key === 'States') names.push(...Object.keys(value));
      return value;
    });
    expect(names).toHaveLength(6);
    expect(new Set(names).size).toBe(names.length);
  });
});

type State = Readonly<Record<string, unknown>>;

function stateOf(machine: object, name: string): State {
  const state = (machine as { readonly States: Readonly<Record<string, State>> }).States[name];
  if (!state) {
    throw new Error(`there is no state ${name}`);
  }
  return state;
}

function branches(state: State): readonly object[] {
  return state.Branches as readonly object[];
}

function taskWith(command: object): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::ecs:runTask.sync',
    Parameters: {
      LaunchType: 'FARGATE',
      Cluster: PROPS.clusterArn,
      TaskDefinition: PROPS.taskDefinitionArn,
      PropagateTags: 'TASK_DEFINITION',
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'DISABLED',
          Subnets: ['subnet-0123456789abcdef0'],
          SecurityGroups: ['sg-0123456789abcdef0'],
        },
      },
      Overrides: { ContainerOverrides: [{ Name: 'job', ...command }] },
    },
    ResultPath: null,
  };
}
