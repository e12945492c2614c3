import {
  Duration,
  aws_scheduler as scheduler,
  type aws_stepfunctions as sfn,
  aws_sqs as sqs,
  aws_scheduler_targets as targets,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type DailySchedule, scheduleExpression } from './daily-schedule';

/** Properties of a {@link DumpSchedule}. */
export interface DumpScheduleProps {
  /** Name of the schedule, and first part of the name of its queue. */
  readonly name: string;
  readonly stateMachine: sfn.IStateMachine;
  /** @default - 02:00 UTC */
  readonly schedule?: DailySchedule;
}

/** Begins a dump each day, within a window, so that several databases do not all begin in the same second. */
export class DumpSchedule extends Construct {
  /** Runs that never began. */
  public readonly deadLetters: sqs.Queue;

  constructor(scope: Construct, id: string, { name, stateMachine, schedule }: DumpScheduleProps) {
    super(scope, id);
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      queueName: `${name}-dead-letters`,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    new scheduler.Schedule(this, 'Schedule', {
      scheduleName: name,
      description: `Begins ${name}`,
      schedule: scheduleExpression(schedule),
      timeWindow: scheduler.TimeWindow.flexible(Duration.minutes(15)),
      target: new targets.StepFunctionsStartExecution(stateMachine, {
        deadLetterQueue: this.deadLetters,
        retryAttempts: 3,
        maxEventAge: Duration.hours(2),
      }),
    });
  }
}
