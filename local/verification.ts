import { posix } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { filesPrefix } from '../engine/contract/layout';
import type { Finding, TargetResult, VerifyFilesEvent, VerifyFilesResult } from '../engine/contract/verify-files';
import type { LocalAws } from './local-aws';
import { ScheduledFunction } from './scheduled-function';

/** A finding of a report, and the protected resource it was found in. */
export interface ReportedFinding extends Finding {
  readonly resource: string;
}

/** The deployed verification of files: the schedule and the function that it invokes. */
export class Verification {
  private constructor(
    private readonly aws: LocalAws,
    private readonly verifier: ScheduledFunction<VerifyFilesEvent, VerifyFilesResult>,
  ) {}

  /** Finds the schedule of the deployment. @param prefix first part of the deployment's names */
  static async find(aws: LocalAws, region: string, prefix: string): Promise<Verification> {
    return new Verification(aws, await ScheduledFunction.find(aws, region, `${prefix}-verify-files`));
  }

  /** What the schedule sends to the function. */
  get event(): VerifyFilesEvent {
    return this.verifier.event;
  }

  /** Invokes the function as the schedule does. @throws when the function fails */
  run(): Promise<VerifyFilesResult> {
    return this.verifier.run();
  }

  /** Lets the schedule fire, or stops it. */
  setSchedule(state: 'ENABLED' | 'DISABLED'): Promise<void> {
    return this.verifier.setSchedule(state);
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
