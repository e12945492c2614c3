import { FakeS3 } from './fake-s3';
import { HOUR, Rehearsal, START } from './rehearsal';

const DAY = 24 * HOUR;

let s3: FakeS3;
beforeAll(async () => {
  s3 = await FakeS3.start();
});
afterAll(() => s3.stop());
beforeEach(() => s3.reset());

describe('reading in full', () => {
  const rehearse = (body: string, more: Parameters<Rehearsal['write']>[2] = {}) => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.readCycleDays = 1;
    rehearsal.write('a', body, more);
    rehearsal.replicate();
    return rehearsal;
  };
  const proveAfterOneCycle = async (rehearsal: Rehearsal) => {
    await rehearsal.prove();
    rehearsal.now += DAY;
    const run = await rehearsal.prove();
    return { run, kinds: rehearsal.findings(run).map(({ kind }) => kind) };
  };

  test('reads every version once a cycle, whatever the schedule', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.readCycleDays = 1;
    for (let number = 0; number < 40; number += 1) {
      rehearsal.write(`key-${number}`, 'bytes', { lastModified: START - 30 * DAY });
    }
    rehearsal.replicate();
    await rehearsal.prove();
    for (const hours of [1, 5, 0.5, 9, 3, 7]) {
      rehearsal.now += hours * HOUR;
      await rehearsal.prove();
    }
    const read = s3.requests.filter(({ operation, bucket }) => operation === 'get' && bucket === rehearsal.replica);
    expect(read.map(({ key }) => key).sort()).toEqual(s3.keys(rehearsal.replica).sort());
  });

  test.each([
    ['SHA256', 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU='],
    ['SHA1', '98O8HYCOBHMq32eZZczDTKeuNEE='],
    ['CRC32', 'y/Q5Jg=='],
    ['CRC32C', '4waSgw=='],
    ['CRC64NVME', 'rosUhgp5mIg='],
  ])('finds bytes that do not match their %s', async (algorithm, value) => {
    const intact = await proveAfterOneCycle(rehearse('123456789', { checksums: { [algorithm]: value } }));
    expect(intact).toMatchObject({ run: { outcome: 'proved', progress: { compared: 1, bytesRead: 9 } }, kinds: [] });
    s3.tamper = ({ bucket }, body) => (bucket.startsWith('replica') ? Buffer.from('123456780') : body);
    const rotten = await proveAfterOneCycle(rehearse('123456789', { checksums: { [algorithm]: value } }));
    expect(rotten.kinds).toEqual(['checksumMismatch']);
  });

  test('finds a version missing that left the replica since it was listed', async () => {
    s3.fault = ({ operation, bucket }) =>
      operation === 'get' && bucket.startsWith('replica') ? { status: 404, code: 'NoSuchVersion' } : undefined;
    expect((await proveAfterOneCycle(rehearse('bytes'))).kinds).toEqual(['missing']);
  });

  test('compares both sides where checksums are over parts', async () => {
    const parts = { checksums: { CRC32: 'AAAAAA==-2' }, checksumType: 'COMPOSITE' };
    const rehearsal = rehearse('bytes', parts);
    expect((await proveAfterOneCycle(rehearsal)).kinds).toEqual([]);
    for (const side of [rehearsal.source, rehearsal.replica]) {
      expect(s3.requests.filter(({ operation, bucket }) => operation === 'get' && bucket === side)).toHaveLength(1);
    }
    s3.tamper = ({ bucket }, body) => (bucket.startsWith('replica') ? Buffer.from('BYTES') : body);
    expect((await proveAfterOneCycle(rehearse('bytes', parts))).kinds).toEqual(['checksumMismatch']);
  });

  test('finds a wrong key', async () => {
    const rehearsal = rehearse('bytes');
    rehearsal.replicate(() => ({ keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/other' }));
    expect((await proveAfterOneCycle(rehearsal)).kinds).toEqual(['wrongKey']);
  });

  test.each(['GLACIER', 'DEEP_ARCHIVE'])('counts a version in %s as unread', async (storageClass) => {
    const { run } = await proveAfterOneCycle(rehearse('bytes', { storageClass }));
    expect(run).toMatchObject({ outcome: 'proved', progress: { unread: 1, bytesRead: 0 } });
  });

  test('counts a version in an archive tier of Intelligent-Tiering as unread', async () => {
    s3.fault = ({ operation, bucket }) =>
      operation === 'get' && bucket.startsWith('replica') ? { status: 403, code: 'InvalidObjectState' } : undefined;
    const { run } = await proveAfterOneCycle(rehearse('bytes', { storageClass: 'INTELLIGENT_TIERING' }));
    expect(run).toMatchObject({ outcome: 'proved', progress: { unread: 1 } });
  });

  test.each([
    ['bytes', { checksums: { SHA256: 'rotten' } }],
    ['key', { keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/other' }],
  ])('keeps finding wrong %s in every proof until they are repaired', async (_, damage) => {
    const rehearsal = rehearse('bytes', { lastModified: START - 30 * DAY });
    rehearsal.readCycleDays = 1;
    rehearsal.replicate(() => damage);
    const { kinds } = await proveAfterOneCycle(rehearsal);
    expect(kinds).toHaveLength(1);
    rehearsal.now += HOUR;
    expect(await rehearsal.prove()).toMatchObject({ outcome: 'damaged' });
    rehearsal.now += HOUR;
    expect(await rehearsal.prove()).toMatchObject({ outcome: 'damaged' });
    rehearsal.replicate();
    rehearsal.now += HOUR;
    expect(await rehearsal.prove()).toMatchObject({ outcome: 'proved', state: { suspects: [] } });
  });

  test('does not take rotten bytes for sound because they cannot be read again', async () => {
    const rehearsal = rehearse('bytes', { lastModified: START - 30 * DAY });
    s3.tamper = ({ bucket }, body) => (bucket.startsWith('replica') ? Buffer.from('BYTES') : body);
    expect((await proveAfterOneCycle(rehearsal)).kinds).toEqual(['checksumMismatch']);
    rehearsal.replicate(() => ({ storageClass: 'GLACIER' }));
    rehearsal.now += HOUR;
    const run = await rehearsal.prove();
    expect(rehearsal.findings(run)).toEqual([
      expect.objectContaining({ kind: 'checksumMismatch', detail: expect.stringContaining('An earlier proof found') }),
    ]);
    expect(run.state?.suspects).toHaveLength(1);
  });

  test.each([
    ['other bytes', { SHA256: 'rotten' }, { wrongKey: 1, checksumMismatch: 1 }],
    ['no checksum', {}, { wrongKey: 1 }],
  ])('suspects a version under a wrong key with %s once', async (_, checksums, findings) => {
    const rehearsal = rehearse('bytes', { lastModified: START - 30 * DAY });
    rehearsal.replicate(() => ({ keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/other', checksums }));
    await proveAfterOneCycle(rehearsal);
    rehearsal.now += HOUR;
    const { progress, state } = await rehearsal.prove();
    expect(progress?.findings).toEqual(findings);
    expect(state?.suspects).toHaveLength(1);
  });

  test('reads again when a connection breaks, and fails when it keeps breaking', async () => {
    let breaks = 2;
    s3.breaks = ({ operation, bucket }) => operation === 'get' && bucket.startsWith('replica') && breaks-- > 0;
    const { run } = await proveAfterOneCycle(rehearse('bytes'));
    expect(run).toMatchObject({ outcome: 'proved', progress: { bytesRead: 5 } });
    breaks = 3;
    expect((await proveAfterOneCycle(rehearse('bytes'))).run.outcome).toBe('failed');
  });

  test('counts a version as unread when the time of a run does not suffice', async () => {
    const rehearsal = rehearse('bytes');
    await rehearsal.prove();
    rehearsal.now += DAY;
    rehearsal.looksPerRun = -21_000;
    expect(await rehearsal.prove()).toMatchObject({ outcome: 'proved', progress: { unread: 1, bytesRead: 0 } });
  });

  test('leaves what exceeds the budget of a run together to the cycle', async () => {
    const rehearsal = new Rehearsal(s3);
    await rehearsal.proveAndWait();
    for (const key of ['a', 'b']) {
      const listedSize = 11 * 1024 ** 3;
      rehearsal.write(key, 'bytes', { lastModified: rehearsal.now - 60_000, listedSize, checksums: {} });
    }
    rehearsal.replicate();
    expect(await rehearsal.prove()).toMatchObject({ outcome: 'proved', progress: { unread: 1, compared: 1 } });
  });

  test('leaves what is larger than the budget of a run to the cycle when no checksum can be compared', async () => {
    const rehearsal = new Rehearsal(s3);
    await rehearsal.proveAndWait();
    const listedSize = 21 * 1024 ** 3;
    rehearsal.write('a', 'bytes', { lastModified: rehearsal.now - 60_000, listedSize, checksums: {} });
    rehearsal.replicate();
    expect(await rehearsal.prove()).toMatchObject({ outcome: 'proved', progress: { unread: 1, bytesRead: 0 } });
  });

  test('leaves out delete markers', async () => {
    const rehearsal = rehearse('bytes');
    rehearsal.remove('a');
    rehearsal.replicate();
    expect((await proveAfterOneCycle(rehearsal)).run).toMatchObject({ outcome: 'proved', progress: { bytesRead: 5 } });
  });
});
