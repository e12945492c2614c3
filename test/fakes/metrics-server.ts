import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** CloudWatch as far as PutMetricData goes, on a free port of this machine. */
export class FakeMetricsServer {
  /** Values by name of the metric, of each request in order of arrival. */
  public readonly published: Readonly<Record<string, number>>[] = [];
  /** Whether it refuses what it gets. */
  public isRefusing = false;

  public static async start(): Promise<FakeMetricsServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeMetricsServer(server);
  }

  private constructor(private readonly server: Server) {
    server.on('request', async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) {
        pieces.push(piece);
      }
      if (this.isRefusing) {
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end('{"__type":"AccessDenied"}');
        return;
      }
      const { MetricData: data } = JSON.parse(Buffer.concat(pieces).toString()) as {
        MetricData: { MetricName: string; Value: number }[];
      };
      this.published.push(Object.fromEntries(data.map(({ MetricName, Value }) => [MetricName, Value])));
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
    });
  }

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets all requests, and takes what it gets again. */
  public reset(): void {
    this.published.length = 0;
    this.isRefusing = false;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
