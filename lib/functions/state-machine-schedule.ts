import {
  type Duration,
  aws_scheduler as scheduler,
  type aws_stepfunctions as sfn,
  type aws_sqs as sqs,
  aws_scheduler_targets as targets,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue';

/** Properties of a {@link StateMachineSchedule}. */
export interface StateMachineScheduleProps {
  /** Name of the schedule, and first part of the name of its queue. */
  readonly name: string;
  readonly description: string;
  readonly stateMachine: sfn.IStateMachine;
  readonly schedule: scheduler.ScheduleExpression;
  /** Within which a run begins, so that several do not all begin in the same second. @default - at its time */
  readonly window?: Duration;
  /** How long after its time a run is still of use. */
  readonly maxEventAge: Duration;
}

/** Begins runs of a state machine on a schedule, and keeps those that never began. */
export class StateMachineSchedule extends Construct {
  /** Runs that never began. */
  public readonly deadLetters: sqs.Queue;

  constructor(scope: Construct, id: string, props: StateMachineScheduleProps) {
    super(scope, id);
    const { name, description, stateMachine, schedule, window, maxEventAge } = props;
    this.deadLetters = new DeadLetterQueue(this, name);
    new scheduler.Schedule(this, 'Schedule', {
      scheduleName: name,
      description,
      schedule,
      timeWindow: window && scheduler.TimeWindow.flexible(window),
      target: new targets.StepFunctionsStartExecution(stateMachine, {
        deadLetterQueue: this.deadLetters,
        retryAttempts: 3,
        maxEventAge,
      }),
    });
  }
}
