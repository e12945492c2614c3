import type { RestoreDatabaseRequest } from '../../../engine/contract/restore-managed';
import { COPY, POINT } from '../../fakes/managed-backup';
import { sdkError } from '../../fakes/sdk-client';
import { CLUSTER, DatabaseRig, INSTANCE, NEW } from './database-rig';

const FROM_POINT: RestoreDatabaseRequest = {
  ...INSTANCE,
  source: { kind: 'recoveryPoint', recoveryPointArn: POINT, vaultName: 'acme-vault' },
};
const FROM_RECOVERY_VAULT: RestoreDatabaseRequest = {
  ...INSTANCE,
  source: { kind: 'recoveryVault', recoveryPointArn: COPY },
};

const KINDS: readonly (readonly [string, RestoreDatabaseRequest])[] = [
  ['an instance to a point in time', INSTANCE],
  ['a cluster to a point in time', CLUSTER],
  ['an instance from a recovery point', FROM_POINT],
  ['an instance from the recovery vault', FROM_RECOVERY_VAULT],
];

/** Lets one call of all that a restore makes go wrong. */
function rigWithFault(request: RestoreDatabaseRequest, index: number, how: 'refused' | 'busy' | 'lost'): DatabaseRig {
  const rig = new DatabaseRig(request.kind);
  let calls = 0;
  const isIt = () => {
    calls += 1;
    return calls === index + 1;
  };
  const error = how === 'refused' ? sdkError('AccessDenied', 'not allowed', 403) : sdkError('Throttling', 'slow', 400);
  const fault = () => (isIt() ? error : undefined);
  for (const service of [rig.rds, rig.backup]) {
    service[how === 'lost' ? 'lost' : 'fault'] = fault;
  }
  return rig;
}

/** Number of calls of a restore that succeeds. */
async function callsOf(request: RestoreDatabaseRequest): Promise<number> {
  const rig = new DatabaseRig(request.kind);
  await rig.run(request);
  return rig.sdk.rds.sent.length + rig.sdk.backup.sent.length;
}

const MAKING = ['RestoreDBInstanceToPointInTime', 'RestoreDBClusterToPointInTime', 'CreateDBInstance'];

describe.each(KINDS)('a restore of %s', (_name, request) => {
  const original = new DatabaseRig(request.kind).present;

  test('makes nothing twice, whichever answer is lost', async () => {
    const clean = new DatabaseRig(request.kind);
    await clean.run(request);
    const total = await callsOf(request);
    expect(total).toBeGreaterThan(15);
    for (let index = 0; index < total; index += 1) {
      const rig = rigWithFault(request, index, 'lost');
      const { answer } = await rig.run(request).catch((error) => ({ answer: error }));
      if (rig.steps.length > 1) {
        expect([index, answer.result?.identifier]).toEqual([index, NEW]);
        expect(rig.present).toEqual(clean.present);
        for (const operation of MAKING) {
          expect(rig.sdk.rds.inputsOf(operation)).toHaveLength(clean.sdk.rds.inputsOf(operation).length);
        }
        expect(rig.backup.restoreJobs).toHaveLength(clean.backup.restoreJobs.length);
        expect(rig.backup.copyJobs).toHaveLength(clean.backup.copyJobs.length);
      }
    }
  });

  test('goes on, whichever call a service is too busy for', async () => {
    const total = await callsOf(request);
    for (let index = 0; index < total; index += 1) {
      const rig = rigWithFault(request, index, 'busy');
      const { answer } = await rig.run(request).catch((error) => ({ answer: error }));
      const isPlanned = rig.steps.length > 1;
      expect([index, isPlanned ? answer.result?.identifier : answer.name]).toEqual([
        index,
        isPlanned ? NEW : 'RestoreBusyError',
      ]);
    }
  });

  test('leaves nothing behind and the original alone, whichever call is refused', async () => {
    const total = await callsOf(request);
    for (let index = 0; index < total; index += 1) {
      const rig = rigWithFault(request, index, 'refused');
      const outcome = await rig.run(request).catch((error) => ({ error, answer: undefined }));
      expect([index, outcome.error?.name]).toEqual([index, 'RestoreFailedError']);
      expect(outcome.error?.message).toMatch(/^Cannot .*AccessDenied: not allowed\. HINT: give the role/);
      expect(rig.present).toEqual(original);
      expect(rig.published).toEqual(outcome.answer === undefined ? [] : ['left 0 behind']);
    }
  });

  test('leaves nothing behind when the step that was cut off made something', async () => {
    const total = await callsOf(request);
    for (let index = 0; index < total; index += 1) {
      const rig = rigWithFault(request, index, 'lost');
      let progress: unknown;
      let answer = await rig.call(request).catch(() => undefined);
      while (answer !== undefined && !answer.isDone) {
        progress = answer.progress;
        rig.now += answer.waitSeconds * 1000;
        answer = await rig.call(request, { progress }).catch(() => undefined);
      }
      if (answer === undefined && progress !== undefined) {
        await rig.takeBack(request, progress, new Error('cut off'));
        expect([index, rig.present]).toEqual([index, original]);
      }
    }
  });
});

