#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { App, Duration } from 'aws-cdk-lib';
import { FileCategory, PrimaryStack, RecoveryRegion, RecoveryStack, Retention } from '../lib';
import {
  type Configuration,
  ConfigurationError,
  databaseBackups,
  loadConfiguration,
  maintenanceWindows,
  managedDatabase,
  protectedCache,
  protectedTenants,
  recoveryVault,
} from '../lib/configuration';

// CDK validates the templates with a large WebAssembly module, once. V8 would compile it a second time in the background, to
// make a long run fast; a synthesis is over before that pays off, and a quarter slower for it. Unknown flags are ignored.
// cdk.json starts Node with `--single-threaded-gc` besides: threads that collect garbage in the background cost a short run more than
// they save. V8 takes that one at its start only.
setFlagsFromString('--no-wasm-tier-up');
setFlagsFromString('--no-wasm-dynamic-tiering');

/** The CDK app: both stacks of the configuration file, `holdfast.config.json` or the one given with `-c config=<path>`. */
function main(): void {
  const app = new App({ autoSynth: false });
  const path: string = app.node.tryGetContext('config') ?? 'holdfast.config.json';
  deploy(app, loadConfiguration(path));
  app.synth();
}

function deploy(app: App, configuration: Configuration): void {
  const { prefix, primary, recovery, objectives, deletionTrail, files, tenantDumps, databases, rds, redis } =
    configuration;
  const { maintenance, ...paging } = configuration.paging;
  const retention = Retention.gfs(configuration.retention);
  const recoveryRegion = RecoveryRegion.named({ prefix, ...recovery });
  const recoveryStack = new RecoveryStack(app, 'HoldfastRecovery', {
    env: { account: recovery.account ?? primary.account, region: recovery.region },
    recovery: recoveryRegion,
    primary,
    paging,
    objectives,
    maintenance: maintenanceWindows(maintenance),
    deletionTrail,
    retention,
    databaseBackups: rds && recoveryVault(rds),
  });
  for (const { name, category, existing, ...lifecycles } of files.buckets) {
    recoveryStack.addReplica(name, {
      category: FileCategory.named(category),
      sourceBucketName: existing?.bucket,
      lockMode: files.lockMode,
      ...lifecycles,
    });
  }
  for (const { name, lockMode } of databases) {
    recoveryStack.addDumpsReplica(name, { lockMode });
  }
  if (rds) {
    recoveryStack.addDatabaseVault();
  }
  for (const { name, lockMode } of redis) {
    recoveryStack.addRedisReplica(name, { lockMode });
  }

  if (recoveryRegion.isOtherAccountThan(primary.account) && recovery.replicaKeyArn === undefined) {
    process.stderr.write(
      'HoldfastPrimary is left out: the replicas lie in another account, and recovery.replicaKeyArn is missing. ' +
        'HINT: deploy HoldfastRecovery, then write the key ARN that it prints into the configuration\n',
    );
    return;
  }
  const primaryStack = new PrimaryStack(app, 'HoldfastPrimary', {
    env: primary,
    recovery: recoveryRegion,
    paging,
    objectives,
    maintenance: maintenanceWindows(maintenance),
    deletionTrail,
    verifyFilesEvery: Duration.minutes(files.verifyEveryMinutes),
    readCycle: Duration.days(files.readCycleDays),
    dumpsReadCycle: Duration.days(tenantDumps.readCycleDays),
    retention,
    databaseBackups: rds && databaseBackups(rds),
  });
  primaryStack.addStackDependency(recoveryStack, 'replicas exist before anything is replicated');
  for (const { name, category, existing, lifecycle } of files.buckets) {
    const { backups } = primaryStack;
    if (existing) {
      const { bucket: bucketName, keyArn } = existing;
      backups.protectExistingFiles(name, { bucketName, keyArn, lifecycle });
    } else {
      backups.protectFiles(name, { category: FileCategory.named(category), lockMode: files.lockMode, lifecycle });
    }
  }
  for (const each of databases) {
    const { database, ...props } = protectedTenants(each);
    primaryStack.backups.protectTenants(each.name, database, props);
  }
  for (const each of rds?.databases ?? []) {
    primaryStack.backups.protectDatabase(each.name, managedDatabase(each));
  }
  for (const each of redis) {
    const { cache, ...props } = protectedCache(each);
    primaryStack.backups.protectRedis(each.name, cache, props);
  }
}

try {
  main();
} catch (error) {
  if (!(error instanceof ConfigurationError)) {
    throw error;
  }
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
