import { runPrefix } from '../../engine/contract/backup-layout';
import { dumpCommand, GROUPS_FILE } from '../../engine/contract/tenant-dumps';
import { chain } from '../functions/states';
import { arrayOf, runTask } from './run-task';

/** What the state machine of the dumps must know. */
export interface DumpDefinitionProps {
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly containerName: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly bucketName: string;
  /** Number of groups that the tenants are divided into. */
  readonly groups: number;
  /** Number of groups that are dumped at the same time. */
  readonly parallelism: number;
  /** Seconds after which a run is stopped. */
  readonly timeoutSeconds: number;
}

/**
 * The state machine of one dump, in the Amazon States Language. A failed attempt is made once more as a whole, under another
 * run id: archives are written once, so a group cannot be dumped a second time within a run.
 */
export function dumpDefinition(props: DumpDefinitionProps): object {
  return {
    Comment: 'Dumps all tenants of a database',
    TimeoutSeconds: props.timeoutSeconds,
    ...(props.groups === 1 ? inOneTask(props) : inGroups(props)),
  };
}

function inOneTask(props: DumpDefinitionProps): object {
  return chain({ Dump: { ...task(props, { Command: dumpCommand.all() }), Retry: [ONCE_MORE], End: true } });
}

/**
 * A Parallel with one branch, because only a state has a retry, and each attempt needs an id of its own. Within it,
 * one task holds the snapshot while others dump a group each; when either side fails, the other is stopped.
 */
function inGroups(props: DumpDefinitionProps): object {
  const run = chain({
    'New run id': { Type: 'Pass', Parameters: { 'runId.$': 'States.UUID()' }, Next: 'Snapshot and groups' },
    'Snapshot and groups': {
      Type: 'Parallel',
      Branches: [
        chain({
          Coordinate: {
            ...task(props, { 'Command.$': arrayOf(dumpCommand.coordinate(RUN_ID), { [RUN_ID]: '$.runId' }) }),
            End: true,
          },
        }),
        chain({ 'Each group': { ...eachGroup(props), End: true } }),
      ],
      ResultPath: null,
      End: true,
    },
  });
  return chain({ Attempt: { Type: 'Parallel', Branches: [run], Retry: [ONCE_MORE], ResultPath: null, End: true } });
}

/** The list of groups is written when the snapshot is there; until then, reading it fails and is tried again. */
function eachGroup(props: DumpDefinitionProps): object {
  const dumpGroup = task(props, {
    'Command.$': arrayOf(dumpCommand.group(RUN_ID, GROUP), {
      [RUN_ID]: '$.runId',
      [GROUP]: "States.Format('{}', $.group)",
    }),
  });
  return {
    Type: 'Map',
    Label: 'groups',
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Parameters: {
        Bucket: props.bucketName,
        'Key.$': `States.Format('${runPrefix(RUN_ID).replace(RUN_ID, '{}')}${GROUPS_FILE}', $.runId)`,
      },
    },
    ItemSelector: { 'runId.$': '$.runId', 'group.$': '$$.Map.Item.Value.group' },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      ...chain({ 'Dump group': { ...dumpGroup, End: true } }),
    },
    MaxConcurrency: props.parallelism,
    Retry: [{ ErrorEquals: ['States.ItemReaderFailed'], IntervalSeconds: 15, MaxAttempts: 80, BackoffRate: 1 }],
    ResultPath: null,
  };
}

function task(props: DumpDefinitionProps, command: object): object {
  return runTask(
    {
      task: { Cluster: props.clusterArn, TaskDefinition: props.taskDefinitionArn },
      network: { Subnets: props.subnetIds, SecurityGroups: props.securityGroupIds },
      containerName: props.containerName,
    },
    command,
  );
}

/** Placeholders in a command for what is only known while it runs. */
const RUN_ID = 'RUN';
const GROUP = 'GROUP';

/** An attempt that failed is made once more. */
const ONCE_MORE = { ErrorEquals: ['States.ALL'], IntervalSeconds: 60, MaxAttempts: 1, BackoffRate: 1 };
