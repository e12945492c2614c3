import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** An answer of the fake. */
export interface ChatAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string as it is. */
  readonly body: unknown;
}

/** A request as it arrived. */
export interface ChatRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly input: unknown;
}

/** The API of chat applications over real HTTP, on a free port of this machine. */
export class FakeChatServer {
  /** All requests, in order of arrival. */
  public readonly requests: ChatRequest[] = [];
  /** What is answered to each request. */
  public answer: (request: ChatRequest) => ChatAnswer = () => ({ body: {} });

  public static async start(): Promise<FakeChatServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeChatServer(server);
  }

  private constructor(private readonly server: Server) {
    server.on('request', async (request, response) => {
      const received = { path: request.url ?? '', headers: request.headers, input: await json(request) };
      this.requests.push(received);
      const { status = 200, headers = {}, body } = this.answer(received);
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets all requests, and answers nothing in particular again. */
  public reset(): void {
    this.requests.length = 0;
    this.answer = () => ({ body: {} });
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
