import { System } from '../../engine/contract/signals';
import type { LocalDeployment } from '../deployment';
import type { Expectations } from '../expectations';
import type { Note, Progress } from '../progress';
import { replicate } from '../replication-stand-in';
import type { TenantDatabase } from '../tenants/database';
import { platformScenarios } from './platform';
import { redisScenarios } from './redis';
import type { AlarmScenario, Scenarios } from './scenario';
import { silence } from './silence';
import { tenantScenarios } from './tenants';

/** What scenarios are played on: everything is stored, backed up and proved. */
export interface PlayContext extends LocalDeployment {
  readonly database: TenantDatabase;
  readonly scenarios: Scenarios;
  /** How often everything is verified in a row, to see that nothing pages while all is well. */
  readonly rounds: number;
  readonly progress: Progress;
  readonly expectations: Expectations;
}

/** Breaks one thing after the other, and expects the pages; then verifies what is mended again and again, and expects none. */
export async function playScenarios(context: PlayContext): Promise<void> {
  const { scenarios, rounds, progress } = context;
  for (const scenario of all(context)) {
    await progress.step(scenario.broken, (note) => scenarios.play(scenario, note));
  }
  await progress.step(`verify everything ${rounds} times in a row`, (note) => stayQuiet(context, note));
}

function all(context: PlayContext): AlarmScenario[] {
  const { configuration, verification, redis } = context;
  const [target] = verification.event.targets;
  if (target === undefined) throw new Error('The deployed schedule verifies no buckets.');
  return [
    silence(
      'the verification of files',
      ['backupFailed', 'replicationDelay', 'proofAgePresent', 'proofAgeIntact'].map(
        (name) => `${System.STORAGE}-${name}`,
      ),
      () => verification.run(),
    ),
    ...tenantScenarios(context),
    ...(redis ? redisScenarios({ ...context, redis }) : []),
    ...platformScenarios({ ...context, prefix: configuration.prefix, target }),
  ];
}

/** A round is an hour of most alarms, and a day without a dump is one of them. */
const ROUNDS_A_DUMP = 20;

async function dump({ aws, dumps, replications }: PlayContext): Promise<void> {
  await dumps.run('dump');
  await replicate(aws, replications);
}

/** Alarms of databases are raised from the start: AWS Backup of MiniStack takes no backups, which is found rightly. */
async function stayQuiet(context: PlayContext, note: Note): Promise<void> {
  const { alarms, receiver, rounds, expectations } = context;
  const before = receiver.pages.length;
  for (let round = 1; round <= rounds; round++) {
    await alarms.nextPeriod();
    if (round % ROUNDS_A_DUMP === 1) await dump(context);
    await verifyEverything(context);
    await alarms.evaluate(alarms.names.filter((name) => !isOfDatabases(name, context)));
  }
  const pages = receiver.pages.slice(before);
  note(`${pages.length} pages`);
  expectations.equal(
    `nothing pages while all is well, verified ${rounds} times`,
    'no page',
    pages.map(({ alarmName, state, reason }) => `${alarmName} ${state}: ${reason}`).join(', ') || 'no page',
  );
}

async function verifyEverything(context: PlayContext): Promise<void> {
  const { verification, databaseVerification, tenantVerification, redis, keyVerification, routeCheck } = context;
  await verification.run();
  await databaseVerification.run();
  await tenantVerification.run();
  await redis?.verifier.run();
  await redis?.probe.run();
  await keyVerification.run();
  await routeCheck.run();
}

function isOfDatabases(name: string, { configuration: { prefix } }: PlayContext): boolean {
  return name.startsWith(`${prefix}-${System.DATABASE}-`);
}
