import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type SecureVersion, type Server, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';

/** A certificate that signs itself, for `localhost`. */
export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes a certificate; another one each time. */
export async function makeCertificate(): Promise<TestCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'certificate-'));
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    await promisify(execFile)('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', cert]);
    return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A server that speaks RESP over TLS on a free port of this machine, and answers commands as a test wants. */
export class FakeCacheServer {
  /** All commands, each with its arguments. */
  public readonly asked: string[][] = [];
  /** Versions of TLS of the connections. */
  public readonly versions: (string | null)[] = [];
  /** Bytes of the answer to a command; undefined for none. */
  public answer: (command: readonly string[]) => string | undefined = () => '+OK\r\n';
  private readonly sockets = new Set<TLSSocket>();

  public static async start(certificate: TestCertificate, maxVersion?: SecureVersion): Promise<FakeCacheServer> {
    const server = createServer({ ...certificate, ...(maxVersion && { maxVersion }) });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeCacheServer(server);
  }

  private constructor(private readonly server: Server) {
    server.on('secureConnection', (socket) => {
      this.sockets.add(socket);
      this.versions.push(socket.getProtocol());
      socket.on('error', () => undefined);
      socket.on('data', (bytes: Buffer) => {
        // Commands are small, and the client waits for each answer.
        const command = bytes
          .toString()
          .split('\r\n')
          .slice(1)
          .filter((_, index) => index % 2 === 1);
        this.asked.push(command);
        const answer = this.answer(command);
        if (answer !== undefined) {
          socket.write(answer);
        }
      });
    });
    server.on('tlsClientError', () => undefined);
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Breaks all connections. */
  public cut(): void {
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }

  public async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A text as RESP sends it. */
export const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
