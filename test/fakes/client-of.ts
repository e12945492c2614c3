import { type Answers, FakeSdkClient } from './sdk-client';

/** A client of one of the SDK's classes, which its paginators ask for, that answers from functions. */
export function clientOf<Client extends object>(
  type: { readonly prototype: Client },
  answers: Answers,
  region: () => Promise<string> = async () => 'eu-west-1',
): { readonly client: Client; readonly fake: FakeSdkClient } {
  const fake = new FakeSdkClient(answers);
  const send = (command: { readonly input: object }) => fake.send(command);
  return { client: Object.assign(Object.create(type.prototype), { send, config: { region } }), fake };
}
