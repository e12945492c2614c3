import { FindingKind } from '../../../engine/contract/verify-files';
import { FakeS3 } from './fake-s3';
import { found, HOUR, Rehearsal, START } from './rehearsal';

let s3: FakeS3;
beforeAll(async () => {
  s3 = await FakeS3.start();
});
afterAll(() => s3.stop());
beforeEach(() => s3.reset());

describe('a version that is not in the replica', () => {
  test('is on its way while it is young, and shows in the lag', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'young', { lastModified: START - 1_799_000 });
    rehearsal.remove('b', { lastModified: START - 60_000 });
    const run = await rehearsal.prove();
    expect(run).toMatchObject({ outcome: 'proved', state: { provenUntil: '2026-11-23T11:30:01.000Z' } });
    expect(rehearsal.summary(run).replicationLagSeconds).toBe(1799);
    expect(run.progress?.statusReads).toBe(0);
  });

  test('is on its way when it was written in the second in which an earlier proof began', async () => {
    const rehearsal = new Rehearsal(s3);
    await rehearsal.prove();
    rehearsal.write('a', 'young', { lastModified: START });
    rehearsal.now += 60_000;
    expect(await found(rehearsal)).toEqual([]);
  });

  test('is missing, not older than replication, when it was written after the first proof', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('young', 'on its way', { lastModified: START - 60_000 });
    await rehearsal.proveAndWait();
    rehearsal.replicate();
    rehearsal.write('a', 'without a rule', { lastModified: START });
    expect(await found(rehearsal)).toEqual(['missing a']);
  });

  test('is missing once it is older than the limit, with its replication status', async () => {
    const rehearsal = new Rehearsal(s3);
    await rehearsal.proveAndWait();
    rehearsal.write('a', 'old', { lastModified: rehearsal.now - 1_800_000, replicationStatus: 'FAILED' });
    const run = await rehearsal.prove();
    expect(rehearsal.findings(run)).toEqual([
      {
        kind: FindingKind.MISSING,
        key: 'a',
        versionId: expect.any(String),
        detail: expect.stringContaining('absent after 1800 s (limit 1800 s); replication status FAILED. HINT:'),
      },
    ]);
  });

  test('is missing at once, however young, when an earlier proof saw it in the replica', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'young', { lastModified: START - 60_000 });
    rehearsal.replicate();
    await rehearsal.prove();
    rehearsal.now += 60_000;
    rehearsal.inReplica('a').pop();
    const run = await rehearsal.prove();
    expect(rehearsal.findings(run)).toEqual([
      expect.objectContaining({
        kind: 'missing',
        detail: expect.stringContaining('found in the replica by an earlier'),
      }),
    ]);
  });

  test('was there before replication when it has no status and is older than the first proof', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'old');
    expect(await found(rehearsal)).toEqual(['beforeReplication a']);
  });

  test('is missing, not older than replication, when S3 tried to copy it', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'old', { replicationStatus: 'COMPLETED' });
    expect(await found(rehearsal)).toEqual(['missing a']);
  });

  test('is a delete marker that the replica lacks', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'old');
    rehearsal.replicate();
    rehearsal.remove('a');
    const run = await rehearsal.prove();
    expect(run.progress).toMatchObject({ findings: { deleteMarkerMissing: 1 }, statusReads: 0 });
  });

  test('is on its way while a multipart upload, dated from its beginning, is pending', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('big', 'parts', { etag: 'abc-12', replicationStatus: 'PENDING' });
    rehearsal.write('small', 'whole', { replicationStatus: 'PENDING' });
    expect(await found(rehearsal)).toEqual(['missing small']);
  });

  test('is missing when S3 has called it pending for longer than the limit', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('big', 'parts', { etag: 'abc-12', replicationStatus: 'PENDING' });
    expect(await rehearsal.prove()).toMatchObject({ outcome: 'proved' });
    rehearsal.now += 1_799_000;
    expect(await rehearsal.prove()).toMatchObject({ outcome: 'proved' });
    rehearsal.now += 1_000;
    const run = await rehearsal.prove();
    expect(rehearsal.findings(run)).toEqual([
      expect.objectContaining({
        kind: 'missing',
        detail: expect.stringMatching(
          /absent after 9000 s .*; replication status PENDING\. HINT: see the replication rule/,
        ),
      }),
    ]);
  });

  test('was never copied when S3 says so, whatever its date', async () => {
    const rehearsal = new Rehearsal(s3);
    await rehearsal.proveAndWait();
    rehearsal.write('a', 'dated from the beginning of its upload', { replicationStatus: 'FAILED' });
    const [finding] = rehearsal.findings(await rehearsal.prove());
    expect(finding?.detail).toContain('replication status FAILED. HINT: see the replication rule');
  });

  test('is no finding when S3 has copied it since the replica was listed', async () => {
    const rehearsal = new Rehearsal(s3);
    const version = rehearsal.write('big', 'parts', { etag: 'abc-12', replicationStatus: 'COMPLETED' });
    s3.fault = ({ operation, bucket }) => {
      if (operation === 'head' && bucket === rehearsal.source && rehearsal.inReplica('big').length === 0) {
        s3.put(rehearsal.replica, 'big', 'parts', { ...version });
      }
      return undefined;
    };
    const run = await rehearsal.prove();
    expect(run.outcome).toBe('proved');
    expect(rehearsal.summary(run).replicationLagSeconds).toBe(0);
  });

  test.each([
    ['lost', 'COMPLETED'],
    ['awaited', 'PENDING'],
  ])('has its checksums compared when it comes, however late: %s', async (_, replicationStatus) => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'bytes', { etag: 'abc-2', lastModified: START - 30 * HOUR, replicationStatus });
    await rehearsal.proveAndWait();
    rehearsal.replicate(() => ({ checksums: { SHA256: 'different' } }));
    expect(await found(rehearsal)).toEqual(['checksumMismatch a']);
  });

  test('is on its way when S3 says so, although its date is older than an earlier proof', async () => {
    const rehearsal = new Rehearsal(s3);
    await rehearsal.proveAndWait();
    rehearsal.write('a', 'dated from the beginning of its upload', { replicationStatus: 'PENDING' });
    expect(await found(rehearsal)).toEqual([]);
    rehearsal.now += HOUR;
    const [finding] = rehearsal.findings(await rehearsal.prove());
    expect(finding?.detail).toContain('replication status PENDING. HINT: see the replication rule');
  });

  test('is no finding when it has left the source since it was listed', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'old');
    s3.fault = ({ operation }) => (operation === 'head' ? { status: 404, code: 'NoSuchVersion' } : undefined);
    const run = await rehearsal.prove();
    expect(run.outcome).toBe('proved');
    expect(rehearsal.summary(run).replicationLagSeconds).toBe(0);
  });

  test('is no part of a proof that began before it was written', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'new', { lastModified: START });
    s3.put(rehearsal.replica, 'a', 'newer still', { lastModified: START });
    expect(await found(rehearsal)).toEqual([]);
  });

  test('takes nothing from the recovery point of a proof that began before it was written', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'newer', { lastModified: START + 5000 });
    expect(rehearsal.summary(await rehearsal.prove())).toMatchObject({
      recoveryPoint: new Date(START).toISOString(),
      replicationLagSeconds: 0,
    });
  });

  test('costs a bounded number of requests', async () => {
    const rehearsal = new Rehearsal(s3);
    for (let number = 0; number < 1_005; number += 1) {
      rehearsal.write(`key-${number}`, '', { replicationStatus: 'FAILED' });
    }
    const run = await rehearsal.prove();
    expect(run.progress?.findings).toEqual({ missing: 1_000, beforeReplication: 5 });
    expect(rehearsal.findings(run).at(-1)?.detail).toContain('replication status was not read');
    expect(s3.requests.filter(({ operation }) => operation === 'head')).toHaveLength(1_000);
  });
});
