import { describeKey } from '../../../engine/keys/described-key';
import { FakeAccount, findingsIn, KEY, OTHER_KEY, RECOVERY_KEY, VAULT_KEY, vault } from './fake-account';

describe('the locks of the vaults', () => {
  const locks = (more: Parameters<typeof vault>[1], lockMode: 'governance' | 'compliance' = 'governance') =>
    findingsIn({ vault: vault(VAULT_KEY, more) }, { lockMode }).then((findings) =>
      findings.filter((text) => text.includes('vault acme-vault')),
    );
  const repair = ': deploy the stack of the vault again, and find in CloudTrail who changed it';

  test('must be there, in both Regions', async () => {
    const findings = await findingsIn({
      vault: vault(VAULT_KEY, { Locked: false }),
      recoveryVault: vault(RECOVERY_KEY, { Locked: undefined }),
    });
    expect(findings).toEqual([
      `lockMissing!: the vault acme-vault is not locked, must be in governance mode${repair}`,
      `lockMissing!: the vault acme-recovery-vault is not locked, must be in governance mode${repair}`,
    ]);
  });

  test('are weaker than configured when they keep less', async () => {
    expect(await locks({ MinRetentionDays: 29 })).toEqual([
      `lockMissing!: the lock of the vault acme-vault keeps at least 29 days, must be 30${repair}`,
    ]);
    expect(await locks({ MinRetentionDays: undefined })).toEqual([expect.stringContaining('keeps at least 0 days')]);
  });

  test('differ when they take something else', async () => {
    expect(await locks({ MinRetentionDays: 31 })).toEqual([
      `drift: the lock of the vault acme-vault takes nothing below 31 days, must be 30${repair}`,
    ]);
    expect(await locks({ MaxRetentionDays: 2_556 })).toEqual([
      `drift: the lock of the vault acme-vault takes nothing above 2556 days, must be 2557${repair}`,
    ]);
    expect(await locks({ MaxRetentionDays: undefined })).toEqual([expect.stringContaining('nothing above any days')]);
  });

  test('are in the mode that is configured', async () => {
    const LockDate = new Date('2026-12-01T00:00:00Z');
    expect(await locks({ LockDate }, 'compliance')).toEqual([]);
    expect(await locks({}, 'compliance')).toEqual([
      `lockMissing!: the vault acme-vault is locked in governance mode, must be in compliance mode${repair}`,
    ]);
    expect(await locks({ LockDate })).toEqual([
      expect.stringMatching(
        /^drift: .* in compliance mode from 2026-12-01T00:00:00.000Z on, must be in governance mode/,
      ),
    ]);
  });

  test('hang on a vault under the right key', async () => {
    expect(await findingsIn({ recoveryVault: vault(OTHER_KEY) })).toEqual([
      expect.stringContaining(
        `wrongKey!: the vault acme-recovery-vault is encrypted with ${OTHER_KEY}, must be with ${RECOVERY_KEY}`,
      ),
    ]);
    expect(await findingsIn({ vault: vault(VAULT_KEY, { EncryptionKeyArn: undefined }) })).toEqual([
      expect.stringContaining('the vault acme-vault is encrypted with no key'),
    ]);
  });
});

describe('the keys of the vaults', () => {
  const [REPAIR_STATE, REPAIR_ROTATION] = [/cancel its deletion .* and enable it/, /enable its rotation/];

  test.each(['Disabled', 'PendingDeletion', 'PendingImport', 'Unavailable', undefined] as const)(
    'are unusable in state %s',
    async (KeyState) => {
      const findings = await findingsIn({ keys: { [RECOVERY_KEY]: { KeyState } } });
      expect(findings).toEqual([expect.stringMatching(REPAIR_STATE)]);
      expect(findings[0]).toContain(
        `keyUnusable!: the key of the vault acme-recovery-vault (${RECOVERY_KEY}) is in state ${KeyState ?? 'unknown'}, must be Enabled`,
      );
    },
  );

  test('tell when they will be gone', async () => {
    const DeletionDate = new Date('2026-12-24T00:00:00Z');
    const keys = { [VAULT_KEY]: { KeyState: 'PendingDeletion', DeletionDate } as const };
    expect(await findingsIn({ keys })).toEqual([
      expect.stringContaining('PendingDeletion and will be deleted on 2026-12-24T00:00:00.000Z, must be Enabled'),
    ]);
  });

  test('rotate each year at least', async () => {
    expect(await findingsIn({ rotationDays: { [VAULT_KEY]: 90 } })).toEqual([]);
    expect(await findingsIn({ rotationDays: { [VAULT_KEY]: 366 } })).toEqual([
      expect.stringMatching(
        /^keyNotRotating: the key of the vault acme-vault .* is rotated every 366 days, must be at least every 365 days/,
      ),
    ]);
    expect(await findingsIn({ rotationDays: { [VAULT_KEY]: 0 } })).toEqual([expect.stringMatching(REPAIR_ROTATION)]);
    expect(await findingsIn({ keys: { [VAULT_KEY]: { Origin: 'EXTERNAL' } } })).toEqual([
      expect.stringContaining('is not rotated'),
    ]);
  });

  test('rotate each year where KMS does not tell how often', async () => {
    const answers = { 'eu-west-1 GetKeyRotationStatus': () => ({ KeyRotationEnabled: true }) };
    const kms = new FakeAccount({ answers }).clients.kms({ region: 'eu-west-1' });
    expect(await describeKey(kms, KEY)).toMatchObject({ arn: KEY, rotation: { days: 365 } });
  });
});
