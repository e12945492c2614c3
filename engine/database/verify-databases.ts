import { type BackupClient, DescribeRegionSettingsCommand } from '@aws-sdk/client-backup';
import { Retention } from '../contract/retention';
import type { DatabaseFinding, DatabaseResult, DatabaseTarget, VerifyDatabaseEvent } from '../contract/verify-database';
import { inParallel } from '../objects/in-parallel';
import type { DatabaseClients } from './clients';
import { missingCopies, wrongKeys } from './copies';
import { restorableFindings, restorableLagSeconds, settingFindings } from './database-settings';
import { type DescribedDatabase, describeDatabase, isAurora } from './described-database';
import { awsManagedKeyArn, encryptionFindings, KEY_PERMISSIONS } from './encryption';
import { critical, type LookedUp, lookUp, warning } from './finding';
import { type InspectedVault, inspectVault } from './inspected-vault';
import { planDrift, readPlan, ruleNamesOf } from './plan-drift';
import { tierOfPoint } from './recovery-point';
import { hasRetainedBackups, replicatedBackupFindings } from './replicated-backups';
import { lateTiers, tierAges } from './tier-ages';

/** What the verification found. */
export interface VerifiedDatabases {
  readonly databases: readonly DatabaseResult[];
  /** Findings about vaults, plan and keys, which concern all databases. */
  readonly common: readonly DatabaseFinding[];
}

