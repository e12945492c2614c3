import { Stack } from 'aws-cdk-lib';
import { protectedCache, type RedisConfiguration, validateConfiguration } from '../../../lib/configuration';
import { primaryStack } from '../deployment';
import { mistakes, shippedWith } from './shipped';

const CACHE = 'redis[0]';

describe('a cache', () => {
  test('has defaults for all that can be left out', () => {
    const least = {
      name: 'sessions',
      serverlessCache: 'sessions-eu',
      network: { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] },
    };
    const { redis } = validateConfiguration(shippedWith({ redis: [least] }), 'holdfast.config.json');
    expect(redis).toEqual([
      { ...least, snapshotRetentionDays: 7, snapshotWindow: '03:00-04:00', lockMode: 'governance' },
    ]);
  });

  test('can be missing altogether', () => {
    expect(validateConfiguration(shippedWith({ redis: undefined }), 'holdfast.config.json').redis).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'named in neither way',
      { replicationGroup: undefined },
      `${CACHE}: must have exactly one of replicationGroup, serverlessCache, got: none`,
    ],
    [
      'named in both ways',
      { serverlessCache: 'carts' },
      `${CACHE}: must have exactly one of replicationGroup, serverlessCache, got: replicationGroup, serverlessCache`,
    ],
    [
      'with an id in capitals',
      { replicationGroup: 'Sessions' },
      `${CACHE}.replicationGroup: must be the id of a replication group or the name of a serverless cache: 1 to 40 lower-case letters, digits and single hyphens, beginning with a letter, got: "Sessions"`,
    ],
    [
      'with the name of all caches',
      { name: 'redis' },
      `${CACHE}.name: must not be "redis", alarms of Holdfast have it`,
    ],
    [
      'with a secret of another Region',
      { 'secret.secretArn': 'arn:aws:secretsmanager:eu-west-3:111122223333:secret:x-a1b2c3' },
      `${CACHE}.secret.secretArn: must be a secret in primary.region (eu-west-1), got one in: eu-west-3`,
    ],
    [
      'with a key of another Region',
      { keyArn: 'arn:aws:kms:eu-west-3:111122223333:key/00000000-0000-0000-0000-000000000000' },
      `${CACHE}.keyArn: must be a key in primary.region (eu-west-1), got one in: eu-west-3`,
    ],
    [
      'with a secret that is none',
      { 'secret.secretArn': 'sessions' },
      `${CACHE}.secret.secretArn: must be the ARN of a secret, with the six characters at its end, got: "sessions"`,
    ],
    [
      'with a save point that comes too soon',
      { 'savePoints[2].seconds': 1 },
      `${CACHE}.savePoints[2].seconds: must be a whole number from 60 to 86400, got: 1`,
    ],
    [
      'with a save point without changes',
      { 'savePoints[0].changes': 0 },
      `${CACHE}.savePoints[0].changes: must be a whole number from 1 to 9007199254740991, got: 0`,
    ],
    [
      'that is kept for too long',
      { snapshotRetentionDays: 36 },
      `${CACHE}.snapshotRetentionDays: must be a whole number from 1 to 35, got: 36`,
    ],
    [
      'with too short a window',
      { snapshotWindow: '03:00-03:30' },
      `${CACHE}.snapshotWindow: must be at least 60 minutes long, got: "03:00-03:30" of 30 minutes`,
    ],
    ['without a subnet', { 'network.subnetIds': [] }, `${CACHE}.network.subnetIds: must be a list of 1 to 16, got: 0`],
    ['with a field that is not known', { port: 6379 }, `${CACHE}.port: is not a known field`],
  ])('%s is refused', (_name, changes, mistake) => {
    const inPlace = Object.fromEntries(Object.entries(changes).map(([path, value]) => [`${CACHE}.${path}`, value]));
    expect(mistakes(shippedWith(inPlace))).toEqual([mistake]);
  });

  test('is told all its mistakes at once', () => {
    const changes = { [`${CACHE}.snapshotWindow`]: 'late', [`${CACHE}.snapshotRetentionDays`]: 0 };
    expect(mistakes(shippedWith(changes))).toHaveLength(2);
  });
});

describe('names', () => {
  test('refuses one that another resource has', () => {
    expect(mistakes(shippedWith({ [`${CACHE}.name`]: 'documents' }))).toEqual([
      `${CACHE}.name: must be unique, files.buckets[1] has it too, got: "documents"`,
    ]);
  });

  test('refuses one that the staging bucket of a cache has', () => {
    expect(mistakes(shippedWith({ 'files.buckets[3].name': 'sessions-staging' }))).toEqual([
      `files.buckets[3].name: must be another, ${CACHE} has a bucket of that name, got: "sessions-staging"`,
    ]);
  });

  test('refuses one whose staging bucket would have too long a name', () => {
    const changes = {
      'primary.region': 'ap-southeast-2',
      [`${CACHE}.name`]: 'sessions-of-all-tenants',
      [`${CACHE}.secret`]: undefined,
    };
    expect(mistakes(shippedWith(changes)).filter((mistake) => mistake.startsWith(`${CACHE}.name`))).toEqual([
      `${CACHE}.name: makes the bucket name "acme-sessions-of-all-tenants-staging-111122223333-ap-southeast-2" of 64 characters, S3 allows 63, got: "sessions-of-all-tenants". HINT: shorten it or the prefix by 1`,
    ]);
  });

  test('refuses the same cache twice', () => {
    const twice = [shippedCache(), { ...shippedCache(), name: 'sessions-again' }];
    expect(mistakes(shippedWith({ redis: twice }))).toEqual([
      'redis[1].replicationGroup: must be unique, redis[0] has it too, got: "sessions"',
    ]);
  });
});

describe('to the constructs', () => {
  test('goes a replication group with its secret, and all options', () => {
    const { cache, ...options } = protectedCache(shippedCache());
    expect(cache).toMatchObject({ kind: 'replicationGroup', id: 'sessions' });
    expect(cache.signIn.login).toEqual({ kind: 'secret', secretArn: shippedCache().secret?.secretArn });
    const { name, replicationGroup, secret, ...rest } = shippedCache();
    expect(options).toEqual(rest);
  });

  test('goes a serverless cache that asks for no login', () => {
    const { replicationGroup, secret, ...rest } = shippedCache();
    const { cache } = protectedCache({ ...rest, serverlessCache: 'carts' });
    expect(cache).toMatchObject({ kind: 'serverless', id: 'carts' });
    expect(cache.signIn.login).toEqual({ kind: 'open' });
    expect(cache.signIn.statements(Stack.of(primaryStack()))).toEqual([]);
  });

  test('goes none that has no name', () => {
    const { replicationGroup, ...rest } = shippedCache();
    expect(() => protectedCache(rest)).toThrow('sessions: must have replicationGroup or serverlessCache');
  });
});

function shippedCache(): RedisConfiguration {
  const [cache] = validateConfiguration(shippedWith({}), 'holdfast.config.json').redis;
  if (!cache) {
    throw new Error('the shipped configuration has no cache');
  }
  return cache;
}
