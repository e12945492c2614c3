import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutBucketVersioningCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { restoreDefinition } from '../../lib/recovery/restore-definition';
import { startEmulator } from '../../local/emulator';
import { LOCAL_ACCOUNT, LocalAws } from '../../local/local-aws';
import { pythonEnvironment } from '../../local/python-environment';
import { Teardown } from '../../local/teardown';
import { FakeBackup } from '../fakes/managed-backup';
import { FakeElastiCache } from '../fakes/managed-caches';
import { FakeRds, REGION } from '../fakes/managed-databases';
import { ManagedServer } from '../fakes/managed-server';
import { zipOf } from './zip';

/** How an execution ended. */
export interface Ended {
  readonly status: string | undefined;
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/**
 * The bundled functions of restores in MiniStack, which runs the state machines, has the keys and takes the metrics; RDS, AWS Backup and
 * ElastiCache are the fakes, over HTTP.
 */
export class RestoreEnvironment {
  public readonly rds = new FakeRds();
  public readonly backup = new FakeBackup(this.rds);
  public readonly caches = new FakeElastiCache();

  /** @param bundles folders of `dist/lambda` with the functions */
  public static async start(bundles: readonly string[]): Promise<RestoreEnvironment> {
    const teardown = new Teardown();
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-restores-'));
    teardown.defer(() => rm(folder, { recursive: true, force: true }));
    const { endpoint } = await startEmulator(await pythonEnvironment(teardown), folder, teardown);
    const environment = new RestoreEnvironment(new LocalAws(endpoint), teardown);
    await environment.deploy(bundles);
    return environment;
  }

  private constructor(
    private readonly aws: LocalAws,
    private readonly teardown: Teardown,
  ) {}

  /** Lets everything be as at first. */
  public reset(): void {
    const { keyArn } = this.rds;
    for (const there of [this.rds.instances, this.rds.clusters]) {
      there.clear();
    }
    Object.assign(this.rds, { ...new FakeRds(), instances: this.rds.instances, clusters: this.rds.clusters, keyArn });
    this.caches.groups.clear();
    const { fault: cacheFault, comesTo: cachesComeTo } = new FakeElastiCache();
    Object.assign(this.caches, { fault: cacheFault, comesTo: cachesComeTo });
    this.backup.restoreJobs.length = 0;
    this.backup.copyJobs.length = 0;
    const { fault, lost, comesTo, resourceArn, metadata } = new FakeBackup(this.rds);
    Object.assign(this.backup, { fault, lost, comesTo, resourceArn, metadata });
  }

  /**
   * Runs a state machine to its end.
   *
   * @param bundle its function
   * @param system value of the dimension of the metrics that it publishes itself
   * @param takeBackWith function in the place of the deployed one when it takes back
   */
  public async run(
    bundle: string,
    request: object,
    settings: object,
    system: string,
    { takeBackWith = bundle }: { takeBackWith?: string } = {},
  ): Promise<Ended> {
    const stepFunctions = new SFNClient(this.client());
    const { stateMachineArn } = await stepFunctions.send(
      new CreateStateMachineCommand({
        name: randomUUID(),
        roleArn: `arn:aws:iam::${LOCAL_ACCOUNT}:role/states`,
        definition: definition(bundle, settings, system, takeBackWith),
      }),
    );
    const { executionArn } = await stepFunctions.send(
      new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(request) }),
    );
    for (;;) {
      const { status, output, error, cause } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') {
        return { status, output: output === undefined ? undefined : JSON.parse(output), error, cause };
      }
      await sleep(100);
    }
  }

  /** The highest value of a metric of a system; undefined when there is none. */
  public async metric(system: string, name: string): Promise<number | undefined> {
    const now = Date.now();
    const { Datapoints: points = [] } = await this.aws.cloudWatch(REGION).send(
      new GetMetricStatisticsCommand({
        Namespace: 'Holdfast',
        MetricName: name,
        Dimensions: [{ Name: 'System', Value: system }],
        StartTime: new Date(now - 3_600_000),
        EndTime: new Date(now + 60_000),
        Period: 60,
        Statistics: ['Maximum'],
      }),
    );
    return points.length === 0 ? undefined : Math.max(...points.map(({ Maximum = 0 }) => Maximum));
  }

  /** A client of the emulator's S3. */
  public get s3(): S3Client {
    return this.aws.s3(REGION);
  }

  /** Makes a bucket that keeps versions. */
  public async makeBucket(Bucket: string): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket }));
    await this.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }

  public stop(): Promise<void> {
    return this.teardown.run();
  }

  private async deploy(bundles: readonly string[]): Promise<void> {
    const server = await ManagedServer.start({
      rds: this.rds.answers,
      backup: this.backup.answers,
      elastiCache: this.caches.answers,
    });
    this.teardown.defer(() => server.stop());
    const { KeyMetadata } = await this.aws.kms(REGION).send(new CreateKeyCommand({}));
    this.rds.keyArn = KeyMetadata?.Arn ?? '';
    await Promise.all(bundles.map((bundle) => this.makeFunction(bundle, server.endpoint)));
  }

  private async makeFunction(bundle: string, endpoint: string): Promise<void> {
    const code = await readFile(join(PACKAGE_ROOT, 'dist/lambda', bundle, 'index.js'));
    await new LambdaClient(this.client()).send(
      new CreateFunctionCommand({
        FunctionName: bundle,
        Role: `arn:aws:iam::${LOCAL_ACCOUNT}:role/restores`,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Timeout: 30,
        Code: { ZipFile: zipOf('index.js', code) },
        Environment: {
          Variables: {
            AWS_ENDPOINT_URL_RDS: endpoint,
            AWS_ENDPOINT_URL_BACKUP: endpoint,
            AWS_ENDPOINT_URL_ELASTICACHE: endpoint,
          },
        },
      }),
    );
  }

  private client() {
    const credentials = { accessKeyId: LOCAL_ACCOUNT, secretAccessKey: 'test' };
    return { region: REGION, endpoint: this.aws.endpoint, credentials };
  }
}

/** As it is deployed, but that it waits no longer than it must. */
function definition(bundle: string, settings: object, system: string, takeBackWith: string): string {
  const functionArn = arnOf(bundle);
  const states = restoreDefinition({ what: 'a test', functionArn, settings, system, timeoutSeconds: 60 });
  return JSON.stringify(states, (key, value) => {
    if (key === 'IntervalSeconds' || key === 'BackoffRate' || key === 'MaxAttempts') {
      return 1;
    }
    if (key === 'Take back') {
      return { ...value, Parameters: { ...value.Parameters, FunctionName: arnOf(takeBackWith) } };
    }
    const { SecondsPath, ...state } = (value ?? {}) as { SecondsPath?: string };
    return SecondsPath === undefined ? value : { ...state, Seconds: 0 };
  });
}

const arnOf = (name: string) => `arn:aws:lambda:${REGION}:${LOCAL_ACCOUNT}:function:${name}`;
