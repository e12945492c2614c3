import { posix } from 'node:path';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { GetScheduleCommand, type GetScheduleCommandOutput, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { filesPrefix } from '../engine/contract/layout';
import type { Finding, TargetResult, VerifyFilesEvent, VerifyFilesResult } from '../engine/contract/verify-files';
import type { DeployedStack } from './deployed-stack';
import type { LocalAws } from './local-aws';

/** A finding of a report, and the protected resource it was found in. */
export interface ReportedFinding extends Finding {
  readonly resource: string;
}

/** The deployed verification of files: the schedule and the function that it invokes. */
export class Verification {
  private constructor(
    private readonly aws: LocalAws,
    private readonly region: string,
    private readonly schedule: GetScheduleCommandOutput,
    /** What the schedule sends to the function. */
    readonly event: VerifyFilesEvent,
  ) {}

  /** Finds the schedule in the deployed stack, and what it sends to which function. */
  static async find(aws: LocalAws, stack: DeployedStack): Promise<Verification> {
    for (const { physicalId } of stack.resources('AWS::Scheduler::Schedule', [])) {
      const schedule = await aws.scheduler(stack.region).send(new GetScheduleCommand({ Name: physicalId }));
      const event = JSON.parse(schedule.Target?.Input ?? '{}');
      if ('targets' in event && 'proofs' in event) return new Verification(aws, stack.region, schedule, event);
    }
    throw new Error('No schedule of the deployed stack sends targets to verify.');
  }

  /** Invokes the function as the schedule does. @throws when the function fails */
  async run(): Promise<VerifyFilesResult> {
    const { FunctionError, Payload } = await this.aws.lambda(this.region).send(
      new InvokeCommand({
        FunctionName: this.schedule.Target?.Arn,
        Payload: Buffer.from(this.schedule.Target?.Input ?? '{}'),
      }),
    );
    const answer = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError !== undefined) throw new Error(`The function for verification failed: ${answer}`);
    return JSON.parse(answer);
  }

  /** Reads what a run found from its reports in the proofs bucket. */
  async reportedFindings({ targets }: VerifyFilesResult): Promise<ReportedFinding[]> {
    const findings = await Promise.all(targets.map((target) => this.findingsOf(target)));
    return findings.flat();
  }

  /** Ids of all finished proofs of a resource. */
  async proofIds(resource: string): Promise<string[]> {
    const summaries = (await this.keys(filesPrefix(resource))).filter((key) => key.endsWith('/summary.json'));
    return summaries.map((key) => posix.basename(posix.dirname(key)));
  }

  /** Lets the schedule fire, or stops it. */
  async setSchedule(State: 'ENABLED' | 'DISABLED'): Promise<void> {
    const { Name, GroupName, ScheduleExpression, FlexibleTimeWindow, Target, Description } = this.schedule;
    await this.aws.scheduler(this.region).send(
      new UpdateScheduleCommand({
        Name,
        GroupName,
        ScheduleExpression,
        FlexibleTimeWindow,
        Target,
        Description,
        State,
      }),
    );
  }

  private async findingsOf({ resource, reportKey }: TargetResult): Promise<ReportedFinding[]> {
    if (reportKey === undefined) return [];
    const parts = (await this.keys(`${posix.dirname(reportKey)}/`)).filter((key) => key.endsWith('.jsonl'));
    const texts = await Promise.all(parts.map((key) => this.read(key)));
    return texts
      .flatMap((text) => text.trim().split('\n'))
      .filter((line) => line !== '')
      .map((line) => ({ ...JSON.parse(line), resource }));
  }

  private async keys(prefix: string): Promise<string[]> {
    const { bucket, region } = this.event.proofs;
    const keys: string[] = [];
    const client = this.aws.s3(region);
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    }
    return keys;
  }

  private async read(key: string): Promise<string> {
    const { bucket, region } = this.event.proofs;
    const { Body } = await this.aws.s3(region).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  }
}
