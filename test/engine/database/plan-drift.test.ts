import type { DatabaseFinding } from '../../../engine/contract/verify-database';
import { type deployedRule, findingsIn, instance, PLAN, VAULT_KEY, vault, verify } from './fake-account';

describe('the plan', () => {
  const [daily, ...others] = [...(PLAN.Rules ?? [])].reverse().filter(({ RuleName: name }) => name !== 'continuous');
  const changed = (more: Partial<ReturnType<typeof deployedRule>>) =>
    findingsIn({
      plan: {
        ...PLAN,
        Rules: PLAN.Rules?.map((rule) => (rule.RuleName === 'daily' ? { ...rule, ...more } : rule)),
      },
    });
  const difference = (what: string) =>
    `drift: the backup plan acme-databases ${what}: deploy again, and find in CloudTrail who changed it`;

  test('has every rule as configured', async () => {
    expect([daily?.RuleName, others.length]).toEqual(['daily', 3]);
    expect(await changed({})).toEqual([]);
  });

  test.each([
    [{ ScheduleExpression: 'cron(0 4 * * ? *)' }, 'the schedule', 'cron(0 4 * * ? *)', 'cron(0 3 * * ? *)'],
    [{ ScheduleExpressionTimezone: 'Europe/Berlin' }, 'the time zone', 'Europe/Berlin', 'UTC'],
    [{ StartWindowMinutes: 60 }, 'the start window in minutes', '60', '120'],
    [{ CompletionWindowMinutes: undefined }, 'the completion window in minutes', 'nothing', '720'],
    [{ Lifecycle: { DeleteAfterDays: 3 } }, 'the days that it keeps', '3', '30'],
    [{ Lifecycle: undefined }, 'the days that it keeps', 'nothing', '30'],
    [{ EnableContinuousBackup: true }, 'the continuous backup', 'true', 'false'],
    [{ TargetBackupVaultName: 'Default' }, 'the vault', 'Default', 'acme-vault'],
    [{ CopyActions: [] }, 'the copy into acme-recovery-vault', 'false', 'true'],
  ] as const)('tells what differs: %j', async (more, what, is, mustBe) => {
    const findings = await changed(more as Parameters<typeof changed>[0]);
    expect(findings).toEqual([difference(`has ${what} of its rule daily at ${is}, must be ${mustBe}`)]);
  });

  test('tells of copies elsewhere, and of copies that are kept shorter', async () => {
    const copy = (region: string, days: number) => ({
      CopyActions: [
        {
          DestinationBackupVaultArn: `arn:aws:backup:${region}:111122223333:backup-vault:acme-recovery-vault`,
          Lifecycle: { DeleteAfterDays: days },
        },
      ],
    });
    expect(await changed(copy('us-east-1', 30))).toEqual([
      expect.stringContaining('the copy into acme-recovery-vault'),
    ]);
    expect(await changed(copy('eu-central-1', 7))).toEqual([
      difference('has the days that its copies are kept of its rule daily at 7, must be 30'),
    ]);
  });

  test('takes the names of one time zone for the same', async () => {
    expect(await changed({ ScheduleExpressionTimezone: 'Etc/UTC' })).toEqual([]);
    expect(await changed({ ScheduleExpressionTimezone: undefined })).toEqual([]);
  });

  test('has no rule less, and none more', async () => {
    const plan = {
      ...PLAN,
      Rules: [
        ...(PLAN.Rules ?? []).filter(({ RuleName: name }) => name !== 'monthly'),
        { RuleName: 'hourly', TargetBackupVaultName: 'acme-vault' },
      ],
    };
    expect(await findingsIn({ plan })).toEqual([
      difference('has no rule monthly'),
      difference('has another rule hourly'),
    ]);
    expect(await findingsIn({ plan: { BackupPlanName: 'acme-databases', Rules: undefined } })).toHaveLength(5);
  });
});

test('no drift endangers a restore by itself', async () => {
  const { databases, common } = await verify({
    plan: { BackupPlanName: 'acme-databases', Rules: [] },
    vault: vault(VAULT_KEY, { MaxRetentionDays: 99 }),
    instances: [instance({ BackupRetentionPeriod: 7 })],
  });
  const found: readonly DatabaseFinding[] = [...databases.flatMap(({ findings }) => findings), ...common];
  expect(found.map(({ kind, isCritical }) => [kind, isCritical])).toEqual(Array(7).fill(['drift', false]));
});
