import { verifyKeys } from '../../../engine/keys/verify-keys';
import { sdkError } from '../../fakes/sdk-client';
import {
  EVENT,
  FakeKeys,
  FILES,
  FILES_ALIAS,
  FILES_KEY,
  findingsIn,
  grant,
  NEW_REPLICA_KEY,
  OTHER_KEY,
  REPLICA_ALIAS,
  REPLICA_KEY,
  REPLICAS,
  remembering,
  verify,
} from './fake-keys';

const denied = () => sdkError('AccessDeniedException', 'no');

describe('keys that are as they should be', () => {
  test('have no findings, and are told with what was looked up', async () => {
    const grants = { [FILES_KEY]: [grant('rds.eu-west-1.amazonaws.com')] };
    expect(await verify({ grants })).toEqual({
      keys: [
        {
          name: 'files',
          region: 'eu-west-1',
          keyArn: FILES_KEY,
          state: 'Enabled',
          rotationDays: 365,
          nextRotationAt: '2027-06-01T00:00:00.000Z',
          grantees: [{ principal: 'rds.eu-west-1.amazonaws.com', grants: 1, operations: ['Decrypt'], isKnown: true }],
          findings: [],
        },
      ],
      common: [],
    });
  });

  test('are looked up in their own Regions, and each is told', async () => {
    const fake = new FakeKeys();
    const { keys } = await verifyKeys({ ...EVENT, keys: [FILES, REPLICAS] }, fake.context);
    expect([...fake.regions]).toEqual(['eu-west-1', 'eu-central-1']);
    expect(keys).toMatchObject([
      { name: 'files', keyArn: FILES_KEY, findings: [] },
      { name: 'replicas', keyArn: REPLICA_KEY, findings: [] },
    ]);
  });

  test('need no alias', async () => {
    const fake = new FakeKeys({ aliases: { [FILES_ALIAS]: null } });
    const { aliasArn: _, ...withoutAlias } = FILES;
    const { keys } = await verifyKeys({ ...EVENT, keys: [withoutAlias] }, fake.context);
    expect(keys).toMatchObject([{ keyArn: FILES_KEY, findings: [] }]);
    expect(fake.kms.inputsOf('DescribeKey')).toEqual([{ KeyId: FILES_KEY }]);
  });
});

describe('a key that cannot be used', () => {
  test.each(['Disabled', 'PendingImport', 'Unavailable', undefined] as const)(
    'is critical in state %s',
    async (state) => {
      expect(await findingsIn({ keys: { [FILES_KEY]: { KeyState: state } } })).toEqual([
        `keyUnusable!: the key of the files (${FILES_KEY}) is in state ${state ?? 'unknown'}, must be Enabled, else nothing under it can be restored: cancel its deletion (kms:CancelKeyDeletion) and enable it (kms:EnableKey)`,
      ]);
    },
  );

  test('is told with the moment at which it will be deleted', async () => {
    const DeletionDate = new Date('2026-12-24T00:00:00Z');
    const { keys } = await verify({ keys: { [FILES_KEY]: { KeyState: 'PendingDeletion', DeletionDate } } });
    expect(keys).toMatchObject([{ state: 'PendingDeletion', deletionAt: '2026-12-24T00:00:00.000Z' }]);
    expect(keys[0]?.findings).toEqual([
      expect.objectContaining({
        kind: 'keyUnusable',
        isCritical: true,
        detail: expect.stringContaining('PendingDeletion and will be deleted on 2026-12-24T00:00:00.000Z, must be'),
      }),
    ]);
  });

  test('is not asked how it rotates, which KMS would refuse', async () => {
    const fake = new FakeKeys({ keys: { [FILES_KEY]: { KeyState: 'Disabled' } } });
    await verifyKeys(EVENT, fake.context);
    expect(fake.kms.inputsOf('GetKeyRotationStatus')).toEqual([]);
    expect(fake.kms.inputsOf('ListGrants')).toHaveLength(1);
  });

  test('may be gone, with or without its alias', async () => {
    expect(await findingsIn({ keys: { [FILES_KEY]: null } })).toEqual([
      `keyUnusable!: there is no key of the files (${FILES_KEY}), must be one, else nothing under it can be restored: see in CloudTrail who deleted it or its alias`,
    ]);
    expect(await findingsIn({ aliases: { [REPLICA_ALIAS]: null } }, [REPLICAS])).toEqual([
      expect.stringContaining(`keyUnusable!: there is no key of the replicas (${REPLICA_ALIAS}), must be one`),
    ]);
  });

  test('hides no finding of another key', async () => {
    const findings = await findingsIn({ keys: { [FILES_KEY]: null, [REPLICA_KEY]: { KeyState: 'Disabled' } } }, [
      FILES,
      REPLICAS,
    ]);
    expect(findings).toEqual([
      expect.stringMatching(/^keyUnusable!: there is no key of the files/),
      expect.stringMatching(/^keyUnusable!: the key of the replicas .* is in state Disabled/),
    ]);
  });
});

