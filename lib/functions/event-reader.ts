import {
  Duration,
  aws_lambda_destinations as destinations,
  aws_events as events,
  aws_lambda as lambda,
  Stack,
  type aws_sqs as sqs,
  aws_events_targets as targets,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue';
import { HoldfastFunction } from './holdfast-function';

/** How long after it happened an event is still of use. */
const EVENT_KEPT = Duration.hours(1);

/** Properties of an {@link EventReader}. */
export interface EventReaderProps {
  /** Name of the function, and first part of the name of its queue. */
  readonly name: string;
  /** Folder below `dist/lambda` with the bundled code. */
  readonly bundle: string;
  /** What the function does, in one sentence. */
  readonly description: string;
}

/** A function that reads events of EventBridge in one Region. Those that do not reach it, and those that it fails on, are kept. */
export class EventReader extends Construct {
  public readonly reader: HoldfastFunction;
  /** Queue of the events that got lost on their way, with the errors. */
  public readonly lost: sqs.Queue;

  constructor(scope: Construct, id: string, { name, bundle, description }: EventReaderProps) {
    super(scope, id);
    this.reader = new HoldfastFunction(this, 'Reader', {
      bundle,
      functionName: name,
      // Both Regions may lie in one account, where a role's name is taken once.
      roleName: `${name}-${Stack.of(this).region}`,
      description,
      timeout: Duration.seconds(30),
      memorySizeMiB: 256,
    });
    this.lost = new DeadLetterQueue(this, name);
    new lambda.EventInvokeConfig(this, 'Failures', {
      function: this.reader.function,
      onFailure: new destinations.SqsDestination(this.lost),
      retryAttempts: 2,
      maxEventAge: EVENT_KEPT,
    });
  }

  /**
   * Has the function called with each event that a pattern matches.
   *
   * @param id of the rule within this construct.
   * @param input what the function is called with; fields of the event by `events.EventField`.
   */
  public read(id: string, eventPattern: events.EventPattern, input: Readonly<Record<string, unknown>>): void {
    new events.Rule(this, id, {
      description: `Tells ${this.reader.function.functionName} of events`,
      eventPattern,
      targets: [
        new targets.LambdaFunction(this.reader.function, {
          event: events.RuleTargetInput.fromObject(input),
          deadLetterQueue: this.lost,
          retryAttempts: 3,
          maxEventAge: EVENT_KEPT,
        }),
      ],
    });
  }
}
