import { connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Teardown } from '../teardown';

/** What a server shows to its clients, both in PEM. */
export interface TlsCredentials {
  readonly key: string;
  readonly cert: string;
}

/** A port of this process that takes TLS off connections. */
export interface TlsFront {
  readonly port: number;
  /** Ends it with all its connections. */
  stop(): Promise<void>;
}

/** Accepts connections by TLS on a free port of 127.0.0.1, and passes each on to another port as it is inside. */
export async function startTlsFront(target: number, tls: TlsCredentials, teardown: Teardown): Promise<TlsFront> {
  const connections = new Set<TLSSocket>();
  const server = createServer({ ...tls }, (client) => {
    connections.add(client);
    client.once('close', () => connections.delete(client));
    const plain = connect(target, '127.0.0.1');
    client.pipe(plain).pipe(client);
    // Either side's end, good or bad, is the other side's too.
    for (const [side, other] of [
      [client, plain],
      [plain, client],
    ] as const) {
      side.once('error', () => other.destroy());
      side.once('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The system gave no free port.');
  const stop = async () => {
    forget();
    for (const connection of connections) connection.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  const forget = teardown.defer(stop);
  return { port: address.port, stop };
}
