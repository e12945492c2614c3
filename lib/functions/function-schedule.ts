import {
  type Duration,
  Lazy,
  type aws_lambda as lambda,
  Stack,
  aws_scheduler as scheduler,
  type aws_sqs as sqs,
  aws_scheduler_targets as targets,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue';

/** Properties of a {@link FunctionSchedule}. */
export interface FunctionScheduleProps {
  /** Name of the schedule, and first part of the name of its queue. */
  readonly name: string;
  readonly description: string;
  readonly function: lambda.IFunction;
  readonly schedule: scheduler.ScheduleExpression;
  /** What the function is called with; asked for when the template is written. */
  readonly event: () => object;
  /** How often a call that was not taken is tried again. */
  readonly retryAttempts: number;
  /** How long after its time a call is still of use; at least a minute. */
  readonly maxEventAge: Duration;
}

/** Calls a function on a schedule, and keeps the calls that it did not take. */
export class FunctionSchedule extends Construct {
  /** Calls that were not taken. */
  public readonly deadLetterQueue: sqs.Queue;

  constructor(scope: Construct, id: string, props: FunctionScheduleProps) {
    super(scope, id);
    const { name, description, schedule, event, retryAttempts, maxEventAge } = props;
    this.deadLetterQueue = new DeadLetterQueue(this, name);
    new scheduler.Schedule(this, 'Schedule', {
      scheduleName: name,
      description,
      schedule,
      target: new targets.LambdaInvoke(props.function, {
        input: scheduler.ScheduleTargetInput.fromText(
          Lazy.string({ produce: () => Stack.of(this).toJsonString(event()) }),
        ),
        deadLetterQueue: this.deadLetterQueue,
        retryAttempts,
        maxEventAge,
      }),
    });
  }
}
