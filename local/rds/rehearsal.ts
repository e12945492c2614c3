import { CONTINUOUS_DAYS } from '../../engine/contract/backup-plan';
import {
  type DatabaseFinding,
  DatabaseFindingKind,
  type VerifyDatabaseEvent,
  type VerifyDatabaseResult,
} from '../../engine/contract/verify-database';
import type { Expectations } from '../expectations';
import type { Note, Progress } from '../progress';
import type { ScheduledFunction } from '../scheduled-function';
import { ManagedDatabases } from './databases';

/** What a rehearsal of managed databases works with. */
export interface ManagedDatabasesContext {
  readonly managedDatabases: ManagedDatabases;
  readonly databaseVerification: ScheduledFunction<VerifyDatabaseEvent, VerifyDatabaseResult>;
  readonly progress: Progress;
  readonly expectations: Expectations;
}

/** What the emulator makes true of every database: its AWS Backup is opted in for nothing, manages nothing and takes nothing. */
const OF_THE_EMULATOR: readonly string[] = [
  DatabaseFindingKind.AUTOMATED_BACKUPS_NOT_KEPT,
  DatabaseFindingKind.NOT_OPTED_IN,
  DatabaseFindingKind.RECOVERY_POINT_LATE,
];

/** Somebody lets RDS forget its logs after a day: it is found, and gone when it is mended. */
export async function rehearseManagedDatabases(context: ManagedDatabasesContext): Promise<void> {
  const { managedDatabases, progress, expectations } = context;
  await progress.step('verify the databases of RDS', async (note) => {
    const result = await context.databaseVerification.run();
    for (const { resource, findings } of result.databases) tell(resource, findings, note);
    const lags = result.databases.map(({ rpoSeconds }) => rpoSeconds ?? Number.NaN);
    expectations.equal(
      'of each database it is known what a loss would cost',
      '2 databases',
      `${known(lags)} databases`,
    );
    expectations.equal(
      'that AWS Backup of the emulator keeps nothing is found',
      OF_THE_EMULATOR.join(', '),
      [...new Set(kinds(result))].sort().join(', '),
    );
  });
  await progress.step('let RDS keep automated backups for one day', () => managedDatabases.keepAutomatedBackups(1));
  await progress.step('verify: the change is found', async (note) => {
    const found = findingsOf(await context.databaseVerification.run(), ManagedDatabases.INSTANCE);
    tell(ManagedDatabases.INSTANCE, found, note);
    expectations.equal(
      'found in billing: automated backups kept too short',
      DatabaseFindingKind.DRIFT,
      found.map(({ kind }) => kind).join(', ') || 'nothing',
    );
  });
  await managedDatabases.keepAutomatedBackups(CONTINUOUS_DAYS);
  const mended = await context.databaseVerification.run();
  expectations.equal('mended, it is found no more', '0', String(findingsOf(mended, ManagedDatabases.INSTANCE).length));
}

function tell(resource: string, findings: readonly DatabaseFinding[], note: Note): void {
  for (const { kind, detail } of findings) note(`${resource}: ${kind}: ${detail}`);
}

const known = (lags: readonly number[]): number => lags.filter((lag) => lag >= 0).length;

const kinds = ({ databases }: VerifyDatabaseResult): string[] =>
  databases.flatMap(({ findings }) => findings.map(({ kind }) => kind));

/** Findings in one database that are not the emulator's. */
function findingsOf({ databases }: VerifyDatabaseResult, resource: string): DatabaseFinding[] {
  return databases
    .filter((database) => database.resource === resource)
    .flatMap(({ findings }) => findings)
    .filter(({ kind }) => !OF_THE_EMULATOR.includes(kind));
}
