import { type Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CacheBackupSettings } from '../../../lib';
import { primaryStack } from '../deployment';
import { replicationGroup, serverlessCache } from './caches';

let stack: Stack;
beforeEach(() => {
  stack = primaryStack();
});

describe('a replication group', () => {
  test('is saved each night and kept for a week, unless said otherwise', () => {
    replicationGroup(stack).with(new CacheBackupSettings());
    Template.fromStack(stack).hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      SnapshotRetentionLimit: 7,
      SnapshotWindow: '03:00-04:00',
    });
  });

  test('is saved when it is asked for, and kept as long', () => {
    replicationGroup(stack).with(new CacheBackupSettings({ snapshotRetentionDays: 35, snapshotWindow: '23:30-00:30' }));
    Template.fromStack(stack).hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      SnapshotRetentionLimit: 35,
      SnapshotWindow: '23:30-00:30',
    });
  });

  test('may say the same itself', () => {
    const own = { snapshotRetentionLimit: 7, snapshotWindow: '03:00-04:00', snapshottingClusterId: 'group-001' };
    expect(() => replicationGroup(stack, own).with(new CacheBackupSettings())).not.toThrow();
  });

  test('may be encrypted by what is known at the deployment alone', () => {
    const unknown = Token.asAny({ Ref: 'AWS::NoValue' });
    const group = replicationGroup(stack, { transitEncryptionEnabled: unknown, atRestEncryptionEnabled: unknown });
    expect(() => group.with(new CacheBackupSettings())).not.toThrow();
  });

  test.each([
    [
      'no TLS',
      { transitEncryptionEnabled: false },
      'transitEncryptionEnabled: must be true on a cache that is backed up, got: false',
    ],
    [
      'nothing about TLS',
      { transitEncryptionEnabled: undefined },
      'transitEncryptionEnabled: must be true on a cache that is backed up, got: undefined',
    ],
    [
      'no encryption',
      { atRestEncryptionEnabled: false },
      'atRestEncryptionEnabled: must be true on a cache that is backed up, got: false',
    ],
    [
      'data tiering',
      { dataTieringEnabled: true },
      'dataTieringEnabled: must not be true: ElastiCache exports no snapshots of such a cache',
    ],
    [
      'no snapshots',
      { snapshotRetentionLimit: 0 },
      'snapshotRetentionLimit: must be absent or 7, as it is to be backed up, got: 0',
    ],
    [
      'another window',
      { snapshotWindow: '05:00-06:00' },
      'snapshotWindow: must be absent or 03:00-04:00, as it is to be backed up, got: 05:00-06:00',
    ],
    [
      'one node to save of several shards',
      { snapshottingClusterId: 'a-001', numNodeGroups: 2 },
      'snapshottingClusterId: must be absent with cluster mode: each shard is saved, got: a-001',
    ],
    [
      'one node to save in cluster mode',
      { snapshottingClusterId: 'a-001', clusterMode: 'enabled' },
      'snapshottingClusterId: must be absent with cluster mode: each shard is saved, got: a-001',
    ],
    [
      'one node to save of shards listed one by one',
      { snapshottingClusterId: 'a-001', nodeGroupConfiguration: [{}, {}] },
      'snapshottingClusterId: must be absent with cluster mode: each shard is saved, got: a-001',
    ],
  ])('with %s is refused', (_name, props, message) => {
    const group = replicationGroup(stack, props);
    expect(() => group.with(new CacheBackupSettings())).toThrow(new Error(`Primary/Group: ${message}`));
  });

  test('is told all that is wrong with it at once', () => {
    const group = replicationGroup(stack, { transitEncryptionEnabled: false, atRestEncryptionEnabled: false });
    expect(() => group.with(new CacheBackupSettings())).toThrow(
      /transitEncryptionEnabled.*\n.*atRestEncryptionEnabled/,
    );
  });
});

describe('a serverless cache', () => {
  test('is saved at the time at which the window begins', () => {
    serverlessCache(stack).with(new CacheBackupSettings({ snapshotRetentionDays: 1, snapshotWindow: '22:15-23:15' }));
    Template.fromStack(stack).hasResourceProperties('AWS::ElastiCache::ServerlessCache', {
      SnapshotRetentionLimit: 1,
      DailySnapshotTime: '22:15',
    });
  });

  test.each([
    [
      'memcached',
      { engine: 'memcached' },
      'engine: must be valkey or redis: only these are saved in RDB files, got: memcached',
    ],
    [
      'another retention',
      { snapshotRetentionLimit: 3 },
      'snapshotRetentionLimit: must be absent or 7, as it is to be backed up, got: 3',
    ],
    [
      'another time',
      { dailySnapshotTime: '05:00' },
      'dailySnapshotTime: must be absent or 03:00, as it is to be backed up, got: 05:00',
    ],
  ])('with %s is refused', (_name, props, message) => {
    const cache = serverlessCache(stack, props);
    expect(() => cache.with(new CacheBackupSettings())).toThrow(new Error(`Primary/Cache: ${message}`));
  });
});

describe('settings', () => {
  test.each([
    ['no days', { snapshotRetentionDays: 0 }, 'snapshotRetentionDays: must be a whole number from 1 to 35, got: 0'],
    [
      'too many days',
      { snapshotRetentionDays: 36 },
      'snapshotRetentionDays: must be a whole number from 1 to 35, got: 36',
    ],
    [
      'half a day',
      { snapshotRetentionDays: 1.5 },
      'snapshotRetentionDays: must be a whole number from 1 to 35, got: 1.5',
    ],
    [
      'a window in words',
      { snapshotWindow: 'at night' },
      'snapshotWindow: must be a time of day in UTC such as "03:00-04:00", got: "at night"',
    ],
    [
      'a window in other hours',
      { snapshotWindow: '24:00-25:00' },
      'snapshotWindow: must be a time of day in UTC such as "03:00-04:00", got: "24:00-25:00"',
    ],
    [
      'a window without an end',
      { snapshotWindow: '03:00' },
      'snapshotWindow: must be a time of day in UTC such as "03:00-04:00", got: "03:00"',
    ],
    [
      'a short window',
      { snapshotWindow: '03:00-03:59' },
      'snapshotWindow: must be at least 60 minutes long, got: "03:00-03:59" of 59 minutes',
    ],
    [
      'a short window at midnight',
      { snapshotWindow: '23:30-00:29' },
      'snapshotWindow: must be at least 60 minutes long, got: "23:30-00:29" of 59 minutes',
    ],
    [
      'an empty window',
      { snapshotWindow: '03:00-03:00' },
      'snapshotWindow: must be at least 60 minutes long, got: "03:00-03:00" of 0 minutes',
    ],
  ])('with %s are refused', (_name, props, message) => {
    const group = replicationGroup(stack);
    expect(() => group.with(new CacheBackupSettings(props))).toThrow(new Error(`Primary/Group: ${message}`));
  });
});
