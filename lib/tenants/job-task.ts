import { Duration, aws_ecs as ecs, type aws_iam as iam, type aws_logs as logs, Size, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CA_FILE_VARIABLE, TENANT_DUMPS_VARIABLE, type TenantDumpsSettings } from '../../engine/contract/tenant-dumps';

/** Name of the container in every task of a job. */
export const CONTAINER = 'job';

/** Properties of a {@link JobTask}. */
export interface JobTaskProps {
  /** Name of the task definition, without its revision. */
  readonly family: string;
  readonly image: ecs.ContainerImage;
  /** What the container does unless told otherwise: its arguments. */
  readonly command: string[];
  /** Settings in its environment. @default - its command says everything */
  readonly settings?: TenantDumpsSettings;
  readonly role: iam.Role;
  readonly logGroup: logs.ILogGroup;
  /** First part of the names of its log streams. */
  readonly streamPrefix: string;
  /** Units of 1/1024 vCPU. */
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Size of the disk in GiB. @default - the 20 GiB that every task has */
  readonly scratchGiB?: number;
}

/**
 * A Fargate task that runs one of the jobs: not as root, on a root file system that is read-only, without Linux
 * capabilities, with an init process and a folder to write in, `/scratch`, that goes with the task.
 */
export class JobTask extends Construct {
  public readonly definition: ecs.FargateTaskDefinition;

  constructor(scope: Construct, id: string, props: JobTaskProps) {
    super(scope, id);
    this.definition = new ecs.FargateTaskDefinition(this, 'Definition', {
      family: props.family,
      cpu: props.cpu,
      memoryLimitMiB: props.memoryMiB,
      ephemeralStorageGiB: props.scratchGiB,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.ARM64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
      taskRole: props.role,
      volumes: [{ name: 'scratch' }],
    });
    const linux = new ecs.LinuxParameters(this, 'Linux', { initProcessEnabled: true });
    linux.dropCapabilities(ecs.Capability.ALL);
    const container = this.definition.addContainer('Container', {
      containerName: CONTAINER,
      image: props.image,
      command: props.command,
      user: `${USER_ID}:${USER_ID}`,
      readonlyRootFilesystem: true,
      privileged: false,
      linuxParameters: linux,
      stopTimeout: Duration.seconds(LONGEST_STOP_SECONDS),
      logging: ecs.LogDrivers.awsLogs({
        logGroup: props.logGroup,
        streamPrefix: props.streamPrefix,
        mode: ecs.AwsLogDriverMode.NON_BLOCKING,
        maxBufferSize: LOG_BUFFER,
      }),
      environment: {
        ...(props.settings && { [TENANT_DUMPS_VARIABLE]: Stack.of(this).toJsonString(props.settings) }),
        [CA_FILE_VARIABLE]: CA_FILE,
        TMPDIR: SCRATCH,
      },
    });
    container.addMountPoints({ sourceVolume: 'scratch', containerPath: SCRATCH, readOnly: false });
  }
}

/** Names of the Dockerfile: the user `nobody`, the folder that is writable, the certificates of RDS. */
const USER_ID = 65_534;
const SCRATCH = '/scratch';
const CA_FILE = '/holdfast/rds-ca.pem';

/**
 * Lines wait here while CloudWatch does not take them, so that a backup goes on without its log; far more than one job writes.
 * Said here, because what ECS does by itself depends on a setting of the account.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#default-log-driver-mode
 */
const LOG_BUFFER = Size.mebibytes(10);

/**
 * Longest time that Fargate gives a container to end by itself.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_timeout
 */
const LONGEST_STOP_SECONDS = 120;
