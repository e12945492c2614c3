/** What a command answers, by its name without `Command`. An Error is thrown. */
export type Answers = Readonly<Record<string, (input: never) => unknown>>;

/** A client of the AWS SDK that answers from functions and keeps what it was asked. An operation without an answer fails. */
export class FakeSdkClient {
  /** All that was sent, in order. */
  readonly sent: { readonly operation: string; readonly input: unknown }[] = [];

  constructor(private readonly answers: Answers) {}

  /** As the clients of the SDK have it. */
  async send(command: { readonly input: object }): Promise<unknown> {
    const operation = command.constructor.name.replace(/Command$/, '');
    this.sent.push({ operation, input: command.input });
    const answer = this.answers[operation];
    if (answer === undefined) {
      throw new Error(`The test has no answer to ${operation}.`);
    }
    const given = answer(command.input as never);
    if (given instanceof Error) {
      throw given;
    }
    return given;
  }

  /** Inputs of one operation, in order. */
  inputsOf(operation: string): unknown[] {
    return this.sent.filter((each) => each.operation === operation).map(({ input }) => input);
  }
}

/** An error as the SDK makes it. */
export function sdkError(name: string, message = name, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}
