import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, type GetScheduleCommandOutput, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import type { LocalAws } from './local-aws';

/** A deployed function that a schedule invokes. */
export class ScheduledFunction<Event, Answer> {
  private constructor(
    private readonly aws: LocalAws,
    private readonly region: string,
    private readonly schedule: GetScheduleCommandOutput,
    /** What the schedule sends to the function. */
    readonly event: Event,
  ) {}

  /** Finds a schedule, and what it sends to which function. @param name name of the schedule */
  static async find<Event, Answer>(
    aws: LocalAws,
    region: string,
    name: string,
  ): Promise<ScheduledFunction<Event, Answer>> {
    const schedule = await aws.scheduler(region).send(new GetScheduleCommand({ Name: name }));
    return new ScheduledFunction<Event, Answer>(aws, region, schedule, JSON.parse(schedule.Target?.Input ?? '{}'));
  }

  /** Name of the function. */
  get functionName(): string {
    return this.schedule.Target?.Arn?.split(':').at(-1) ?? '';
  }

  /** Invokes the function as the schedule does. @throws when the function fails */
  async run(): Promise<Answer> {
    const { FunctionError, Payload } = await this.aws.lambda(this.region).send(
      new InvokeCommand({
        FunctionName: this.schedule.Target?.Arn,
        Payload: Buffer.from(this.schedule.Target?.Input ?? '{}'),
      }),
    );
    const answer = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError !== undefined) throw new Error(`The function of ${this.schedule.Name} failed: ${answer}`);
    return JSON.parse(answer);
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
}
