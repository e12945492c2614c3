import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BackupClient } from '@aws-sdk/client-backup';
import { CloudWatchClient, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { KMSClient } from '@aws-sdk/client-kms';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { handler } from '../../lambda/verify-database';
import { EVENT, FakeAccount, type Inventory, instance, NOW } from '../engine/database/fake-account';

const environment = { ...process.env };
let log: jest.SpyInstance;
let toCloudWatch: jest.SpyInstance;
let toS3: jest.SpyInstance;

beforeEach(() => {
  process.env = {
    ...environment,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'own',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  jest.spyOn(Date, 'now').mockReturnValue(NOW);
  log = jest.spyOn(console, 'log').mockImplementation();
  toCloudWatch = jest.spyOn(CloudWatchClient.prototype, 'send').mockImplementation(async () => ({}));
  toS3 = jest.spyOn(S3Client.prototype, 'send').mockImplementation(async (command) => ({
    VersionId: 'v1',
    ChecksumCRC64NVME: (command.input as { ChecksumCRC64NVME?: string }).ChecksumCRC64NVME,
  }));
});
afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
});

/** Lets the clients of the function ask a made-up account, each for its Region. */
function inAccount(inventory: Inventory = {}): void {
  const { clients } = new FakeAccount(inventory);
  const answer = (service: 'rds' | 'backup' | 'kms') =>
    async function (this: Asked, command: unknown) {
      const region = await this.config.region();
      const client = service === 'rds' ? clients.rds(region) : clients[service]({ region });
      return (client as unknown as { send: (command: unknown) => Promise<unknown> }).send(command);
    } as unknown as () => void;
  jest.spyOn(RDSClient.prototype, 'send').mockImplementation(answer('rds'));
  jest.spyOn(BackupClient.prototype, 'send').mockImplementation(answer('backup'));
  jest.spyOn(KMSClient.prototype, 'send').mockImplementation(answer('kms'));
}

/** STS, which lends a role to everyone, and calls the key that it gives as the role. */
class FakeSts {
  static async start(): Promise<FakeSts> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece) => {
        body += piece;
      });
      request.on('end', () => {
        const role = new URLSearchParams(body).get('RoleArn');
        response.end(
          `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>${role}</AccessKeyId><SecretAccessKey>test</SecretAccessKey><SessionToken>test</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
        );
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new FakeSts(server);
  }

  private constructor(private readonly server: Server) {}

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((stopped) => this.server.close(stopped));
  }
}

/** A client as its own calls see it. */
interface Asked {
  readonly config: {
    readonly region: () => Promise<string>;
    readonly credentials: () => Promise<{ accessKeyId: string }>;
  };
}

const levels = () => log.mock.calls.map(([line]) => JSON.parse(line)).map(({ level, resource }) => [level, resource]);

test('verifies, writes a report and records, publishes metrics and answers', async () => {
  inAccount();
  const result = await handler(EVENT);
  expect(result).toMatchObject({
    databases: [{ resource: 'orders', findings: [], rpoSeconds: 180, presentAgeSeconds: 0 }],
    common: [],
    reportKey: 'database/reports/20261123T150000000Z.json',
  });
  expect(toS3.mock.calls[0]?.[0].input).toMatchObject({ Bucket: 'acme-proofs', Key: result.reportKey });
  expect(toS3.mock.calls[1]?.[0].input).toMatchObject({
    Bucket: 'acme-proofs',
    Key: 'database/orders/proofs/present/20261123T150000000Z-proved.json',
    IfNoneMatch: '*',
  });
  expect(toCloudWatch.mock.calls.map(([command]) => command.constructor)).toEqual([PutMetricDataCommand]);
  expect(levels()).toEqual([
    ['INFO', 'orders'],
    ['INFO', 'all databases'],
  ]);
});

test('returns normally when something is wrong, and raises the alarms', async () => {
  inAccount({
    instances: [instance({ StorageEncrypted: false })],
    optIns: {},
    plan: { BackupPlanName: 'x', Rules: [] },
  });
  await handler(EVENT);
  expect(toCloudWatch.mock.calls.map(([command]) => command.constructor)).toEqual([
    SetAlarmStateCommand,
    SetAlarmStateCommand,
    PutMetricDataCommand,
  ]);
  expect(levels()).toEqual([
    ['ERROR', 'orders'],
    ['WARN', 'all databases'],
  ]);
});

test('looks into the vault of another account under the role that is given, and nowhere else', async () => {
  inAccount();
  const sts = await FakeSts.start();
  process.env.AWS_ENDPOINT_URL_STS = sts.endpoint;
  const readRoleArn = 'arn:aws:iam::444455556666:role/acme-read-recovery-vault';
  await handler({ ...EVENT, recoveryVault: { ...EVENT.recoveryVault, readRoleArn } });
  const clients = [BackupClient, KMSClient].flatMap(
    ({ prototype }) => jest.mocked(prototype.send).mock.contexts as unknown as Asked[],
  );
  const used = await Promise.all(
    clients.map(async ({ config }) => `${await config.region()} ${(await config.credentials()).accessKeyId}`),
  );
  await sts.stop();
  expect([...new Set(used)].sort()).toEqual([`eu-central-1 ${readRoleArn}`, 'eu-west-1 own']);
});

test('tells of a report that cannot be written', async () => {
  inAccount();
  toS3.mockRejectedValue(new Error('no'));
  const result = await handler(EVENT);
  expect(result).not.toHaveProperty('reportKey');
  expect(result.common).toEqual([expect.objectContaining({ kind: 'unknown', isCritical: true })]);
  expect(toCloudWatch.mock.calls[0]?.[0].input.StateReason).toContain('(no report)');
});

test('fails when the event is wrong, or the outcome cannot be published', async () => {
  inAccount();
  await expect(handler({})).rejects.toThrow('The event of verify-database is wrong');
  toCloudWatch.mockRejectedValue(new Error('no'));
  await expect(handler(EVENT)).rejects.toThrow('Cannot publish 18 metrics');
});