describe('a restore that fails', () => {
  test.each(['failed', 'incompatible-restore', 'incompatible-network', 'inaccessible-encryption-credentials'])(
    'because the database comes to the status %s, is taken back',
    async (status) => {
      const rig = new DatabaseRig();
      rig.rds.comesTo = status;
      const { error, answer } = await rig.run(INSTANCE);
      expect(error?.message).toMatch(new RegExp(`RDS could not restore ${NEW}: its status is ${status}\\. HINT: `));
      expect(answer.failure).toEqual({ Error: 'RestoreFailedError', Cause: error?.message });
      expect(rig.present).toEqual(['orders']);
    },
  );

  test('because it takes too long, is taken back', async () => {
    const rig = new DatabaseRig('cluster');
    rig.rds.looks = 100_000;
    const { error } = await rig.run(CLUSTER, { timeoutSeconds: 600 });
    expect(error?.message).toMatch(/^The restore is not ready after 6\d\d s, it may take 600 s\. HINT: /);
    expect(rig.present).toEqual(['orders', 'orders-a', 'orders-b']);
  });

  test('after it was protected against deletion, is taken back all the same', async () => {
    const rig = new DatabaseRig();
    const { answer } = await rig.run(INSTANCE);
    await rig.takeBack(INSTANCE, answer.progress, new Error('late'));
    expect(rig.present).toEqual(['orders']);
    expect(rig.published.at(-1)).toBe('left 0 behind');
  });

  test('waits for the job of AWS Backup, which nobody can stop, and deletes what it makes', async () => {
    const rig = new DatabaseRig();
    rig.backup.looks = 10;
    const { progress } = await rig.call(FROM_POINT);
    await rig.call(FROM_POINT, { progress }).then(async (answer) => {
      await rig.takeBack(FROM_POINT, answer.progress, new Error('stopped'));
    });
    expect(rig.sdk.backup.inputsOf('DescribeRestoreJob').length).toBeGreaterThan(9);
    expect(rig.sdk.rds.inputsOf('DeleteDBInstance')).toHaveLength(1);
    expect(rig.present).toEqual(['orders']);
  });

  test('finds the job of AWS Backup whose id was lost, waits for it, and deletes what it makes', async () => {
    const rig = new DatabaseRig();
    const { progress } = await rig.call(FROM_POINT);
    rig.backup.lost = (operation) => (operation === 'StartRestoreJob' ? sdkError('Throttling') : undefined);
    await rig.call(FROM_POINT, { progress });
    expect(rig.backup.restoreJobs).toHaveLength(1);
    await rig.takeBack(FROM_POINT, progress, new Error('stopped'));
    expect(rig.sdk.rds.inputsOf('DeleteDBInstance')).toEqual([
      expect.objectContaining({ DBInstanceIdentifier: NEW, SkipFinalSnapshot: true, DeleteAutomatedBackups: true }),
    ]);
    expect(rig.present).toEqual(['orders']);
  });

  test('leaves alone what another made under the same name', async () => {
    const rig = new DatabaseRig();
    const { progress } = await rig.call(INSTANCE);
    rig.rds.addInstance(NEW, { Tags: [{ Key: 'holdfast:restore', Value: 'another' }] });
    const failure = await rig.call(INSTANCE, { progress }).catch((error) => error);
    expect(failure.message).toMatch(/^Somebody else made a database .* HINT: it stays as it is/);
    await rig.takeBack(INSTANCE, progress, failure);
    expect(rig.present).toEqual(['orders', NEW]);
    expect(rig.published).toEqual(['left 0 behind']);
  });

  describe('because the job of AWS Backup did', () => {
    const failed = async (existing?: Record<string, unknown>, madeArn?: string) => {
      const rig = new DatabaseRig();
      const { progress } = await rig.call(FROM_POINT);
      const begun = await rig.call(FROM_POINT, { progress });
      if (existing !== undefined) {
        rig.rds.addInstance(NEW, existing);
      }
      rig.backup.comesTo = 'FAILED';
      rig.backup.madeArn = madeArn;
      const answer = await rig.takeBack(FROM_POINT, begun.progress, new Error('exists already'));
      return { rig, answer };
    };

    test('leaves alone what another restore made under the same name', async () => {
      const { rig } = await failed({ Tags: [{ Key: 'holdfast:restore', Value: 'another' }] });
      expect(rig.present).toEqual(['orders', NEW]);
      expect(rig.published).toEqual(['left 0 behind']);
    });

    test('deletes what the job says that it made', async () => {
      const { rig } = await failed({}, `arn:aws:rds:us-east-1:111122223333:db:${NEW}`);
      expect(rig.present).toEqual(['orders']);
      expect(rig.published).toEqual(['left 0 behind']);
    });

    test('leaves alone what nobody knows the maker of, and tells of it', async () => {
      const { rig, answer } = await failed({});
      expect(rig.present).toEqual(['orders', NEW]);
      expect(rig.published).toEqual(['left 1 behind']);
      expect(answer.failure?.Cause).toContain(`instance ${NEW}: The restore job restore-1 failed and does not say`);
    });
  });

  test('leaves alone an instance that another made under the name of a member', async () => {
    const rig = new DatabaseRig('cluster');
    let answer = await rig.call(CLUSTER);
    rig.rds.addInstance(`${NEW}-1`, { Tags: [] });
    let failure = new Error('not yet');
    while (failure.message === 'not yet') {
      answer = await rig.call(CLUSTER, { progress: answer.progress }).catch((error) => {
        failure = error;
        return answer;
      });
    }
    expect(failure.message).toMatch(/^Somebody else made an instance /);
    await rig.takeBack(CLUSTER, answer.progress, failure);
    expect(rig.present).toEqual(['orders', 'orders-a', 'orders-b', `${NEW}-1`]);
  });

  test('is gone while it is made: says so', async () => {
    const rig = new DatabaseRig();
    const planned = await rig.call(INSTANCE);
    const { progress } = await rig.call(INSTANCE, { progress: planned.progress });
    rig.rds.instances.delete(NEW);
    await expect(rig.call(INSTANCE, { progress })).rejects.toThrow(/is gone\. HINT: see in CloudTrail/);
  });
});

