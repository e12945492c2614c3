import { parseDatabaseStep, parseRedisStep } from '../../../engine/recovery/restore-event';
import { EXECUTION, INSTANCE, SETTINGS } from './database-rig';

const STEP = { execution: EXECUTION, settings: SETTINGS, request: INSTANCE };
const REDIS = {
  execution: EXECUTION,
  settings: { timeoutSeconds: 60, stores: { sessions: { bucket: 'b', stagingBucketArn: 'arn:aws:s3:::s' } } },
  request: {
    resource: 'sessions',
    replicationGroupId: 'sessions',
    source: { kind: 'exported', backupId: '20261123T020000Z-0f3c9a1e' },
  },
};

test('reads a step with everything', () => {
  const full = {
    ...STEP,
    request: {
      ...INSTANCE,
      source: { kind: 'pointInTime', at: '2026-11-23T10:00:00+01:00' },
      newIdentifier: 'x-restored',
      placement: {
        subnetGroup: 'private',
        securityGroupIds: ['sg-1'],
        parameterGroup: 'tuned',
        instanceClass: 'db.r8g.large',
        multiAz: true,
        instances: 2,
      },
    },
    progress: { step: 'restore', plan: {} },
    failure: { Error: 'E', Cause: 'C' },
    isReport: true,
  };
  expect(parseDatabaseStep(full)).toEqual(full);
  expect(parseRedisStep(REDIS)).toEqual(REDIS);
});

test.each([
  [{ ...STEP, request: { ...INSTANCE, kind: 'table' } }, 'request.kind'],
  [{ ...STEP, request: { ...INSTANCE, identifier: '' } }, 'request.identifier'],
  [{ ...STEP, request: { ...INSTANCE, source: { kind: 'tape' } } }, 'request.source.kind'],
  [{ ...STEP, request: { ...INSTANCE, source: { kind: 'pointInTime', at: 'yesterday' } } }, 'request.source.at'],
  [{ ...STEP, request: { ...INSTANCE, placement: { securityGroupIds: [] } } }, 'request.placement.securityGroupIds'],
  [{ ...STEP, request: { ...INSTANCE, placement: { instanceClass: 'r8g' } } }, 'request.placement.instanceClass'],
  [{ ...STEP, request: { ...INSTANCE, placement: { instances: 0 } } }, 'request.placement.instances'],
  [{ ...STEP, request: { ...INSTANCE, newIdentifer: 'typo' } }, 'request'],
  [{ ...STEP, execution: {} }, 'execution.id'],
  [undefined, 'event'],
])('names the field of a step of a database that is wrong: %#', (event, field) => {
  expect(() => parseDatabaseStep(event)).toThrow(
    new RegExp(`^The input of restore-database is wrong \\(.*${field.replace(/\./g, '\\.')}: .*\\. HINT: `),
  );
});

test.each([
  [{ ...REDIS, request: { ...REDIS.request, source: { kind: 'snapshot' } } }, 'request.source.name'],
  [{ ...REDIS, request: { ...REDIS.request, placement: { shards: 0 } } }, 'request.placement.shards'],
  [
    { ...REDIS, request: { ...REDIS.request, placement: { replicasPerShard: 6 } } },
    'request.placement.replicasPerShard',
  ],
  [{ ...REDIS, settings: {} }, 'settings.timeoutSeconds'],
])('names the field of a step of a cache that is wrong: %#', (event, field) => {
  expect(() => parseRedisStep(event)).toThrow(
    new RegExp(`^The input of restore-redis is wrong \\(.*${field.replace(/\./g, '\\.')}: `),
  );
});
