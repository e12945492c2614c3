/**
 * Runs the state machine of the dumps in MiniStack. Its Fargate tasks need Docker, so in their places stand states that keep the
 * command they were given, and, for the coordinator, write the list of groups. Everything else runs as it is deployed.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { dumpDefinition } from '../../lib/tenants/dump-definition';
import { startEmulator } from '../../local/emulator';
import { LOCAL_ACCOUNT, LocalAws } from '../../local/local-aws';
import { pythonEnvironment } from '../../local/python-environment';
import { Teardown } from '../../local/teardown';

/** In any other, MiniStack 1.5.33 does not find the bucket that a state copies to. */
const REGION = 'us-east-1';
const BUCKET = 'dumps';
const LIST_OF_GROUPS = 'prepared/groups.json';
const START_MS = 120_000;
const RUN_MS = 60_000;

const teardown = new Teardown();
let aws: LocalAws;
let queueUrl: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-states-'));
  teardown.defer(() => rm(folder, { recursive: true, force: true }));
  const { endpoint } = await startEmulator(await pythonEnvironment(teardown), folder, teardown);
  aws = new LocalAws(endpoint);
  const s3 = aws.s3(REGION);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const Body = JSON.stringify([{ group: 0 }, { group: 1 }, { group: 2 }]);
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: LIST_OF_GROUPS, Body }));
}, START_MS);

beforeEach(async () => {
  queueUrl = (await call<{ QueueUrl: string }>('AmazonSQS.CreateQueue', { QueueName: randomUUID() })).QueueUrl;
});

afterAll(() => teardown.run());

test(
  'one task dumps all',
  async () => {
    expect(await outcome(1, {})).toBe('SUCCEEDED');
    expect(await commands()).toEqual([['dump']]);
  },
  RUN_MS,
);

test(
  'a task that fails is run once more, and then no more',
  async () => {
    expect(await outcome(1, { fails: 'all' })).toBe('FAILED');
    expect(await commands()).toEqual([['dump'], ['dump']]);
  },
  RUN_MS,
);

test(
  'groups wait for the list that the coordinator writes, and each is dumped by a task of its own, in the same run',
  async () => {
    expect(await outcome(3, { listAfterSeconds: 3 })).toBe('SUCCEEDED');
    const given = await commands();
    const runId = given[0]?.[3] ?? '';
    expect(runId).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(given).toEqual([
      ['dump', 'coordinate', '--run', runId],
      ['dump', 'group', '--run', runId, '--group', '0'],
      ['dump', 'group', '--run', runId, '--group', '1'],
      ['dump', 'group', '--run', runId, '--group', '2'],
    ]);
  },
  RUN_MS,
);

test.each(['coordinate', 'group'] as const)(
  'when a task of kind %s fails, the whole is tried once more under another run id, and then fails',
  async (fails) => {
    expect(await outcome(3, { fails })).toBe('FAILED');
    const coordinators = (await commands()).filter(([, what]) => what === 'coordinate');
    expect(coordinators).toHaveLength(2);
    expect(coordinators[0]?.[3]).not.toBe(coordinators[1]?.[3]);
  },
  RUN_MS,
);

interface Behaviour {
  /** Which tasks fail. @default - none */
  readonly fails?: 'all' | 'coordinate' | 'group';
  /** Seconds after which the coordinator writes the list of groups. @default 0 */
  readonly listAfterSeconds?: number;
}

/** Runs the state machine to its end. @returns the status that Step Functions gives the execution */
async function outcome(groups: number, behaviour: Behaviour): Promise<string> {
  const definition = dumpDefinition({
    clusterArn: 'cluster',
    taskDefinitionArn: 'task',
    containerName: 'job',
    subnetIds: ['subnet-1'],
    securityGroupIds: ['sg-1'],
    bucketName: BUCKET,
    groups,
    parallelism: 2,
    timeoutSeconds: 50,
  });
  const { stateMachineArn } = await call<{ stateMachineArn: string }>('AWSStepFunctions.CreateStateMachine', {
    name: randomUUID(),
    roleArn: `arn:aws:iam::${LOCAL_ACCOUNT}:role/states`,
    definition: JSON.stringify(definition, (key, value) => withStandIn(key, value, behaviour)),
  });
  const { executionArn } = await call<{ executionArn: string }>('AWSStepFunctions.StartExecution', { stateMachineArn });
  for (;;) {
    const { status } = await call<{ status: string }>('AWSStepFunctions.DescribeExecution', { executionArn });
    if (status !== 'RUNNING') {
      return status;
    }
    await sleep(200);
  }
}