/** What a verification asks, and when it does. */
export interface DatabaseVerificationContext {
  readonly clients: DatabaseClients;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Verifies that RDS and AWS Backup keep of each database what they should: recent, under the right key, copied, locked, and set as
 * configured. Each vault is listed once for all databases. What cannot be looked up is a finding of its own, and hides no other.
 */
export async function verifyDatabases(
  event: VerifyDatabaseEvent,
  context: DatabaseVerificationContext,
): Promise<VerifiedDatabases> {
  const described = await inParallel(event.targets, CONCURRENT_TARGETS, (target) => describe(target, event, context));
  const shared = await lookAtShared(event, context, new Set(described.flatMap(({ resources }) => resources)));
  return {
    databases: await inParallel(described, CONCURRENT_TARGETS, (database) =>
      verifyDatabase(database, event, context, shared),
    ),
    common: shared.findings,
  };
}

/** Databases that are asked about side by side: RDS throttles soon. */
const CONCURRENT_TARGETS = 4;

/** A database, as RDS describes it. */
interface Described {
  readonly target: DatabaseTarget;
  /** Absent in it when there is no such database. */
  readonly answer: LookedUp<DescribedDatabase | undefined>;
  /** Last parts of the ARNs under which AWS Backup may list it: with its name, or with its id. */
  readonly resources: readonly string[];
}

/** What concerns all databases; what could not be looked up is absent. */
interface Shared {
  readonly optIns?: Readonly<Record<string, boolean>>;
  readonly awsManagedKeyArn?: string;
  readonly vault: InspectedVault;
  readonly recoveryVault: InspectedVault;
  readonly findings: readonly DatabaseFinding[];
}

async function describe(
  target: DatabaseTarget,
  { vault: { region } }: VerifyDatabaseEvent,
  { clients }: DatabaseVerificationContext,
): Promise<Described> {
  const { kind, identifier } = target;
  const action = kind === 'instance' ? 'rds:DescribeDBInstances' : 'rds:DescribeDBClusters';
  const answer = await lookUp(`describe the ${kind} ${identifier}`, `${action} on it`, () =>
    describeDatabase(clients.rds(region), target),
  );
  const type = kind === 'instance' ? 'db' : 'cluster';
  const names = [identifier.toLowerCase(), answer.value?.resourceId].filter((name) => name !== undefined);
  return { target, answer, resources: names.map((name) => `${type}:${name}`) };
}

async function lookAtShared(
  event: VerifyDatabaseEvent,
  { clients }: DatabaseVerificationContext,
  resources: ReadonlySet<string>,
): Promise<Shared> {
  const { region } = event.vault;
  const backup = clients.backup({ region });
  const [plan, optIns, managedKey] = await Promise.all([
    lookUp(`read the backup plan ${event.planId}`, 'backup:GetBackupPlan on it', () => readPlan(backup, event.planId)),
    lookUp(`read the settings of AWS Backup in ${region}`, 'backup:DescribeRegionSettings', () => readOptIns(backup)),
    lookUpManagedKey(event, clients),
  ]);
  const ruleNames = ruleNamesOf(plan.value);
  const retention = Retention.gfs(event.retention);
  const inspection = {
    ...event,
    resources,
    toTier: (point: Parameters<typeof tierOfPoint>[0]) => tierOfPoint(point, ruleNames, retention),
  };
  const [vault, recoveryVault] = await Promise.all([
    inspectVault(clients, { ...inspection, location: event.vault }),
    inspectVault(clients, { ...inspection, location: event.recoveryVault }),
  ]);
  return {
    optIns: optIns.value,
    awsManagedKeyArn: managedKey.value,
    vault,
    recoveryVault,
    findings: [
      ...[plan, optIns, managedKey, vault, recoveryVault].flatMap(({ findings }) => findings),
      ...(plan.value ? planDrift(plan.value, event) : []),
    ],
  };
}

/** Only a database without an expected key is compared with it. */
async function lookUpManagedKey(
  { targets, vault: { region } }: VerifyDatabaseEvent,
  clients: DatabaseClients,
): Promise<LookedUp<string | undefined>> {
  return targets.some(({ keyArn }) => keyArn === undefined)
    ? lookUp('describe the key that AWS manages for RDS', KEY_PERMISSIONS, () =>
        awsManagedKeyArn(clients.kms({ region })),
      )
    : { findings: [] };
}

async function readOptIns(backup: BackupClient): Promise<Readonly<Record<string, boolean>>> {
  const settings = await backup.send(new DescribeRegionSettingsCommand({}));
  return settings.ResourceTypeOptInPreference ?? {};
}

async function verifyDatabase(
  described: Described,
  event: VerifyDatabaseEvent,
  context: DatabaseVerificationContext,
  shared: Shared,
): Promise<DatabaseResult> {
  const { target, answer, resources } = described;
  const { now } = context;
  const retention = Retention.gfs(event.retention);
  const own = ({ points }: InspectedVault) => points?.filter(({ resource }) => resources.includes(resource));
  const points = own(shared.vault);
  const copies = own(shared.recoveryVault);
  const { name: recoveryVault } = event.recoveryVault;
  const { key: recoveryKey } = shared.recoveryVault;
  const database = answer.value;
  const rpoSeconds = database && restorableLagSeconds(database, now);
  return {
    resource: target.resource,
    findings: [
      ...answer.findings,
      ...(database ? await databaseFindings(target, database, event, context, shared) : []),
      ...(database === undefined && answer.findings.length === 0 ? await missingDatabase(target, event, context) : []),
      ...(points ? lateTiers(points, retention, event.planTime, now) : []),
      ...(points && database?.keyArn
        ? wrongKeys(points, event.vault.name, { arn: database.keyArn, owner: 'the database' }, retention)
        : []),
      ...(points && copies ? missingCopies(points, copies, recoveryVault, retention, now) : []),
      ...(copies && recoveryKey
        ? wrongKeys(copies, recoveryVault, { arn: recoveryKey.arn, owner: `the vault ${recoveryVault}` }, retention)
        : []),
    ],
    ...(rpoSeconds !== undefined && { rpoSeconds }),
    ageSeconds: points ? tierAges(points, retention, now) : {},
  };
}

async function databaseFindings(
  target: DatabaseTarget,
  database: DescribedDatabase,
  { vault, recoveryVault }: VerifyDatabaseEvent,
  { clients, now }: DatabaseVerificationContext,
  shared: Shared,
): Promise<DatabaseFinding[]> {
  const kms = clients.kms({ region: vault.region });
  return [
    ...restorableFindings(database, now),
    ...settingFindings(database),
    ...(await encryptionFindings(kms, target, database, shared.awsManagedKeyArn)),
    ...(shared.optIns ? optInFindings(database, shared.optIns, vault.region) : []),
    ...(target.hasCrossRegionBackups
      ? await replicatedBackupFindings(clients.rds(recoveryVault.region), database, recoveryVault.region, now)
      : []),
  ];
}

/**
 * Without the opt-in AWS Backup leaves Aurora out, however it was selected; others it leaves out where they were selected by their tags.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/service-opt-in.html
 */
function optInFindings(
  database: DescribedDatabase,
  optIns: Readonly<Record<string, boolean>>,
  region: string,
): DatabaseFinding[] {
  const service = isAurora(database) ? 'Aurora' : 'RDS';
  if (optIns[service] === true) {
    return [];
  }
  const detail = `AWS Backup is not opted in for ${service} in ${region}, must be, else it takes no backup and tells of no failure: opt in (aws backup update-region-settings --resource-type-opt-in-preference ${service}=true)`;
  return [isAurora(database) ? critical('notOptedIn', detail) : warning('notOptedIn', detail)];
}

async function missingDatabase(
  target: DatabaseTarget,
  { vault: { region } }: VerifyDatabaseEvent,
  { clients }: DatabaseVerificationContext,
): Promise<readonly DatabaseFinding[]> {
  const { kind, identifier } = target;
  const gone = critical(
    'databaseMissing',
    `there is no ${kind} ${identifier} in ${region}, must be one: restore it, or take it out of the configuration`,
  );
  const { value: isKept, findings } = await lookUp(
    `look for the automated backups of ${identifier}`,
    'rds:DescribeDBInstanceAutomatedBackups and rds:DescribeDBClusterAutomatedBackups',
    () => hasRetainedBackups(clients.rds(region), target),
  );
  const lost = critical(
    'automatedBackupsNotKept',
    `RDS has kept no automated backups of ${identifier}, must have kept them: restore from the newest recovery point of the vault`,
  );
  return [gone, ...findings, ...(isKept === false ? [lost] : [])];
}
