import { Duration, aws_sqs as sqs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** A queue of dead letters as all of Holdfast's are, as `DeadLetters` of a construct: encrypted, and emptied after two weeks. */
export class DeadLetterQueue extends sqs.Queue {
  /** @param name of what the letters were for; first part of the name of the queue. */
  constructor(scope: Construct, name: string) {
    super(scope, 'DeadLetters', {
      queueName: `${name}-dead-letters`,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
  }
}
