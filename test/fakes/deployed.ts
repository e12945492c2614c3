import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type Deployment, deploymentParameter } from '../../engine/contract/deployment';
import { FakeS3Server } from './s3-server';
import { type Answers, FakeSdkClient } from './sdk-client';

/** Bucket of proof records and reports of the deployment `acme`. */
export const PROOFS_BUCKET = 'acme-proofs-111122223333-eu-west-1';

/** What this process sees of AWS where something is deployed: its parameter, its alarms, and S3 over HTTP. */
export class Deployed {
  /** Regions of which alarms were asked for, in order. */
  public readonly alarmRegions: string[] = [];
  private readonly environment = { ...process.env };

  public static async start(): Promise<Deployed> {
    return new Deployed(await FakeS3Server.start());
  }

  private constructor(public readonly s3: FakeS3Server) {}

  /**
   * Answers for a deployment whose alarms are quiet, until `jest.restoreAllMocks` and {@link reset}.
   *
   * @param answers instead of these.
   */
  public answer(deployment: Deployment, answers: Answers = {}): void {
    const aws = new FakeSdkClient({
      GetParametersByPath: () => ({ Parameters: [parameterOf(deployment)] }),
      GetParameter: () => ({ Parameter: parameterOf(deployment) }),
      DescribeAlarms: () => ({ MetricAlarms: [{ AlarmName: 'acme-storage-backupFailed', StateValue: 'OK' }] }),
      GetMetricData: () => ({ MetricDataResults: [] }),
      ...answers,
    });
    const { alarmRegions } = this;
    jest
      .spyOn(SSMClient.prototype, 'send')
      .mockImplementation((command: { readonly input: object }) => aws.send(command));
    jest.spyOn(CloudWatchClient.prototype, 'send').mockImplementation(async function (
      this: CloudWatchClient,
      command: { readonly input: object },
    ) {
      if (command.constructor.name === 'DescribeAlarmsCommand') {
        alarmRegions.push(await this.config.region());
      }
      return aws.send(command);
    });
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: this.s3.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
  }

  /** The reports that were kept, by their keys. */
  public reports(): Map<string, string> {
    const kept = [...this.s3.objects(PROOFS_BUCKET)].filter(([key]) => key.startsWith('reports/'));
    return new Map(kept.map(([key, { body }]) => [key, body.toString()]));
  }

  public reset(): void {
    this.s3.reset();
    this.alarmRegions.length = 0;
    process.env = { ...this.environment };
  }

  public async stop(): Promise<void> {
    await this.s3.stop();
  }
}

const parameterOf = (deployment: Deployment) => ({
  Name: deploymentParameter(deployment.prefix),
  Value: JSON.stringify(deployment),
});
