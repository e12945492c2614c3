import { FakeS3 } from './fake-s3';
import { found, HOUR, Rehearsal } from './rehearsal';

const DAY = 24 * HOUR;
const EXPIRE_AFTER_DAYS = 7;

let s3: FakeS3;
let rehearsal: Rehearsal;
beforeAll(async () => {
  s3 = await FakeS3.start();
});
afterAll(() => s3.stop());
beforeEach(() => {
  rehearsal = new Rehearsal(s3);
  rehearsal.expireAfterDays = EXPIRE_AFTER_DAYS;
});

/** A version that expired in the source an hour ago, by a delete marker that S3 did not replicate. */
function expireInSource(key: string, ageDays = EXPIRE_AFTER_DAYS): void {
  rehearsal.write(key, 'content', { lastModified: rehearsal.now - HOUR - ageDays * DAY });
  rehearsal.replicate();
  rehearsal.remove(key, { lastModified: rehearsal.now - HOUR });
}

describe.each(['versionId', 'content'] as const)('a delete marker matched by %s', (matching) => {
  beforeEach(() => {
    rehearsal.matching = matching;
  });

  test('that the lifecycle of the source wrote is not expected in the replica, and is no lag', async () => {
    expireInSource('a');
    const run = await rehearsal.prove();
    expect(run).toMatchObject({ outcome: 'proved', progress: { versions: 2, findings: {} } });
    expect(rehearsal.summary(run).replicationLagSeconds).toBe(0);
  });

  test('on a version younger than the age of expiry is missed in the replica', async () => {
    expireInSource('a', EXPIRE_AFTER_DAYS - 1);
    expect(await found(rehearsal)).toEqual(['deleteMarkerMissing a']);
  });

  test('is missed in the replica when the source keeps versions for ever', async () => {
    rehearsal.expireAfterDays = undefined;
    expireInSource('a');
    expect(await found(rehearsal)).toEqual(['deleteMarkerMissing a']);
  });

  test('that remains after the version beneath expired for good is not expected in the replica', async () => {
    rehearsal.remove('a');
    expect(await rehearsal.prove()).toMatchObject({ outcome: 'proved' });
  });

  test('on top of another delete marker is missed in the replica', async () => {
    rehearsal.remove('a', { lastModified: rehearsal.now - 30 * DAY });
    rehearsal.replicate();
    rehearsal.remove('a');
    expect(await found(rehearsal)).toEqual(['deleteMarkerMissing a']);
  });
});

test('the marker that the lifecycle of the replica writes later is not somebody writing to the replica', async () => {
  expireInSource('a');
  s3.put(rehearsal.replica, 'a', '', { isDeleteMarker: true, lastModified: rehearsal.now - HOUR / 2 });
  expect(await rehearsal.prove()).toMatchObject({ outcome: 'proved' });
});

test('a marker in the replica on a version too young to expire is somebody writing to the replica', async () => {
  rehearsal.write('a', 'content');
  rehearsal.replicate();
  s3.put(rehearsal.replica, 'a', '', { isDeleteMarker: true, lastModified: rehearsal.now - HOUR / 2 });
  expect((await rehearsal.prove()).progress).toMatchObject({ findings: { differentVersion: 1 }, statusReads: 0 });
});

test('what is written on top of an expired version is expected in the replica', async () => {
  expireInSource('a');
  rehearsal.write('a', 'written again', { lastModified: rehearsal.now - HOUR + 1000 });
  expect(await found(rehearsal)).toEqual(['beforeReplication a']);
});

test('keys are not checked where the target names none', async () => {
  const strangeKey = 'arn:aws:kms:eu-central-1:111122223333:key/99999999-2222-3333-4444-555555555555';
  const proveTwice = async () => {
    await rehearsal.proveAndWait();
    rehearsal.write('a', 'content', { lastModified: rehearsal.now - 1000 });
    rehearsal.replicate(() => ({ keyArn: strangeKey }));
    return rehearsal.prove();
  };
  expect(await proveTwice()).toMatchObject({ outcome: 'damaged', progress: { findings: { wrongKey: 1 } } });
  rehearsal = new Rehearsal(s3);
  rehearsal.keyArn = undefined;
  expect(await proveTwice()).toMatchObject({ outcome: 'proved', progress: { compared: 1 } });
});
