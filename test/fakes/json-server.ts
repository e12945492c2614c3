import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answers } from './sdk-client';

/** Services of AWS that speak JSON, such as SSM and CloudWatch, on a free port of this machine. Moments are answered as ISO 8601 texts. */
export class JsonServer {
  /** Names of all operations that were asked for, in order. */
  public readonly asked: string[] = [];
  /** What each operation answers, by its name. An Error is a refusal, and so is an operation without an answer. */
  public answers: Answers = {};

  public static async start(): Promise<JsonServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new JsonServer(server);
  }

  private constructor(private readonly server: Server) {
    server.on('request', async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) {
        pieces.push(piece);
      }
      const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
      this.asked.push(operation);
      const answer = this.answers[operation]?.(JSON.parse(Buffer.concat(pieces).toString()) as never);
      const isRefused = answer === undefined || answer instanceof Error;
      const refusal = { __type: answer instanceof Error ? answer.name : 'UnknownOperationException', message: 'no' };
      response
        .writeHead(isRefused ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify(isRefused ? refusal : answer, epochSeconds));
    });
  }

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

const epochSeconds = (_: string, value: unknown): unknown =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(value)) ? Date.parse(String(value)) / 1000 : value;
