import fc from 'fast-check';
import type { ObjectVersion } from '../../engine/files/listing-page';
import type { ReplicationRule } from '../../local/bucket-configuration';
import { planCopies } from '../../local/replication-stand-in';
import type { Histories } from '../../local/version-history';

const EVERYTHING: ReplicationRule = {
  Id: 'everything',
  Status: 'Enabled',
  Filter: { Prefix: '' },
  DeleteMarkerReplication: { Status: 'Enabled' },
  Destination: { Bucket: 'replica', EncryptionConfiguration: { ReplicaKmsKeyID: 'key' } },
};

let clock = 0;
const written = (key: string, size: number): ObjectVersion => ({
  key,
  versionId: `v${++clock}`,
  isDeleteMarker: false,
  isLatest: false,
  lastModified: clock,
  size,
  etag: '',
  storageClass: 'STANDARD',
});
const deleted = (key: string): ObjectVersion => ({ ...written(key, 0), isDeleteMarker: true });
const bucket = (...versions: ObjectVersion[]): Histories =>
  new Map(versions.map(({ key }) => [key, versions.filter((version) => version.key === key)]));
const ids = (source: Histories, replica: Histories, rule = EVERYTHING) =>
  planCopies(source, replica, rule).map(({ version }) => version.versionId);

test('copies everything to an empty replica, oldest first across keys', () => {
  const [b1, a1, b2] = [written('b', 1), written('a', 2), deleted('b')];
  expect(ids(bucket(a1, b1, b2), bucket())).toEqual([b1, a1, b2].map(({ versionId }) => versionId));
});

test('copies only what a history lacks at its end', () => {
  const [first, second] = [written('a', 1), written('a', 2)];
  expect(ids(bucket(first, second), bucket(written('a', 1)))).toEqual([second.versionId]);
});

test('leaves delete markers out where the rule says so', () => {
  const rule: ReplicationRule = { ...EVERYTHING, DeleteMarkerReplication: { Status: 'Disabled' } };
  const [first, , third] = [written('a', 1), deleted('a'), written('a', 3)];
  expect(ids(bucket(first, deleted('a'), third), bucket(), rule)).toEqual([first.versionId, third.versionId]);
});

test('copies only keys with the prefix of the rule', () => {
  const wanted = written('logs/1', 1);
  expect(ids(bucket(wanted, written('log', 1)), bucket(), { ...EVERYTHING, Filter: { Prefix: 'logs/' } })).toEqual([
    wanted.versionId,
  ]);
});

test.each([
  ['a version of another size', written('a', 9)],
  ['a delete marker in place of a version', deleted('a')],
])('refuses a replica that holds %s', (_, strange) => {
  expect(() => ids(bucket(written('a', 1)), bucket(strange))).toThrow(
    `The replica of "a" holds version ${strange.versionId} in place 1, which is not what the source has there. HINT:`,
  );
});

test('refuses a replica that holds more than the source', () => {
  expect(() => ids(bucket(written('a', 1)), bucket(written('a', 1), written('a', 1)))).toThrow('in place 2');
});

test('a round after a round copies nothing, whatever the history and wherever the first one stopped', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c'), size: fc.nat(3), isDeleteMarker: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.nat(20), (steps, interruptedAfter) => {
      const source = bucket(
        ...steps.map(({ key, size, isDeleteMarker }) => (isDeleteMarker ? deleted(key) : written(key, size))),
      );
      const firstRound = planCopies(source, bucket(), EVERYTHING).slice(0, interruptedAfter);
      const half = bucket(...firstRound.map(({ version }) => version));
      const rest = planCopies(source, half, EVERYTHING);
      expect(firstRound.length + rest.length).toBe(steps.length);
      expect(planCopies(source, bucket(...[...firstRound, ...rest].map(({ version }) => version)), EVERYTHING)).toEqual(
        [],
      );
    }),
  );
});
