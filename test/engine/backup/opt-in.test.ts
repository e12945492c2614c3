import type { BackupClient } from '@aws-sdk/client-backup';
import fc from 'fast-check';
import { ensureOptIn } from '../../../engine/backup/opt-in';
import type { BackupOptInProperties } from '../../../engine/contract/backup-opt-in';
import { FakeSdkClient, sdkError } from '../../fakes/sdk-client';

const BOTH: BackupOptInProperties['resourceTypes'] = ['RDS', 'Aurora'];

/** The settings of an account in a Region, as AWS Backup keeps them. */
function account(preferences: Record<string, boolean> | undefined, isHeld = false) {
  let present = preferences;
  const client = new FakeSdkClient({
    DescribeRegionSettings: () => ({ ResourceTypeOptInPreference: present }),
    UpdateRegionSettings: (input: { ResourceTypeOptInPreference: Record<string, boolean> }) => {
      present = isHeld ? present : input.ResourceTypeOptInPreference;
      return {};
    },
  });
  return { client, preferences: () => present };
}

function ensure(client: FakeSdkClient, mode: BackupOptInProperties['mode'], resourceTypes = BOTH): Promise<void> {
  return ensureOptIn(client as unknown as BackupClient, { mode, resourceTypes }, new AbortController().signal);
}

test.each(['check', 'set'] as const)('changes nothing where the account has opted in already: %s', async (mode) => {
  const { client } = account({ RDS: true, Aurora: true, S3: false });
  await ensure(client, mode);
  expect(client.sent.map(({ operation }) => operation)).toEqual(['DescribeRegionSettings']);
});

test('asks for no service that is not needed', async () => {
  const { client } = account({ RDS: true, Aurora: false });
  await ensure(client, 'check', ['RDS']);
  expect(client.inputsOf('UpdateRegionSettings')).toEqual([]);
});

test.each([[{ RDS: true, Aurora: false }], [{ RDS: true }]])(
  'fails at %j, changes nothing, and says what to do',
  async (preferences) => {
    const { client } = account(preferences);
    await expect(ensure(client, 'check')).rejects.toThrow(
      'AWS Backup is not opted in for Aurora in this Region, so the plan would take no backups of it and report no failure. HINT: opt in with `aws backup update-region-settings --resource-type-opt-in-preference Aurora=true`, or set serviceOptIn to "set".',
    );
    expect(client.inputsOf('UpdateRegionSettings')).toEqual([]);
  },
);

test('names every service that is missing', async () => {
  await expect(ensure(account(undefined).client, 'check')).rejects.toThrow(
    /not opted in for RDS, Aurora .* --resource-type-opt-in-preference RDS=true,Aurora=true`/,
  );
});

test('sets what is missing where that is wished', async () => {
  const { client, preferences } = account({ RDS: false, Aurora: true, EFS: false, S3: true });
  await ensure(client, 'set');
  expect(preferences()).toEqual({ RDS: true, Aurora: true, EFS: false, S3: true });
});

test('never turns a service off, and none on that is not needed, whatever the settings are', async () => {
  const services = fc.constantFrom('RDS', 'Aurora', 'S3', 'EFS', 'DynamoDB', 'EBS');
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(services, fc.boolean()),
      fc.subarray([...BOTH], { minLength: 1 }),
      async (before, needed) => {
        const { client, preferences } = account({ ...before });
        await ensure(client, 'set', needed);
        expect(preferences()).toEqual({ ...before, ...Object.fromEntries(needed.map((type) => [type, true])) });
      },
    ),
  );
});

test('fails when the account holds what was set', async () => {
  await expect(ensure(account({ RDS: true, Aurora: false }, true).client, 'set')).rejects.toThrow(
    /^AWS Backup is still not opted in for Aurora after it was asked to be\. HINT: /,
  );
});

test('hands on what AWS Backup answers', async () => {
  const client = new FakeSdkClient({ DescribeRegionSettings: () => sdkError('AccessDeniedException') });
  await expect(ensure(client, 'check')).rejects.toThrow('AccessDeniedException');
});