describe('the alias of a key', () => {
  const repair = `must point to the key of the files (${FILES_KEY}): see in CloudTrail who moved it, and move it back (kms:UpdateAlias)`;

  test('must point to it', async () => {
    expect(await findingsIn({ aliases: { [FILES_ALIAS]: OTHER_KEY } })).toEqual([
      `aliasMoved!: the alias ${FILES_ALIAS} points to ${OTHER_KEY}, ${repair}`,
    ]);
  });

  test('must be there', async () => {
    expect(await findingsIn({ aliases: { [FILES_ALIAS]: null } })).toEqual([
      `aliasMoved!: the alias ${FILES_ALIAS} points to no key, ${repair}`,
    ]);
  });

  test('is told of beside a state that is wrong', async () => {
    const inventory = {
      keys: { [FILES_KEY]: { KeyState: 'Disabled' } },
      aliases: { [FILES_ALIAS]: OTHER_KEY },
    } as const;
    expect(await findingsIn(inventory)).toEqual([
      expect.stringMatching(/^keyUnusable!/),
      expect.stringMatching(/^aliasMoved!/),
    ]);
  });

  test('that cannot be resolved may point anywhere', async () => {
    const DescribeKey = ({ KeyId: id }: { KeyId: string }) =>
      id === FILES_ALIAS ? denied() : { KeyMetadata: { Arn: id, KeyState: 'Enabled', Origin: 'AWS_KMS' } };
    expect(await findingsIn({ answers: { DescribeKey } })).toEqual([
      `unknown!: could not describe the key of the files (${FILES_ALIAS}) (AccessDeniedException: no), so nobody knows: give the role of the function kms:DescribeKey on it, or see whether the service is disturbed`,
    ]);
  });
});

