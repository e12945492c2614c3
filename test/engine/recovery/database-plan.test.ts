import type { DatabasePlacement, RestoreDatabaseRequest } from '../../../engine/contract/restore-managed';
import { RestoreRefusedError } from '../../../engine/recovery/restore-error';
import { COPY, POINT } from '../../fakes/managed-backup';
import { CLUSTER, DatabaseRig, INSTANCE, NEW } from './database-rig';

const MAKING = /^(Restore|Create|Modify|Delete|Start|Add)/;

/** What a plan that is refused says; nothing may have been made. */
async function refusal(rig: DatabaseRig, request: RestoreDatabaseRequest): Promise<string> {
  const error = await rig.call(request).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(RestoreRefusedError);
  expect([...rig.sdk.rds.sent, ...rig.sdk.backup.sent].filter(({ operation }) => MAKING.test(operation))).toEqual([]);
  return (error as Error).message;
}

const at = (time: string): RestoreDatabaseRequest => ({ ...INSTANCE, source: { kind: 'pointInTime', at: time } });
const point = (recoveryPointArn: string, vaultName = 'acme-vault'): RestoreDatabaseRequest => ({
  ...INSTANCE,
  source: { kind: 'recoveryPoint', recoveryPointArn, vaultName },
});
const placed = (placement: DatabasePlacement, request = INSTANCE): RestoreDatabaseRequest => ({
  ...request,
  placement,
});

test('a plan makes nothing, and says what comes next', async () => {
  const rig = new DatabaseRig();
  const { progress, isDone, waitSeconds } = await rig.call(INSTANCE);
  expect({ isDone, waitSeconds }).toEqual({ isDone: false, waitSeconds: 0 });
  expect(progress).toMatchObject({ step: 'restore', plan: { newIdentifier: NEW, instances: [] } });
  expect([...rig.sdk.rds.sent, ...rig.sdk.backup.sent].filter(({ operation }) => MAKING.test(operation))).toEqual([]);
});

test.each([
  ['2026-10-19T23:59:59Z', false],
  ['2026-10-20T00:00:00Z', true],
  ['2026-11-23T11:55:00Z', true],
  ['2026-11-23T11:55:01Z', false],
])('a time is refused outside of what can be restored: %s', async (time, isGood) => {
  const rig = new DatabaseRig();
  if (isGood) {
    expect((await rig.call(at(time))).progress).toMatchObject({ plan: { source: { at: time } } });
  } else {
    expect(await refusal(rig, at(time))).toBe(
      `The instance orders can be restored to a time from 2026-10-20T00:00:00.000Z to 2026-11-23T11:55:00.000Z, got: ${time}. HINT: leave \`at\` out for the newest; for an earlier time restore a recovery point.`,
    );
  }
});

test('a database without automated backups is refused', async () => {
  const rig = new DatabaseRig();
  rig.rds.fault = (operation) =>
    operation === 'DescribeDBInstanceAutomatedBackups'
      ? Object.assign(new Error('none'), { name: 'DBInstanceAutomatedBackupNotFound' })
      : undefined;
  expect(await refusal(rig, INSTANCE)).toMatch(/^RDS has no automated backups of the instance orders\. HINT: /);
});

test('a cluster tells itself what can be restored; for one that is gone, RDS lists its backups', async () => {
  const rig = new DatabaseRig('cluster');
  rig.rds.latest = new Date('2026-11-23T11:00:00Z');
  expect((await rig.call(CLUSTER)).progress).toMatchObject({ plan: { source: { resourceId: 'cluster-ORDERS' } } });
  rig.rds.clusters.delete('orders');
  const placement = {
    subnetGroup: 'private',
    securityGroupIds: ['sg-1'],
    parameterGroup: 'tuned-cluster',
    instanceClass: 'db.r8g.large',
    instances: 1,
  };
  expect(await refusal(rig, placed(placement, CLUSTER))).toMatch(/^RDS has no automated backups of the cluster orders/);
});

test('a name that is taken is refused, of the database and of its instances', async () => {
  const rig = new DatabaseRig();
  rig.rds.addInstance('spare-restored', { Tags: [] });
  expect(await refusal(rig, { ...INSTANCE, newIdentifier: 'spare-restored' })).toBe(
    'There is a database instance spare-restored already, and nothing is replaced. HINT: choose another `newIdentifier`, or leave it out.',
  );
  const cluster = new DatabaseRig('cluster');
  cluster.rds.addInstance(`${NEW}-2`, { Tags: [] });
  expect(await refusal(cluster, CLUSTER)).toContain(`There is a database instance ${NEW}-2 already`);
});

test('a name that the role may not touch is refused', async () => {
  expect(await refusal(new DatabaseRig(), { ...INSTANCE, newIdentifier: 'orders-2' })).toMatch(
    /^The new name must have 1 to 63 .* contain "-restored", got: "orders-2"\. HINT: /,
  );
});

