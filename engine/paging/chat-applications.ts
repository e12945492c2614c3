import { setTimeout as sleep } from 'node:timers/promises';
import { SignatureV4, type SignatureV4CryptoInit, type SignatureV4Init } from '@smithy/signature-v4';
import * as z from 'zod/mini';

/** What must be known to ask Amazon Q Developer in chat applications, which used to be called AWS Chatbot. */
export interface ChatApplicationsAccess extends SignatureV4CryptoInit, Pick<SignatureV4Init, 'credentials'> {
  /** One of the Regions that serve it; see {@link chatRegion}. */
  readonly region: string;
  /** Where it answers. @default - in that Region */
  readonly endpoint?: string;
  /** Milliseconds before a request is tried again; each further time twice as long. @default 500 */
  readonly pauseMs?: number;
}

const state = { State: z.optional(z.string()), StateReason: z.optional(z.string()) };
const slackWorkspace = z.object({ SlackTeamId: z.string(), ...state });
const slackChannel = z.object({
  SlackTeamId: z.string(),
  SlackChannelId: z.string(),
  SnsTopicArns: z.array(z.string()),
  GuardrailPolicyArns: z.optional(z.array(z.string())),
  ...state,
});

/** A Slack workspace that somebody has authorised. https://docs.aws.amazon.com/chatbot/latest/APIReference/API_SlackWorkspace.html */
export type SlackWorkspace = z.infer<typeof slackWorkspace>;
/** How a channel is configured. https://docs.aws.amazon.com/chatbot/latest/APIReference/API_SlackChannelConfiguration.html */
export type SlackChannelConfiguration = z.infer<typeof slackChannel>;

/** Regions whose endpoint serves the API. https://docs.aws.amazon.com/general/latest/gr/chatbot.html */
const CHAT_REGIONS = ['us-east-2', 'us-west-2', 'eu-west-1', 'ap-southeast-1'] as const;

/**
 * The Region to ask: its own where that serves the API, else one of the same part of the world, because an organisation may forbid the
 * others. What is configured is the same in each.
 */
export function chatRegion(region: string): (typeof CHAT_REGIONS)[number] {
  const near = CHAT_REGIONS.find((each) => each.split('-')[0] === region.split('-')[0]);
  return CHAT_REGIONS.find((each) => each === region) ?? near ?? CHAT_REGIONS[0];
}

/** Times that a request is tried. */
const MOST_TRIES = 3;
/** Longest that an answer is waited for. */
const TIMEOUT_MS = 10_000;

/**
 * Reads how Slack is connected. There is no small client for this service, so the requests are signed here.
 *
 * Needs `chatbot:DescribeSlackWorkspaces` and `chatbot:DescribeSlackChannelConfigurations`.
 */
export class ChatApplications {
  private readonly signer: SignatureV4;
  private readonly endpoint: URL;

  public constructor(private readonly access: ChatApplicationsAccess) {
    const { region, credentials, sha256, endpoint } = access;
    this.signer = new SignatureV4({ service: 'chatbot', region, credentials, sha256 });
    this.endpoint = new URL(endpoint ?? `https://chatbot.${region}.amazonaws.com`);
  }

  /** All authorised workspaces. @throws Error when the service refuses, or cannot be reached. */
  public slackWorkspaces(): Promise<SlackWorkspace[]> {
    return this.list('describe-slack-workspaces', 'SlackWorkspaces', slackWorkspace);
  }

  /** How all channels are configured. @throws Error when the service refuses, or cannot be reached. */
  public slackChannels(): Promise<SlackChannelConfiguration[]> {
    return this.list('describe-slack-channel-configurations', 'SlackChannelConfigurations', slackChannel);
  }

  private async list<Schema extends z.ZodMiniType>(
    operation: string,
    field: string,
    schema: Schema,
  ): Promise<z.infer<Schema>[]> {
    const answer = z.object({ [field]: z.optional(z.array(schema)), NextToken: z.optional(z.string()) });
    const all: z.infer<Schema>[] = [];
    let token: string | undefined;
    do {
      const parsed = z.safeParse(answer, await this.post(operation, token === undefined ? {} : { NextToken: token }));
      if (!parsed.success) {
        const wrong = parsed.error.issues[0]?.path.join('.');
        throw new Error(`The answer to ${operation} is of another form than expected (wrong: ${wrong}).`);
      }
      all.push(...((parsed.data[field] ?? []) as z.infer<Schema>[]));
      token = parsed.data.NextToken as string | undefined;
    } while (token !== undefined);
    return all;
  }

  private async post(operation: string, input: object): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const { answer, error } = await this.send(operation, JSON.stringify(input)).then(
        (response) => ({ answer: response, error: undefined }),
        (reason: unknown) => ({ answer: undefined, error: reason }),
      );
      if (answer?.ok) {
        return answer.json();
      }
      if (attempt === MOST_TRIES || !mayPass(answer)) {
        throw answer === undefined ? unanswered(operation, error) : await refused(operation, answer);
      }
      await sleep((this.access.pauseMs ?? 500) * 2 ** (attempt - 1));
    }
  }

  private async send(operation: string, body: string): Promise<Response> {
    const { protocol, hostname, port, host } = this.endpoint;
    const { headers } = await this.signer.sign({
      method: 'POST',
      protocol,
      hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      path: `/${operation}`,
      query: {},
      headers: { host, 'content-type': 'application/json' },
      body,
    });
    return fetch(new URL(operation, this.endpoint), {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}

/** Whether trying again may help: the service was not reached, wants less of us, or is disturbed. */
const mayPass = (answer: Response | undefined): boolean =>
  answer === undefined || answer.status === 429 || answer.status >= 500;

function unanswered(operation: string, cause: unknown): Error {
  return new Error(`${operation} was not answered: ${(cause as Error).message}`, { cause });
}

async function refused(operation: string, answer: Response): Promise<Error> {
  const name = answer.headers.get('x-amzn-errortype')?.split(':')[0] ?? `status ${answer.status}`;
  const said = (await answer.text().catch(() => '')).slice(0, MOST_MESSAGE_CHARACTERS);
  return new Error(`${operation} was refused: ${name}${said === '' ? '' : `: ${said}`}`);
}

/** Characters of a service's answer that are told. */
const MOST_MESSAGE_CHARACTERS = 200;
