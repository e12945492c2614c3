import { join } from 'node:path';
import type { VerifyDatabaseEvent, VerifyDatabaseResult } from '../engine/contract/verify-database';
import type { Configuration } from '../lib/configuration';
import { AlarmStandIn } from './alarms/alarm-stand-in';
import { DeployedStack } from './deployed-stack';
import { type Emulator, startEmulator } from './emulator';
import { configureBuckets, configureTopics, confirmSubscription, subscribeReceiver } from './emulator-gaps';
import { LOCAL_ACCOUNT, LocalAws } from './local-aws';
import { localRegion, writeLocalConfiguration } from './local-configuration';
import { PageReceiver } from './page-receiver';
import type { Note, Progress } from './progress';
import { pythonEnvironment } from './python-environment';
import { ManagedDatabases } from './rds/databases';
import { RedisBackups } from './redis/backups';
import type { LocalCache } from './redis/cache';
import { deployedReplications, type Replication } from './replication-stand-in';
import { ScheduledFunction } from './scheduled-function';
import { SynthesizedApp } from './synthesized-app';
import type { Teardown } from './teardown';
import type { TenantDatabase } from './tenants/database';
import { TenantDumps } from './tenants/dumps';
import { TenantVerification } from './tenants/verification';
import { Verification } from './verification';

/** Holdfast, deployed to an emulated AWS. */
export interface LocalDeployment {
  readonly aws: LocalAws;
  /** The primary Region. */
  readonly region: string;
  readonly configuration: Configuration;
  readonly configurationPath: string;
  readonly replications: readonly Replication[];
  readonly verification: Verification;
  readonly dumps: TenantDumps;
  readonly managedDatabases: ManagedDatabases;
  readonly databaseVerification: ScheduledFunction<VerifyDatabaseEvent, VerifyDatabaseResult>;
  readonly tenantVerification: TenantVerification;
  readonly keyVerification: ScheduledFunction<unknown, unknown>;
  readonly routeCheck: ScheduledFunction<unknown, unknown>;
  /** Absent without a cache. */
  readonly redis?: RedisBackups;
  /** The alarms of the primary Region. */
  readonly alarms: AlarmStandIn;
  readonly receiver: PageReceiver;
  /** Topics that the pager is subscribed to, and has confirmed. */
  readonly topics: readonly string[];
}

/** Servers of this machine that the deployed app protects. */
export interface LocalServers {
  readonly database: TenantDatabase;
  /** Absent where the emulated AWS is another's, which cannot be told where the cache is. */
  readonly cache?: LocalCache | undefined;
}

/**
 * The emulated AWS that `AWS_ENDPOINT_URL` names; without one, a MiniStack of its own.
 *
 * @param environment variables that a MiniStack of its own gets besides
 */
export async function findLocalAws(
  runFolder: string,
  environment: Readonly<Record<string, string>>,
  progress: Progress,
  teardown: Teardown,
): Promise<{ aws: LocalAws; emulator?: Emulator }> {
  const given = process.env.AWS_ENDPOINT_URL;
  if (given) {
    progress.print(`Using the emulated AWS at ${given} (AWS_ENDPOINT_URL).`);
    const aws = new LocalAws(given);
    await fetch(aws.endpoint).catch(() => {
      throw new Error(
        `Nothing answers at ${aws.endpoint}. HINT: start it, or unset AWS_ENDPOINT_URL to have one started.`,
      );
    });
    return { aws };
  }
  const python = await progress.step('Python environment with MiniStack', async (note) => {
    const environment = await pythonEnvironment(teardown);
    note(environment.reused ? 'there already' : 'made in .holdfast/venv');
    return environment;
  });
  return progress.step('start MiniStack', async (note) => {
    const emulator = await startEmulator(python, runFolder, teardown, environment);
    note(emulator.endpoint);
    return { aws: new LocalAws(emulator.endpoint), emulator };
  });
}