test('groups that are not there are refused', async () => {
  expect(await refusal(new DatabaseRig(), placed({ subnetGroup: 'nowhere' }))).toMatch(
    /^There is no subnet group nowhere in this Region\. HINT: /,
  );
  expect(await refusal(new DatabaseRig(), placed({ parameterGroup: 'none' }))).toMatch(
    /^There is no parameter group none in this Region\. HINT: /,
  );
  expect(await refusal(new DatabaseRig('cluster'), placed({ parameterGroup: 'none' }, CLUSTER))).toMatch(
    /^There is no cluster parameter group none in this Region\. HINT: /,
  );
});

test.each(['Disabled', 'PendingDeletion'])('a key that is %s is refused, for every source', async (state) => {
  const requests: RestoreDatabaseRequest[] = [
    INSTANCE,
    point(POINT),
    { ...INSTANCE, source: { kind: 'recoveryVault', recoveryPointArn: COPY } },
  ];
  for (const request of requests) {
    const rig = new DatabaseRig();
    rig.keyState = state;
    expect(await refusal(rig, request)).toMatch(
      new RegExp(`^The key .*key/orders, which the backup is encrypted with, must be Enabled, got: ${state}\\. HINT: `),
    );
  }
});

test('a database that is not encrypted needs no key', async () => {
  const rig = new DatabaseRig();
  Object.assign(rig.rds, { keyArn: undefined });
  await rig.call(INSTANCE);
  expect(rig.sdk.kms.sent).toEqual([]);
});

test('a field of the placement that does not fit the kind is refused', async () => {
  expect(await refusal(new DatabaseRig(), placed({ instances: 2 }))).toMatch(
    /^`placement.instances` must not be said of a database of kind instance, got: 2\. HINT: /,
  );
  expect(await refusal(new DatabaseRig('cluster'), placed({ multiAz: true }, CLUSTER))).toMatch(
    /^`placement.multiAz` must not be said of a database of kind cluster, got: true\. HINT: /,
  );
});

test('a cluster without instances needs to be told which to make', async () => {
  const rig = new DatabaseRig('cluster');
  Object.assign(rig.rds.clusters.get('orders') ?? {}, { DBClusterMembers: [] });
  expect(await refusal(rig, CLUSTER)).toMatch(
    /^The cluster orders has no instance, .* HINT: say `placement\.instances`/,
  );
  expect(await refusal(rig, placed({ instances: 1 }, CLUSTER))).toMatch(
    /^The class of instance 1 of cluster orders must be .* got: none\. HINT: /,
  );
  expect(await refusal(rig, placed({ instances: 1, instanceClass: 'db.serverless' }, CLUSTER))).toMatch(
    /got: db\.serverless\. HINT: /,
  );
});

describe('a recovery point', () => {
  test('that is not in the vault is refused, with how to list them', async () => {
    expect(await refusal(new DatabaseRig(), point(`${POINT}0`))).toMatch(
      /^The vault acme-vault has no recovery point .*HINT: list them with `aws backup list-recovery-points-by-backup-vault --backup-vault-name acme-vault`\.$/,
    );
    const other: RestoreDatabaseRequest = {
      ...INSTANCE,
      source: { kind: 'recoveryVault', recoveryPointArn: `${COPY}0` },
    };
    expect(await refusal(new DatabaseRig(), other)).toMatch(/--region eu-central-1`\.$/);
  });

  test('that is not complete is refused', async () => {
    const rig = new DatabaseRig();
    rig.backup.pointStatus = 'PARTIAL';
    expect(await refusal(rig, point(POINT))).toMatch(/must be complete, got: PARTIAL\. HINT: /);
  });

  test('of another kind of database is refused', async () => {
    const rig = new DatabaseRig('cluster');
    expect(await refusal(rig, { ...point(POINT), kind: 'cluster' })).toMatch(
      /is of arn:.*:db:orders, which is no database of kind cluster\. HINT: /,
    );
  });

  test('of continuous backup is sent to a point in time', async () => {
    const arn = 'arn:aws:backup:us-east-1:111122223333:recovery-point:continuous:db-orders';
    expect(await refusal(new DatabaseRig(), point(arn))).toMatch(
      /is a continuous one\. HINT: restore .* point in time/,
    );
  });

  test('needs a vault to be copied to', async () => {
    const rig = new DatabaseRig();
    const request: RestoreDatabaseRequest = { ...INSTANCE, source: { kind: 'recoveryVault', recoveryPointArn: COPY } };
    rig.backup.fault = (operation) =>
      operation === 'DescribeBackupVault'
        ? Object.assign(new Error('no'), { name: 'ResourceNotFoundException' })
        : undefined;
    expect(await refusal(rig, request)).toMatch(/^There is no vault acme-vault to copy the recovery point to\. HINT: /);
  });
});