describe('a key that is known by its alias alone', () => {
  test('is remembered, and found again', async () => {
    const fake = new FakeKeys();
    const event = { ...EVENT, keys: [REPLICAS] };
    await verifyKeys(event, fake.context);
    expect(JSON.parse(fake.state ?? '')).toEqual({ format: 1, keys: { [REPLICA_ALIAS]: REPLICA_KEY } });
    expect(await verifyKeys(event, fake.context)).toMatchObject({ keys: [{ findings: [] }], common: [] });
  });

  test('must not be replaced by another one', async () => {
    const inventory = {
      aliases: { [REPLICA_ALIAS]: NEW_REPLICA_KEY },
      state: remembering({ [REPLICA_ALIAS]: REPLICA_KEY }),
    };
    expect(await findingsIn(inventory, [REPLICAS])).toEqual([
      `keyReplaced!: the alias ${REPLICA_ALIAS} of the replicas points to ${NEW_REPLICA_KEY}, must point to ${REPLICA_KEY} as before, under which the backups are: see in CloudTrail who moved it (kms:UpdateAlias), and move it back; or, if it is right, delete the object keys/state.json of the proofs bucket, which remembers the other`,
    ]);
  });

  test('is told of in each run until somebody has decided', async () => {
    const aliases = { [REPLICA_ALIAS]: NEW_REPLICA_KEY };
    const fake = new FakeKeys({ aliases, state: remembering({ [REPLICA_ALIAS]: REPLICA_KEY }) });
    const run = async () => (await verifyKeys({ ...EVENT, keys: [REPLICAS] }, fake.context)).keys[0]?.findings;
    expect([await run(), await run()]).toMatchObject([[{ kind: 'keyReplaced' }], [{ kind: 'keyReplaced' }]]);
    fake.state = undefined;
    expect(await run()).toEqual([]);
  });

  test('is looked at all the same when nothing can be remembered, which is told', async () => {
    const inventory = { keys: { [REPLICA_KEY]: { KeyState: 'Disabled' } }, answers: { GetObject: denied } } as const;
    expect(await findingsIn(inventory, [REPLICAS])).toEqual([
      expect.stringMatching(/^keyUnusable!: the key of the replicas/),
      expect.stringMatching(
        /^unknown: could not remember the keys in the bucket acme-proofs \(.*, so nobody knows: give the role of the function s3:GetObject, s3:PutObject and s3:ListBucket/,
      ),
    ]);
  });
});

describe('the rotation of a key', () => {
  test('must be on, at least each year', async () => {
    expect(await findingsIn({ rotation: { [FILES_KEY]: { KeyRotationEnabled: false } } })).toEqual([
      `keyNotRotating: the key of the files (${FILES_KEY}) is not rotated, must be at least every 365 days: enable its rotation (kms:EnableKeyRotation)`,
    ]);
    expect(await findingsIn({ rotation: { [FILES_KEY]: { RotationPeriodInDays: 366 } } })).toEqual([
      expect.stringMatching(/^keyNotRotating: .* is rotated every 366 days, must be at least every 365 days/),
    ]);
    expect(await findingsIn({ rotation: { [FILES_KEY]: { RotationPeriodInDays: 90 } } })).toEqual([]);
  });

  test('is missing of a key that KMS did not make', async () => {
    expect(await findingsIn({ keys: { [FILES_KEY]: { Origin: 'EXTERNAL' } } })).toEqual([
      expect.stringMatching(/^keyNotRotating: .* is not rotated/),
    ]);
  });

  test('is late two days after it was due', async () => {
    const due = (moment: string) => ({ rotation: { [FILES_KEY]: { NextRotationDate: new Date(moment) } } });
    expect(await findingsIn(due('2026-11-21T15:00:00Z'))).toEqual([]);
    expect(await findingsIn(due('2026-11-21T14:59:59Z'))).toEqual([
      `rotationLate: the key of the files (${FILES_KEY}) was to be rotated on 2026-11-21T14:59:59.000Z, must have been: rotate it (kms:RotateKeyOnDemand), and ask AWS why it was not`,
    ]);
  });

  test('that cannot be looked up is told, and hides nothing else', async () => {
    const inventory = {
      grants: { [FILES_KEY]: [grant('arn:aws:iam::444455556666:role/guest')] },
      answers: { GetKeyRotationStatus: denied },
    };
    expect(await findingsIn(inventory)).toEqual([
      `unknown: could not see how the key of the files (${FILES_KEY}) rotates (AccessDeniedException: no), so nobody knows: give the role of the function kms:GetKeyRotationStatus on it, or see whether the service is disturbed`,
      expect.stringMatching(/^unknownGrantee: /),
    ]);
  });
});

describe('who may use a key', () => {
  const guest = (name: string) => `arn:aws:iam::444455556666:role/${name}`;

  test('must be known', async () => {
    expect(await findingsIn({ grants: { [FILES_KEY]: [grant(guest('a'))] } })).toEqual([
      `unknownGrantee: the key of the files (${FILES_KEY}) may be used by ${guest('a')}, must be by principals of the own accounts and by services alone: see in CloudTrail who granted it (kms:CreateGrant), and revoke it (kms:RevokeGrant)`,
    ]);
  });

  test('is named as far as there is room, and counted beyond', async () => {
    const grants = { [FILES_KEY]: ['a', 'b', 'c', 'd', 'e'].map((name) => grant(guest(name))) };
    expect(await findingsIn({ grants })).toEqual([
      expect.stringContaining(`may be used by ${['a', 'b', 'c'].map(guest).join(', ')}, and 2 more, must be`),
    ]);
  });

  test('that cannot be listed is told', async () => {
    expect(await findingsIn({ answers: { ListGrants: denied } })).toEqual([
      `unknown: could not list the grants of the key of the files (${FILES_KEY}) (AccessDeniedException: no), so nobody knows: give the role of the function kms:ListGrants on it, or see whether the service is disturbed`,
    ]);
  });
});

test('tells of a key that cannot be described as one that may be lost', async () => {
  expect(await findingsIn({ answers: { DescribeKey: denied } }, [REPLICAS])).toEqual([
    `unknown!: could not describe the key of the replicas (${REPLICA_ALIAS}) (AccessDeniedException: no), so nobody knows: give the role of the function kms:DescribeKey on it, or see whether the service is disturbed`,
  ]);
  expect(await findingsIn({ answers: { DescribeKey: () => ({}) } }, [REPLICAS])).toEqual([
    expect.stringContaining(`(Error: KMS describes no key for ${REPLICA_ALIAS}), so nobody knows`),
  ]);
});
