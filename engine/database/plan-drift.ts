import { type BackupClient, type BackupPlan, type BackupRule, GetBackupPlanCommand } from '@aws-sdk/client-backup';
import { type PlannedRule, plannedRules } from '../contract/backup-plan';
import { Retention } from '../contract/retention';
import type { DatabaseFinding, VaultLocation, VerifyDatabaseEvent } from '../contract/verify-database';
import { warning } from './finding';
import type { RuleNames } from './recovery-point';

/** Reads the deployed plan. @throws what AWS Backup throws. */
export async function readPlan(backup: BackupClient, planId: string): Promise<BackupPlan> {
  const { BackupPlan: plan } = await backup.send(new GetBackupPlanCommand({ BackupPlanId: planId }));
  if (plan === undefined) {
    throw new Error(`AWS Backup describes no plan ${planId}`);
  }
  return plan;
}

/** Names of the rules of a plan, by their ids. */
export function ruleNamesOf(plan: BackupPlan | undefined): RuleNames {
  return new Map(
    plan?.Rules?.flatMap(({ RuleId: id, RuleName: name }) =>
      id === undefined || name === undefined ? [] : [[id, name]],
    ),
  );
}

/** What the deployed plan differs in from the one that follows from the configuration. */
export function planDrift(plan: BackupPlan, event: VerifyDatabaseEvent): DatabaseFinding[] {
  const deployed = new Map(plan.Rules?.map((rule) => [rule.RuleName, rule]));
  const planned = plannedRules(Retention.gfs(event.retention), event.planTime);
  const differences = planned.flatMap((rule) => {
    const found = deployed.get(rule.name);
    return found === undefined ? [`has no rule ${rule.name}`] : differencesOf(found, rule, event);
  });
  const names = new Set<string | undefined>(planned.map(({ name }) => name));
  const others = [...deployed.keys()].filter((name) => !names.has(name)).map((name) => `has another rule ${name}`);
  return [...differences, ...others].map((difference) =>
    warning(
      'drift',
      `the backup plan ${plan.BackupPlanName} ${difference}: deploy again, and find in CloudTrail who changed it`,
    ),
  );
}

function differencesOf(found: BackupRule, rule: PlannedRule, event: VerifyDatabaseEvent): string[] {
  const copy = found.CopyActions?.find(({ DestinationBackupVaultArn: arn }) => isVault(arn, event.recoveryVault));
  const compared: readonly (readonly [what: string, is: unknown, mustBe: unknown])[] = [
    ['the schedule', found.ScheduleExpression, rule.scheduleExpression],
    ['the time zone', zone(found.ScheduleExpressionTimezone), zone(rule.timeZone)],
    ['the start window in minutes', found.StartWindowMinutes, rule.startWindowMinutes],
    ['the completion window in minutes', found.CompletionWindowMinutes, rule.completionWindowMinutes],
    ['the days that it keeps', found.Lifecycle?.DeleteAfterDays, rule.deleteAfterDays],
    ['the continuous backup', found.EnableContinuousBackup === true, rule.isContinuous],
    ['the vault', found.TargetBackupVaultName, event.vault.name],
    [`the copy into ${event.recoveryVault.name}`, copy !== undefined, rule.isCopied],
    ...(copy && rule.isCopied
      ? [['the days that its copies are kept', copy.Lifecycle?.DeleteAfterDays, rule.deleteAfterDays] as const]
      : []),
  ];
  return compared
    .filter(([, is, mustBe]) => is !== mustBe)
    .map(([what, is, mustBe]) => `has ${what} of its rule ${rule.name} at ${is ?? 'nothing'}, must be ${mustBe}`);
}

function isVault(arn: string | undefined, { name, region, account }: VaultLocation): boolean {
  return arn?.endsWith(`:backup:${region}:${account}:backup-vault:${name}`) === true;
}

/** AWS Backup calls the zone of a rule without one `Etc/UTC`. */
const zone = (name: string | undefined): string => (name === undefined || name === 'Etc/UTC' ? 'UTC' : name);