describe('a restore that cannot be taken back', () => {
  test('names what is left, and why, after the first cause', async () => {
    const rig = new DatabaseRig();
    rig.rds.comesTo = 'failed';
    rig.rds.fault = (operation) =>
      operation === 'DeleteDBInstance' ? sdkError('AccessDenied', 'delete is denied', 403) : undefined;
    const { answer, error } = await rig.run(INSTANCE);
    expect(answer.failure).toEqual({
      Error: 'RestoreFailedError',
      Cause: `${error?.message} Left behind, to be deleted by hand: instance ${NEW}: Cannot delete the instance ${NEW}: AccessDenied: delete is denied.`,
    });
    expect(rig.published).toEqual(['left 1 behind']);
  });

  test('is given up when it takes too long', async () => {
    const rig = new DatabaseRig();
    rig.rds.comesTo = 'failed';
    rig.rds.deletes = false;
    const { answer } = await rig.run(INSTANCE);
    expect(answer.failure?.Cause).toContain(`instance ${NEW}: still there after 5400 s`);
    expect(rig.published).toEqual(['left 1 behind']);
  });

  test('takes away the rest', async () => {
    const rig = new DatabaseRig('cluster');
    rig.rds.fault = (operation, input) =>
      operation === 'DeleteDBInstance' && input.DBInstanceIdentifier === `${NEW}-2`
        ? sdkError('AccessDenied', 'denied', 403)
        : operation === 'ModifyDBCluster'
          ? sdkError('InvalidParameterValue')
          : undefined;
    const { answer } = await rig.run(CLUSTER);
    expect(rig.present).toEqual(['orders', 'orders-a', 'orders-b', NEW, `${NEW}-2`]);
    expect(rig.published).toEqual(['left 2 behind']);
    expect(answer.failure?.Cause).toContain(`cluster ${NEW}: still there`);
  });

  test('tells a cause that is no JSON as it is', async () => {
    const rig = new DatabaseRig();
    const { progress } = await rig.call(INSTANCE);
    const outcomes = [{ Error: 'States.Timeout' }, { Error: 'X', Cause: 'words' }, { Error: 'Y', Cause: '{"a":1}' }];
    const causes = [];
    for (const failure of outcomes) {
      causes.push((await rig.call(INSTANCE, { progress, failure })).failure?.Cause);
    }
    expect(causes).toEqual(['States.Timeout', 'words', '{"a":1}']);
  });
});
