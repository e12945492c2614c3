import type { RecoveryPointByBackupVault } from '@aws-sdk/client-backup';
import { Retention, type Tier } from '../contract/retention';
import type { DatabaseFinding, VerifyDatabaseEvent } from '../contract/verify-database';
import { type DescribedKey, describeKey, keyProblems } from '../keys/described-key';
import type { DatabaseClients } from './clients';
import { KEY_PERMISSIONS } from './encryption';
import { critical, lookUp } from './finding';
import { listRecoveryPoints, type RecoveryPoint } from './recovery-point';
import { describeVault, lockFindings } from './vaults';

/** A vault, what is in it, and what is wrong with it; what could not be looked up is absent. */
export interface InspectedVault {
  readonly points?: readonly RecoveryPoint[];
  readonly key?: DescribedKey;
  readonly findings: readonly DatabaseFinding[];
}

/** What to look at in a vault. */
export interface VaultInspection {
  readonly location: VerifyDatabaseEvent['recoveryVault'];
  readonly retention: VerifyDatabaseEvent['retention'];
  readonly lockMode: VerifyDatabaseEvent['lockMode'];
  /** Last parts of the ARNs of the databases. */
  readonly resources: ReadonlySet<string>;
  readonly toTier: (point: RecoveryPointByBackupVault) => Tier | undefined;
}

/** Looks into a vault: its lock, its key and its recovery points. */
export async function inspectVault(clients: DatabaseClients, inspection: VaultInspection): Promise<InspectedVault> {
  const { location, retention, lockMode, resources, toTier } = inspection;
  const { name, region, readRoleArn: roleArn, keyArn } = location;
  const place = { region, roleArn };
  const backup = clients.backup(place);
  const on = `on the vault ${name} in ${region}`;
  const [vault, key, points] = await Promise.all([
    lookUp(`describe the vault ${name}`, `backup:DescribeBackupVault ${on}`, () => describeVault(backup, name)),
    lookUp(`describe the key of the vault ${name}`, KEY_PERMISSIONS, () => describeKey(clients.kms(place), keyArn)),
    lookUp(`list the recovery points of the vault ${name}`, `backup:ListRecoveryPointsByBackupVault ${on}`, () =>
      listRecoveryPoints(backup, name, resources, toTier),
    ),
  ]);
  return {
    points: points.value,
    key: key.value,
    findings: [
      ...[vault, key, points].flatMap(({ findings }) => findings),
      ...(vault.value ? lockFindings(name, vault.value, Retention.gfs(retention), lockMode) : []),
      ...(key.value ? keyProblems(`the vault ${name}`, key.value) : []),
      ...(vault.value && key.value ? vaultKeyFindings(name, vault.value.keyArn, key.value.arn) : []),
    ],
  };
}

function vaultKeyFindings(name: string, keyArn: string | undefined, expected: string): DatabaseFinding[] {
  return keyArn === expected
    ? []
    : [
        critical(
          'wrongKey',
          `the vault ${name} is encrypted with ${keyArn ?? 'no key'}, must be with ${expected}: a vault keeps its key, so deploy one under another name, or correct the configuration`,
        ),
      ];
}
