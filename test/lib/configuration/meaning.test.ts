import { mistakes, shippedWith } from './shipped';

const PICTURES = 'files.buckets[0]';
const AUDIT = 'files.buckets[7]';

describe('Regions and accounts', () => {
  test('refuses a recovery Region that is the primary', () => {
    expect(mistakes(shippedWith({ 'recovery.region': 'eu-west-1' }))).toEqual([
      'recovery.region: must differ from primary.region, or one outage takes both, got: "eu-west-1"',
    ]);
  });

  test('refuses the recovery Region that is the primary even in another account', () => {
    expect(mistakes(shippedWith({ 'recovery.region': 'eu-west-1', 'recovery.account': '444455556666' }))).toHaveLength(
      1,
    );
  });

  test('refuses a replica key of another Region', () => {
    expect(mistakes(shippedWith({ 'recovery.replicaKeyArn': keyArn('eu-west-3', '111122223333') }))).toEqual([
      'recovery.replicaKeyArn: must be a key in recovery.region (eu-central-1), got one in: eu-west-3',
    ]);
  });

  test('refuses a replica key of another account than the replicas', () => {
    const changes = {
      'recovery.account': '444455556666',
      'recovery.replicaKeyArn': keyArn('eu-central-1', '111122223333'),
    };
    expect(mistakes(shippedWith(changes))).toEqual([
      'recovery.replicaKeyArn: must be a key of the account of the replicas (444455556666), got one of: 111122223333',
    ]);
  });

  test("takes the primary's account as the account of the replicas where none is given", () => {
    expect(mistakes(shippedWith({ 'recovery.replicaKeyArn': keyArn('eu-central-1', '444455556666') }))).toEqual([
      'recovery.replicaKeyArn: must be a key of the account of the replicas (111122223333), got one of: 444455556666',
    ]);
  });

  test('takes a replica key of the recovery Region and account', () => {
    const changes = {
      'recovery.account': '444455556666',
      'recovery.replicaKeyArn': keyArn('eu-central-1', '444455556666'),
    };
    expect(mistakes(shippedWith(changes))).toEqual([]);
  });
});

describe('names', () => {
  test('refuses a name that makes a bucket name S3 does not take, and says by how much', () => {
    expect(mistakes(shippedWith({ [`${PICTURES}.name`]: 'pictures-of-every-tenant' }))).toEqual([]);
    expect(mistakes(shippedWith({ [`${PICTURES}.name`]: 'pictures-of-all-the-tenants' }))).toEqual([
      `${PICTURES}.name: makes the bucket name "acme-pictures-of-all-the-tenants-replica-111122223333-eu-central-1" of 66 characters, S3 allows 63, got: "pictures-of-all-the-tenants". HINT: shorten it or the prefix by 3`,
    ]);
  });

  test('refuses the same name twice', () => {
    expect(mistakes(shippedWith({ 'files.buckets[3].name': 'documents' }))).toEqual([
      'files.buckets[3].name: must be unique, files.buckets[1] has it too, got: "documents"',
    ]);
  });

  test('refuses to protect the same existing bucket twice', () => {
    const changes = {
      'files.buckets[0].existing.bucket': 'acme-uploads',
      'files.buckets[2].existing.bucket': 'acme-uploads',
    };
    expect(mistakes(shippedWith(changes))).toEqual([
      'files.buckets[2].existing.bucket: must be unique, files.buckets[0] has it too, got: "acme-uploads"',
    ]);
  });

  test("refuses the name of Holdfast's own bucket", () => {
    expect(mistakes(shippedWith({ [`${PICTURES}.name`]: 'proofs' }))).toEqual([
      `${PICTURES}.name: must not be "proofs", the bucket of the reports has it`,
    ]);
  });

  test('refuses the same address twice', () => {
    expect(mistakes(shippedWith({ 'paging.email': ['oncall@example.com', 'oncall@example.com'] }))).toEqual([
      'paging.email[1]: must be unique, paging.email[0] is the same, got: "oncall@example.com"',
    ]);
  });
});

