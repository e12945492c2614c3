import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CreateReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { createClient } from '@redis/client';
import { makeCertificate } from '../certificate';
import type { LocalAws } from '../local-aws';
import type { Teardown } from '../teardown';
import { type RedisServer, startRedis } from './server';
import { SnapshotStandIn } from './snapshot-stand-in';

/** Name and id of the cache. */
const NAME = 'sessions';

/**
 * A cache that is there before Holdfast is: a real server behind TLS and a password, and a replication group of the emulator that has its
 * address. Snapshots and exports are answered for by a stand-in, and hold what the real server saves.
 */
export class LocalCache {
  /** Name and id of the cache. */
  readonly name = NAME;

  private constructor(
    readonly server: RedisServer,
    private readonly connection: Connection,
    private readonly certificatePath: string,
    private readonly standIn: SnapshotStandIn,
  ) {}

  /** Starts a server, and what stands in for ElastiCache's snapshots of it. */
  static async start(runFolder: string, teardown: Teardown): Promise<LocalCache> {
    const { path, ...tls } = await makeCertificate(runFolder, teardown);
    const password = randomBytes(16).toString('hex');
    const server = await startRedis({ teardown, folder: runFolder, settings: { requirepass: password }, tls });
    const connection = { port: server.port, password };
    const save = async () => {
      await send(connection, [['SAVE']]);
      return readFile(server.rdbFile);
    };
    const standIn = await SnapshotStandIn.start({ save, version: server.version }, teardown);
    return new LocalCache(server, connection, path, standIn);
  }

  /** Variables that let the emulator and its functions find the server and the stand-in. MiniStack gives each cache this address. */
  get environment(): Record<string, string> {
    return {
      REDIS_HOST: this.server.host,
      REDIS_PORT: String(this.server.tlsPort),
      NODE_EXTRA_CA_CERTS: this.certificatePath,
      AWS_ENDPOINT_URL_ELASTICACHE: this.standIn.endpoint,
    };
  }

  /**
   * Makes the replication group, and the secret that its probe signs in with.
   *
   * @returns its entry of `redis` in the configuration
   */
  async create(aws: LocalAws, region: string): Promise<object> {
    const { password } = this.connection;
    this.standIn.connect({
      endpoint: aws.endpoint,
      store: (Bucket, Key, Body) => aws.s3(region).send(new PutObjectCommand({ Bucket, Key, Body })),
    });
    await aws.elastiCache(region).send(
      new CreateReplicationGroupCommand({
        ReplicationGroupId: NAME,
        ReplicationGroupDescription: 'Sessions',
        Engine: 'valkey',
        CacheNodeType: 'cache.t4g.small',
        NumCacheClusters: 1,
        TransitEncryptionEnabled: true,
        AtRestEncryptionEnabled: true,
        AuthToken: password,
        SnapshotRetentionLimit: SNAPSHOT_RETENTION_DAYS,
        SnapshotWindow: SNAPSHOT_WINDOW,
      }),
    );
    const { ARN: secretArn } = await aws
      .secretsManager(region)
      .send(new CreateSecretCommand({ Name: `local-${NAME}`, SecretString: JSON.stringify({ password }) }));
    if (secretArn === undefined) throw new Error('Secrets Manager gave the secret no ARN.');
    return {
      name: NAME,
      replicationGroup: NAME,
      secret: { secretArn },
      savePoints: [{ changes: 1, seconds: 60 }],
      snapshotRetentionDays: SNAPSHOT_RETENTION_DAYS,
      snapshotWindow: SNAPSHOT_WINDOW,
      network: { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] },
    };
  }

  /** Writes so many keys of several types, some of which expire. */
  fill(keys: number): Promise<void> {
    return send(
      this.connection,
      Array.from({ length: keys }, (_, index) => write(index)),
    );
  }
}

/** How a server of this machine is reached. */
interface Connection {
  readonly port: number;
  readonly password: string;
}

/** Sends commands and waits for all answers. @throws when one is refused */
async function send({ port, password }: Connection, commands: readonly string[][]): Promise<void> {
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false }, password });
  // The command fails with it as well; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await Promise.all(commands.map((command) => client.sendCommand(command)));
  } finally {
    client.destroy();
  }
}

const SNAPSHOT_RETENTION_DAYS = 7;
const SNAPSHOT_WINDOW = '03:00-04:00';

/** A key of one of several types. */
function write(index: number): string[] {
  const key = `session:${index}`;
  switch (index % 4) {
    case 0:
      return ['SET', key, `value ${index}`, 'EX', '86400'];
    case 1:
      return ['HSET', key, 'user', String(index), 'language', 'en'];
    case 2:
      return ['ZADD', key, String(index), 'last-seen'];
    default:
      return ['XADD', key, '*', 'event', 'sign-in'];
  }
}
