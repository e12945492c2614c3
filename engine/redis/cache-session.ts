import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { Decoder } from '@redis/client/dist/lib/RESP/decoder';
import encodeCommand from '@redis/client/dist/lib/RESP/encoder';
import type { CacheCredentials } from './cache-login';

/** Where a server listens. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** What a server may be asked. */
export interface CacheSession {
  /** @throws Error when the server refuses, does not answer in time, or the connection breaks. */
  ask(...command: string[]): Promise<unknown>;
  close(): void;
}

/** Opens a session. */
export type OpenSession = (
  address: ServerAddress,
  credentials: CacheCredentials | undefined,
  serverName?: string,
) => Promise<CacheSession>;

/**
 * Opens sessions over TLS, and signs in. The certificate of the server is verified. TLS 1.3 is spoken wherever the server can; 1.2
 * is the least that ElastiCache takes, and the most that its older engines offer:
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html
 *
 * Only encoder and decoder of `@redis/client` are used: the whole client would nearly double the size of the function and its start.
 *
 * @param authorities certificates, in PEM, of those who may vouch for servers. @default - those that Node trusts
 * @returns what opens a session; its `serverName` is the name that the certificate must be for where the address is an IP. It
 *   throws an Error that names the address, never the credentials.
 */
export const tlsSessions =
  (authorities?: string): OpenSession =>
  async (address, credentials, serverName) => {
    const session = new TlsSession(address, serverName, authorities);
    try {
      await session.connected;
      if (credentials !== undefined) {
        await session.signIn(credentials);
      }
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  };

/** Milliseconds until a server must have answered; it answers INFO in one. */
const ANSWER_MS = 5_000;

type Waiting = { readonly resolve: (reply: unknown) => void; readonly reject: (error: Error) => void };

class TlsSession implements CacheSession {
  public readonly connected: Promise<void>;
  private readonly socket: TLSSocket;
  private waiting: Waiting | undefined;
  private failure: Error | undefined;

  public constructor(
    private readonly address: ServerAddress,
    serverName: string | undefined,
    ca: string | undefined,
  ) {
    const { host, port } = address;
    const servername = [host, serverName].find((name) => name !== undefined && isIP(name) === 0);
    this.socket = connect({ host, port, ca, minVersion: 'TLSv1.2', ...(servername && { servername }) });
    const decoder = new Decoder({
      onReply: (reply) => this.waiting?.resolve(reply),
      onErrorReply: (reply) => this.waiting?.reject(reply),
      onPush: () => undefined,
      getTypeMapping: () => ({}),
    });
    this.socket.on('data', (bytes: Buffer) => this.decode(decoder, bytes));
    this.socket.on('error', (error: NodeJS.ErrnoException) => this.fail(error.code ?? error.name, error));
    this.socket.on('close', () => this.fail('the server closed the connection'));
    this.connected = this.inTime('connect', (connected) => this.socket.once('secureConnect', connected)).then(
      () => undefined,
    );
  }

  public async signIn({ username, password }: CacheCredentials): Promise<void> {
    try {
      await this.ask('AUTH', ...(username === undefined ? [] : [username]), password);
    } catch (error) {
      // A message of the server could quote the command.
      throw this.failure ?? new Error(`${this.name} does not let the user in: ${codeOf(error)}. HINT: ${SIGN_IN_HINT}`);
    }
  }

  public ask(...command: string[]): Promise<unknown> {
    const [name = ''] = command;
    return this.inTime(name, () => {
      for (const text of encodeCommand(command)) {
        this.socket.write(text);
      }
    });
  }

  public close(): void {
    this.socket.destroy();
  }

  private get name(): string {
    return `The cache at ${this.address.host}:${this.address.port}`;
  }

  /** What is no RESP comes from no Redis. */
  private decode(decoder: Decoder, bytes: Buffer): void {
    try {
      decoder.write(bytes);
    } catch (error) {
      this.fail('it answers in no form that Redis knows', error);
      this.close();
    }
  }

  private fail(why: string, cause?: unknown): void {
    this.failure ??= new Error(`${this.name} cannot be talked to: ${why}. HINT: ${CONNECT_HINT}`, { cause });
    this.waiting?.reject(this.failure);
  }

  /** One thing is waited for at a time. */
  private async inTime(what: string, begin: (answered: (reply: unknown) => void) => void): Promise<unknown> {
    if (this.failure !== undefined) {
      throw this.failure;
    }
    const timer = setTimeout(() => this.fail(`no answer to ${what} within ${ANSWER_MS / 1000} s`), ANSWER_MS);
    try {
      return await new Promise<unknown>((resolve, reject) => {
        this.waiting = { resolve, reject };
        begin(resolve);
      });
    } finally {
      clearTimeout(timer);
      this.waiting = undefined;
    }
  }
}

/** First word of an error of a server, such as `WRONGPASS`. */
const codeOf = (error: unknown): string => (error instanceof Error ? (error.message.split(' ', 1)[0] ?? '') : '');

const CONNECT_HINT =
  'let the security group of the function reach the one of the cache, and look whether the cache has encryption in transit.';
const SIGN_IN_HINT =
  'compare the secret with the user of the cache or the auth token of the group; a user needs +info, and with several shards +cluster|slots.';
