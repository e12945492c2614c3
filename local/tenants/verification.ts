import { setTimeout as sleep } from 'node:timers/promises';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { LocalAws } from '../local-aws';

/** Longest time that an execution may take here, in milliseconds. */
const ENDS_WITHIN_MS = 180_000;

/** The deployed verification of tenants' dumps: a state machine that a schedule starts. */
export class TenantVerification {
  private constructor(
    private readonly aws: LocalAws,
    private readonly region: string,
    private readonly stateMachineArn: string,
    private readonly input: string,
  ) {}

  /** Finds the schedule of the deployment, and what it starts. @param prefix first part of the deployment's names */
  static async find(aws: LocalAws, region: string, prefix: string): Promise<TenantVerification> {
    const { Target } = await aws.scheduler(region).send(new GetScheduleCommand({ Name: `${prefix}-verify-tenants` }));
    return new TenantVerification(aws, region, Target?.Arn ?? '', Target?.Input ?? '{}');
  }

  /** Starts an execution as the schedule does, and waits for its end. @throws when it ends otherwise than well */
  async run(): Promise<void> {
    const client = this.aws.stepFunctions(this.region);
    const { executionArn } = await client.send(
      new StartExecutionCommand({ stateMachineArn: this.stateMachineArn, input: this.input }),
    );
    for (const deadline = Date.now() + ENDS_WITHIN_MS; ; await sleep(200)) {
      const { status, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (status === 'SUCCEEDED') return;
      if (status !== 'RUNNING' || Date.now() > deadline) {
        throw new Error(`The verification of the dumps is ${status}: ${error ?? 'no error'}. ${cause ?? ''}`);
      }
    }
  }
}