describe('lifecycles', () => {
  test('refuses an expiry before a transition', () => {
    const current = { transitions: [{ storageClass: 'GLACIER_IR', afterDays: 60 }], expireAfterDays: 30 };
    expect(mistakes(shippedWith({ [`${PICTURES}.lifecycle.currentVersions`]: current }))).toEqual([
      `${PICTURES}.lifecycle.currentVersions.expireAfterDays: must be at least 150, after the move to GLACIER_IR at 60 days and the 90 days that are billed there, got: 30`,
    ]);
  });

  test('refuses a lock longer than the expiry', () => {
    const lifecycle = { noncurrentVersions: { expireAfterDays: 30 }, lockDays: 31 };
    expect(mistakes(shippedWith({ [`${PICTURES}.lifecycle`]: lifecycle }))).toEqual([
      `${PICTURES}.lifecycle.lockDays: must not be longer than noncurrentVersions.expireAfterDays (30), or versions could not be deleted when they expire, got: 31`,
    ]);
  });

  test("refuses a lock longer than the category's expiry, which the file does not show", () => {
    expect(mistakes(shippedWith({ [`${PICTURES}.lifecycle.lockDays`]: 31 }))).toEqual([
      expect.stringMatching(/^files\.buckets\[0\]\.lifecycle\.lockDays: must not be longer than .* \(30\)/),
    ]);
  });

  test('refuses a replica lock longer than the expiry of the replica', () => {
    expect(mistakes(shippedWith({ [`${PICTURES}.replicaLifecycle.lockDays`]: 38 }))).toEqual([
      expect.stringMatching(
        /^files\.buckets\[0\]\.replicaLifecycle\.lockDays: must not be longer than .* \(37\).*, got: 38$/,
      ),
    ]);
  });

  test('refuses a replica that is locked for less than its source', () => {
    expect(mistakes(shippedWith({ [`${AUDIT}.replicaLifecycle.lockDays`]: 365 }))).toEqual([
      `${AUDIT}.replicaLifecycle.lockDays: must be at least the source's 2557, got: 365`,
    ]);
  });

  test('refuses a replica that is kept shorter than its source', () => {
    const changes = { [`${PICTURES}.replicaLifecycle.noncurrentVersions.expireAfterDays`]: 36 };
    expect(mistakes(shippedWith(changes))).toEqual([
      `${PICTURES}.replicaLifecycle.noncurrentVersions.expireAfterDays: must be at least 37, 7 days more than the source's 30, got: 36`,
    ]);
  });

  test('refuses a replica that expires what its source keeps for ever', () => {
    const changes = { [`${PICTURES}.replicaLifecycle.currentVersions.expireAfterDays`]: 365 };
    expect(mistakes(shippedWith(changes))).toEqual([
      `${PICTURES}.replicaLifecycle.currentVersions.expireAfterDays: the replica would expire versions after 365 days that the source keeps for ever. HINT: leave it out`,
    ]);
  });

  test('says of one wrong source lifecycle nothing about the replica that follows from it', () => {
    const changes = {
      [`${PICTURES}.lifecycle.lockDays`]: 31,
      [`${PICTURES}.replicaLifecycle.noncurrentVersions.expireAfterDays`]: 1,
    };
    expect(mistakes(shippedWith(changes))).toHaveLength(1);
  });
});

describe('paging', () => {
  const nobody = { 'paging.email': [], 'paging.slack': undefined, 'paging.pager': undefined };

  test('refuses a route that tells nobody', () => {
    expect(mistakes(shippedWith(nobody))).toEqual([
      'paging: tells nobody, so no alarm would be heard. HINT: give email, slack or pager',
    ]);
  });

  test.each([
    ['paging.email', ['oncall@example.com']],
    ['paging.slack', { workspaceId: 'T0', channelId: 'C0' }],
    ['paging.pager', 'https://events.example.com'],
  ])('takes %s alone', (path, value) => {
    expect(mistakes(shippedWith({ ...nobody, [path]: value }))).toEqual([]);
  });
});