/** A part of a definition with a stand-in for each task, and retries after a second. */
function withStandIn(key: string, value: unknown, behaviour: Behaviour): unknown {
  if (key === 'IntervalSeconds') {
    return 1;
  }
  const state = value as { Type?: string; Resource?: string; Parameters?: TaskParameters } | null;
  if (state?.Type !== 'Task' || !state.Resource?.includes('ecs:runTask')) {
    return value;
  }
  const { Type, Resource, Parameters, ...others } = state;
  const [command] = Parameters?.Overrides.ContainerOverrides ?? [];
  return { ...others, Type: 'Parallel', Branches: [standIn(command ?? {}, behaviour)] };
}

interface TaskParameters {
  readonly Overrides: { readonly ContainerOverrides: readonly Command[] };
}

interface Command {
  readonly Command?: readonly string[];
  readonly 'Command.$'?: string;
}

/**
 * Keeps a command, then does what the task would: writes the list where it is the coordinator, and ends or fails. The list is
 * there before the coordinator fails: MiniStack lets the other side of a Parallel go on, where AWS stops it.
 */
function standIn(command: Command, { fails, listAfterSeconds = 0 }: Behaviour): object {
  const expression = command['Command.$'] ?? `States.Array('${command.Command?.join("', '")}')`;
  const kind = /^States\.Array\('dump', '(\w+)'/.exec(expression)?.[1] ?? 'all';
  const id = randomUUID();
  const end = fails === kind ? `Fail ${id}` : `Done ${id}`;
  return {
    StartAt: `Keep ${id}`,
    States: {
      [`Keep ${id}`]: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage',
        Parameters: { QueueUrl: queueUrl, 'MessageBody.$': `States.JsonToString(${expression})` },
        ResultPath: null,
        Next: kind === 'coordinate' ? `Wait ${id}` : end,
      },
      [`Fail ${id}`]: { Type: 'Fail', Error: 'TaskFailed' },
      [`Wait ${id}`]: { Type: 'Wait', Seconds: listAfterSeconds, Next: `Write ${id}` },
      [`Write ${id}`]: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:s3:copyObject',
        Parameters: {
          Bucket: BUCKET,
          CopySource: `${BUCKET}/${LIST_OF_GROUPS}`,
          'Key.$': kind === 'coordinate' ? "States.Format('runs/{}/groups.json', $.runId)" : '$.none',
        },
        Next: end,
      },
      [`Done ${id}`]: { Type: 'Succeed' },
    },
  };
}

/** The commands that were given to tasks, in order of their words. */
async function commands(): Promise<string[][]> {
  const found: string[][] = [];
  for (;;) {
    const request = { QueueUrl: queueUrl, MaxNumberOfMessages: 10 };
    const { Messages = [] } = await call<{ Messages?: { Body: string }[] }>('AmazonSQS.ReceiveMessage', request);
    if (Messages.length === 0) {
      return found.sort((a, b) => (a.join() < b.join() ? -1 : 1));
    }
    found.push(...Messages.map(({ Body }) => JSON.parse(Body)));
  }
}

/** Calls an API of JSON, such as that of Step Functions, at the emulator. */
async function call<Answer>(target: string, body: object): Promise<Answer> {
  const service = target.startsWith('AmazonSQS') ? 'sqs' : 'states';
  const credential = `${LOCAL_ACCOUNT}/20260101/${REGION}/${service}/aws4_request`;
  const response = await fetch(aws.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
  });
  const answer = await response.text();
  if (!response.ok) {
    throw new Error(`${target}: ${response.status} ${answer}`);
  }
  return JSON.parse(answer);
}