/** Bootstraps, synthesizes and deploys the app of this repository, and makes up for what the emulator leaves out. */
export async function deployLocally(
  aws: LocalAws,
  { database, cache }: LocalServers,
  runFolder: string,
  progress: Progress,
  teardown: Teardown,
): Promise<LocalDeployment> {
  const receiver = await PageReceiver.start(confirmSubscription(aws), teardown);
  const configurationPath = join(runFolder, 'holdfast.config.json');
  const managedDatabases = await ManagedDatabases.create(aws, localRegion());
  const configuration = await writeLocalConfiguration(configurationPath, receiver.url('pager'), {
    database: database.configuration(await database.createSecret(aws, localRegion())),
    managedDatabases: managedDatabases.configuration(),
    caches: cache ? [await cache.create(aws, localRegion())] : [],
  });
  const { region } = configuration.primary;
  const regions = [region, configuration.recovery.region];
  const app = new SynthesizedApp(aws, runFolder, teardown);
  const readStack = (name: string, where: string) =>
    DeployedStack.read(aws.cloudFormation(where), name, where, LOCAL_ACCOUNT, app.wholeTemplate(name));

  await progress.step('cdk bootstrap of both Regions, cdk synth of the app', async (note) => {
    const environments = regions.map((each) => `aws://${LOCAL_ACCOUNT}/${each}`);
    const [leftOut] = await Promise.all([
      app.synthesize(configurationPath, region),
      app.bootstrap(environments, region),
    ]);
    for (const { type, stack, logicalId, reason } of leftOut) {
      note(`left out, ${reason}: ${type} (${stack}/${logicalId})`);
    }
  });
  await progress.step(`cdk deploy --all to ${regions.join(' and ')}`, () => app.deploy(region));
  return progress.step('make up for what MiniStack leaves out', async (note) => {
    const [primary, recovery] = await Promise.all([
      readStack('HoldfastPrimary', region),
      readStack('HoldfastRecovery', configuration.recovery.region),
    ]);
    const topics = await makeUp(aws, [recovery, primary], receiver, note);
    const alarms = await AlarmStandIn.start(aws.cloudWatch(region), primary);
    note(`states of ${alarms.names.length} alarms, and the composite alarms above them; see the table of alarms`);
    return {
      aws,
      alarms,
      region,
      configuration,
      configurationPath,
      replications: deployedReplications(primary),
      verification: await Verification.find(aws, region, configuration.prefix),
      managedDatabases,
      databaseVerification: await ScheduledFunction.find(aws, region, `${configuration.prefix}-verify-database`),
      tenantVerification: await TenantVerification.find(aws, region, configuration.prefix),
      keyVerification: await ScheduledFunction.find(aws, region, `${configuration.prefix}-verify-keys`),
      routeCheck: await ScheduledFunction.find(aws, region, `${configuration.prefix}-check-routes`),
      ...(cache && { redis: await RedisBackups.find(aws, region, configuration.prefix, cache.name) }),
      dumps: TenantDumps.find(aws, primary, database, runFolder, teardown),
      receiver,
      topics,
    };
  });
}

async function makeUp(
  aws: LocalAws,
  stacks: readonly DeployedStack[],
  receiver: PageReceiver,
  note: Note,
): Promise<string[]> {
  let buckets = 0;
  let encrypted = 0;
  const topics: string[] = [];
  for (const stack of stacks) {
    buckets += await configureBuckets(aws, stack);
    encrypted += await configureTopics(aws, stack);
    topics.push(...(await subscribeReceiver(aws, stack, receiver)));
  }
  note(
    `encryption, Object Lock and lifecycle of ${buckets} buckets, as the deployed templates say, through the S3 API`,
  );
  note(`encryption of ${encrypted} topics, through the SNS API`);
  note(`the pager's subscriptions to ${topics.length} topics, so that it is asked to confirm them`);
  note('a mailbox on the topics of warnings, to see what emails would tell');
  return topics;
}
