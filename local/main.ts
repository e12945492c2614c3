/** `npm run local`: deploys Holdfast to an emulated AWS and rehearses a bad day on it. See README. */
import { mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { deployLocally, findLocalAws, type LocalDeployment } from './deployment';
import { Expectations } from './expectations';
import { LOCAL_STATE } from './local-state';
import { lookAtPicture } from './picture';
import { Progress } from './progress';
import { rehearseManagedDatabases } from './rds/rehearsal';
import { LocalCache } from './redis/cache';
import { rehearseCache } from './redis/rehearsal';
import { Rehearsal } from './rehearsal';
import { playScenarios } from './scenarios/play';
import { Scenarios } from './scenarios/scenario';
import { unplayedAlarms } from './scenarios/unplayed';
import { Teardown } from './teardown';
import { TenantDatabase } from './tenants/database';
import { rehearseTenantLoss } from './tenants/rehearsal';
import { TENANTS } from './tenants/seed';
import { sendTestPage } from './test-page';

const EXIT_OF_SIGNAL = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
/** Longest time to stop everything after a signal, in milliseconds. */
const STOP_WITHIN_MS = 10_000;

const progress = new Progress(process.stdout);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { keep: { type: 'boolean', default: false }, rounds: { type: 'string', default: '3' } },
  });
  const rounds = roundsOf(values.rounds);
  // Of no use to somebody who rehearses; it would stand between the steps.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const teardown = new Teardown();
  const signals = stopOnSignals(teardown);
  const runFolder = await makeRunFolder();
  const keepFolder = teardown.defer(() => rm(runFolder, { recursive: true, force: true }));
  try {
    const allHeld = await rehearse(runFolder, { keep: values.keep, rounds }, teardown, keepFolder);
    process.exitCode = allHeld ? 0 : 1;
  } catch (error) {
    // What a signal stops fails, too.
    if (signals.aborted) return;
    keepFolder();
    process.exitCode = 1;
    progress.print(`\n${messageOf(error)}`);
  } finally {
    await teardown.run();
  }
  if (process.exitCode === 1) await showLogs(runFolder);
}

/** How often everything is verified in a row while all is well. @throws when it is no whole number from 1 on */
function roundsOf(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error(
      `--rounds must be a whole number from 1 on, got: ${text}. HINT: \`npm run local -- --rounds 100\`.`,
    );
  }
  return rounds;
}

/** What a run is asked for. */
interface LocalOptions {
  /** Whether everything keeps running afterwards. */
  readonly keep: boolean;
  /** How often everything is verified in a row while all is well. */
  readonly rounds: number;
}

/** @returns whether every expectation held */
async function rehearse(runFolder: string, { keep, rounds }: LocalOptions, teardown: Teardown, keepFolder: () => void) {
  const started = performance.now();
  const cache = process.env.AWS_ENDPOINT_URL ? undefined : await startCache(runFolder, teardown);
  const { aws, emulator } = await findLocalAws(runFolder, cache?.environment ?? {}, progress, teardown);
  const database = await progress.step('start PostgreSQL, and fill in tenants', async (note) => {
    const started = await TenantDatabase.start(runFolder, teardown);
    note(
      `PostgreSQL ${started.server.major} at ${started.server.host}:${started.server.port}, ${TENANTS.length} tenants`,
    );
    return started;
  });
  const deployment = await deployLocally(aws, { database, cache }, runFolder, progress, teardown);
  const expectations = new Expectations((text) => progress.print(text));
  const scenarios = new Scenarios({ ...deployment, prefix: deployment.configuration.prefix, expectations });
  const rehearsal = new Rehearsal({ ...deployment, scenarios, progress, expectations });
  await rehearsal.damageAndRepair();
  await rehearseTenantLoss({ ...deployment, database, progress, expectations });
  await rehearseManagedDatabases({ ...deployment, progress, expectations });
  const { redis } = deployment;
  if (cache && redis) await rehearseCache({ ...deployment, cache, redis, progress, expectations });
  await playScenarios({ ...deployment, database, scenarios, rounds, progress, expectations });
  await progress.step('`holdfast status` and `holdfast report`', (note) =>
    lookAtPicture({ ...deployment, runFolder, expectations }, note),
  );
  await progress.step('`holdfast page --test`', (note) =>
    sendTestPage({ ...deployment, runFolder, expectations, teardown }, note),
  );
  await rehearsal.goOnBySchedule();

  progress.print(`\n${scenarios}`);
  progress.print(`\n${unplayedAlarms(deployment.alarms, scenarios.alarmsPlayed, expectations)}`);
  progress.print(`\n${expectations}`);
  const seconds = Math.round((performance.now() - started) / 1000);
  progress.print(`${expectations.allHold ? 'Every expectation held' : 'NOT every expectation held'}, in ${seconds} s.`);
  if (!expectations.allHold) keepFolder();
  if (keep && expectations.allHold) {
    keepFolder();
    emulator?.release();
    database.server.release();
    progress.print(howToUse(deployment, database, emulator?.processGroup, runFolder));
  }
  return expectations.allHold;
}

function startCache(runFolder: string, teardown: Teardown): Promise<LocalCache> {
  return progress.step('start a cache', async (note) => {
    const cache = await LocalCache.start(runFolder, teardown);
    const { flavour, version, host, tlsPort } = cache.server;
    note(`${flavour} ${version} at ${host}:${tlsPort}, by TLS`);
    return cache;
  });
}

function howToUse(
  { aws, region }: LocalDeployment,
  { server, name }: TenantDatabase,
  emulatorGroup: number | undefined,
  runFolder: string,
): string {
  const variables = Object.entries(aws.variables(region)).map(([variable, value]) => `  export ${variable}=${value}`);
  const groups = [emulatorGroup, server.processGroup]
    .filter((group) => group !== undefined)
    .map((group) => `-${group}`);
  return [
    '',
    'The emulated AWS and the database keep running. Use them with:',
    ...variables,
    `  psql ${server.connectionString(name)}`,
    '',
    'Stop them with:',
    `  kill -- ${groups.join(' ')}; rm -r ${runFolder}`,
  ].join('\n');
}

/** Says where the logs are; a run that failed before it did anything has none. */
async function showLogs(runFolder: string): Promise<void> {
  const isEmpty = await rmdir(runFolder).then(
    () => true,
    () => false,
  );
  if (!isEmpty) progress.print(`HINT: the logs of this run are in ${relative('', runFolder)}.`);
}

async function makeRunFolder(): Promise<string> {
  try {
    await mkdir(LOCAL_STATE, { recursive: true });
    return await mkdtemp(join(LOCAL_STATE, 'run-'));
  } catch (error) {
    throw new Error(
      `The run gets no folder: ${messageOf(error)}. HINT: make room on the disk, or make the folder writable.`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** @returns a signal that is aborted once the process has been asked to end */
function stopOnSignals(teardown: Teardown): AbortSignal {
  const controller = new AbortController();
  for (const signal of Object.keys(EXIT_OF_SIGNAL) as (keyof typeof EXIT_OF_SIGNAL)[]) {
    process.on(signal, () => {
      if (controller.signal.aborted) return;
      controller.abort();
      progress.print(`\n${signal}: stopping everything.`);
      const exit = () => process.exit(EXIT_OF_SIGNAL[signal]);
      setTimeout(exit, STOP_WITHIN_MS);
      teardown.run().finally(exit);
    });
  }
  return controller.signal;
}

main().catch((error: unknown) => {
  progress.print(messageOf(error));
  process.exitCode = 1;
});