describe('databases', () => {
  const DATABASE = 'databases[0]';
  const again = (changes: object) => {
    const { databases } = shippedWith({}) as { databases: object[] };
    return [...databases, { ...databases[0], ...changes }];
  };

  test('are none unless some are given', () => {
    expect(mistakes(shippedWith({ databases: undefined, retention: undefined }))).toEqual([]);
  });

  test('refuses a retention without daily backups', () => {
    expect(mistakes(shippedWith({ 'retention.daily': 0 }))).toEqual([
      'retention: daily must be a whole number from 1 to 36500, got: 0',
    ]);
  });

  test('refuses a name that a bucket has, and one that another database has', () => {
    expect(mistakes(shippedWith({ [`${DATABASE}.name`]: 'documents' }))).toEqual([
      'databases[0].name: must be unique, files.buckets[1] has it too, got: "documents"',
    ]);
    expect(mistakes(shippedWith({ databases: again({}) }))).toEqual([
      'databases[1].name: must be unique, databases[0] has it too, got: "orders"',
    ]);
  });

  test('refuses names that Holdfast has itself, and one that makes the name of a bucket too long', () => {
    expect(mistakes(shippedWith({ databases: again({ name: 'proofs' }) }))).toEqual([
      'databases[1].name: must not be "proofs", the bucket of the reports has it',
    ]);
    expect(mistakes(shippedWith({ databases: again({ name: 'storage' }) }))).toEqual([
      'databases[1].name: must not be "storage", alarms of Holdfast have it',
    ]);
    expect(mistakes(shippedWith({ databases: again({ name: 'orders-of-all-the-tenants' }) }))).toEqual([
      expect.stringMatching(/^databases\[1\]\.name: makes the bucket name ".*" of 64 characters, S3 allows 63/),
    ]);
  });

  test.each([
    [{}, 'none'],
    [{ schemasLike: 'a', databasesLike: 'b' }, 'schemasLike, databasesLike'],
  ])('refuses %j as its tenants', (tenants, given) => {
    expect(mistakes(shippedWith({ [`${DATABASE}.tenants`]: tenants }))).toEqual([
      `${DATABASE}.tenants: must have exactly one of schemasLike, schemas, registry, databasesLike, got: ${given}`,
    ]);
  });

  test.each([
    [{ schemasLike: '' }, 'schemasLike: the pattern must not be empty'],
    [{ databasesLike: '' }, 'databasesLike: the pattern must not be empty'],
    [{ registry: ' ' }, 'registry: the query must not be empty'],
    [{ schemas: ['a', 'a'] }, 'schemas: "a" is listed twice'],
  ])('refuses tenants that cannot be told: %j', (tenants, message) => {
    expect(mistakes(shippedWith({ [`${DATABASE}.tenants`]: tenants }))).toEqual([`${DATABASE}.tenants: ${message}`]);
  });

  test.each([
    [{}, 'none'],
    [
      {
        iam: { user: 'a', resourceId: 'db-A' },
        secret: { secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-a1b2c3' },
      },
      'secret, iam',
    ],
  ])('refuses to sign in by %j', (signIn, given) => {
    expect(mistakes(shippedWith({ [`${DATABASE}.signIn`]: signIn }))).toEqual([
      `${DATABASE}.signIn: must have exactly one of secret, iam, got: ${given}`,
    ]);
  });

  test('refuses a secret of another Region', () => {
    const secretArn = 'arn:aws:secretsmanager:eu-west-3:111122223333:secret:orders-a1b2c3';
    expect(mistakes(shippedWith({ [`${DATABASE}.restoreSignIn.secret.secretArn`]: secretArn }))).toEqual([
      `${DATABASE}.restoreSignIn.secret.secretArn: must be a secret in primary.region (eu-west-1), got one in: eu-west-3`,
    ]);
  });

  test('refuses to sign in to a proxy, which ends the session that holds the snapshot', () => {
    expect(mistakes(shippedWith({ [`${DATABASE}.signIn.iam.resourceId`]: 'prx-ABCDEFGHIJKL01234' }))).toEqual([
      `${DATABASE}.signIn.iam.resourceId: must be the resource id of an instance or a cluster, such as "db-ABCDEFGHIJKL01234", got: "prx-ABCDEFGHIJKL01234"`,
    ]);
  });

  test('refuses what the construct would refuse, all at once', () => {
    const changes = {
      [`${DATABASE}.postgresMajor`]: 15,
      [`${DATABASE}.compression`]: 'zstd',
      [`${DATABASE}.groups`]: 101,
      [`${DATABASE}.cpu`]: 256,
      [`${DATABASE}.schedule.timeZone`]: 'Berlin',
      [`${DATABASE}.network.subnetIds`]: [],
    };
    expect(mistakes(shippedWith(changes)).map((line) => line.split(': ')[0])).toEqual([
      `${DATABASE}.compression`,
      `${DATABASE}.groups`,
      `${DATABASE}.schedule.timeZone`,
      `${DATABASE}.cpu`,
      `${DATABASE}.network.subnetIds`,
    ]);
  });
});

describe('beside mistakes of shape', () => {
  test('finds a wrong lifecycle in a file whose prefix is wrong', () => {
    expect(mistakes(shippedWith({ prefix: 'ACME', [`${PICTURES}.lifecycle.lockDays`]: 31 }))).toEqual([
      expect.stringMatching(/^prefix: /),
      expect.stringMatching(/^files\.buckets\[0\]\.lifecycle\.lockDays: must not be longer/),
    ]);
  });

  test('finds equal Regions in a file whose account is wrong', () => {
    expect(mistakes(shippedWith({ 'primary.account': '1', 'recovery.region': 'eu-west-1' }))).toEqual([
      expect.stringMatching(/^primary\.account: /),
      expect.stringMatching(/^recovery\.region: must differ/),
    ]);
  });

  test('names the place of a duplicate behind an entry that is not well-formed', () => {
    expect(mistakes(shippedWith({ 'files.buckets[0].name': 'X', 'files.buckets[2].name': 'documents' }))).toEqual([
      expect.stringMatching(/^files\.buckets\[0\]\.name: must be 2 to 32/),
      'files.buckets[2].name: must be unique, files.buckets[1] has it too, got: "documents"',
    ]);
  });
});

function keyArn(region: string, account: string): string {
  return `arn:aws:kms:${region}:${account}:key/00000000-0000-0000-0000-000000000000`;
}
