import { FakeS3 } from './fake-s3';
import { found, HOUR, REPLICA_KEY, Rehearsal, START } from './rehearsal';

let s3: FakeS3;
beforeAll(async () => {
  s3 = await FakeS3.start();
});
afterAll(() => s3.stop());
beforeEach(() => s3.reset());

const ODD_KEYS = [
  'a b+c%20&<>"\'.txt',
  'über/日本/😀\uffee.txt',
  '../../etc/passwd',
  'line\nbreak\r\u0001\u007f',
  '%2F%',
  'x'.repeat(1024),
  '😀',
  '\uffee',
];

describe('a replica that holds everything', () => {
  test('is proved by listing both sides once', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'first');
    rehearsal.write('a', 'second');
    rehearsal.remove('b');
    rehearsal.replicate();
    const run = await rehearsal.prove();
    expect(run).toMatchObject({ outcome: 'proved', progress: { versions: 3, bytes: 11, findings: {} } });
    expect(s3.requests.filter(({ operation }) => operation === 'list')).toHaveLength(2);
    expect(s3.requests.filter(({ operation }) => operation === 'head')).toHaveLength(0);
    expect(rehearsal.summary(run)).toMatchObject({
      outcome: 'proved',
      matching: 'versionId',
      versions: 3,
      replicationLagSeconds: 0,
      recoveryPoint: new Date(START).toISOString(),
    });
  });

  test.each([true, false])('is proved with keys of any kind (encoded listing: %s)', async (echoesEncoding) => {
    s3.pageSize = 3;
    s3.echoesEncoding = echoesEncoding;
    const rehearsal = new Rehearsal(s3);
    for (const key of ODD_KEYS) {
      rehearsal.write(key, key);
      rehearsal.write(key, 'newer');
    }
    rehearsal.replicate();
    expect(await rehearsal.proveAndWait()).toMatchObject({ outcome: 'proved', progress: { versions: 16 } });
    for (const key of ODD_KEYS) {
      rehearsal.inReplica(key).pop();
    }
    expect((await found(rehearsal)).sort()).toEqual(ODD_KEYS.map((key) => `missing ${key}`).sort());
  });

  test('may hold versions that the source deleted for good', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'first');
    rehearsal.write('a', 'second');
    rehearsal.write('gone', 'all of it');
    rehearsal.replicate();
    s3.history(rehearsal.source, 'a').pop();
    s3.history(rehearsal.source, 'gone').pop();
    expect(await found(rehearsal)).toEqual([]);
  });
});

describe('a version that differs', () => {
  test('has another size', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'four');
    rehearsal.replicate(() => ({ body: Buffer.from('seven..') }));
    const run = await rehearsal.prove();
    expect(rehearsal.findings(run)).toEqual([
      expect.objectContaining({ kind: 'differentSize', detail: expect.stringContaining('4 bytes in the source, 7') }),
    ]);
  });

  test('is the latest in the replica and unknown to the source', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'right');
    rehearsal.replicate();
    s3.put(rehearsal.replica, 'a', 'wrong', { lastModified: START - HOUR });
    expect(await found(rehearsal)).toEqual(['differentVersion a']);
  });

  test('is unknown to the source even while the latest version there is young', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'right', { lastModified: START - 60_000 });
    rehearsal.replicate();
    s3.put(rehearsal.replica, 'a', 'wrong', { lastModified: START - 30_000 });
    expect(await found(rehearsal)).toEqual(['differentVersion a']);
  });

  test('is no finding when it was written since the proof began', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'right');
    rehearsal.replicate();
    s3.put(rehearsal.replica, 'a', 'copied while the listings ran', { lastModified: START });
    expect(await found(rehearsal)).toEqual([]);
  });

  test('is no finding when the source has got it since it was listed', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'older');
    rehearsal.replicate();
    const arrived = s3.put(rehearsal.replica, 'a', 'parts', { lastModified: START - HOUR });
    s3.fault = ({ operation, bucket }) => {
      if (operation === 'head' && bucket === rehearsal.source) {
        s3.put(rehearsal.source, 'a', 'parts', { ...arrived });
      }
      return undefined;
    };
    expect(await found(rehearsal)).toEqual([]);
  });

  test.each([
    ['object', 'delete marker'],
    ['delete marker', 'object'],
  ])('is an %s in the source and a %s in the replica under one id', async (inSource, inReplica) => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', '', { versionId: 'null', isDeleteMarker: inSource === 'delete marker' });
    rehearsal.replicate(() => ({ isDeleteMarker: inReplica === 'delete marker' }));
    expect(await found(rehearsal)).toEqual(['differentVersion a']);
  });

  test('is no finding while the version that replaces it is on its way', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'deleted for good');
    rehearsal.replicate();
    s3.history(rehearsal.source, 'a').pop();
    rehearsal.write('a', 'young', { lastModified: START - 1000 });
    expect(await found(rehearsal)).toEqual([]);
  });
});

describe('what is new since the last proof', () => {
  const writeAndCopy = async (change: Parameters<Rehearsal['replicate']>[0]) => {
    const rehearsal = new Rehearsal(s3);
    await rehearsal.proveAndWait();
    rehearsal.write('a', 'bytes', { lastModified: rehearsal.now - 60_000 });
    rehearsal.replicate(change);
    return rehearsal;
  };

  test('has its checksums compared on both sides', async () => {
    const rehearsal = await writeAndCopy(() => ({}));
    const run = await rehearsal.prove();
    expect(run).toMatchObject({ outcome: 'proved', progress: { compared: 1, bytesRead: 0 } });
    expect(run.state?.proved).toEqual({
      present: run.state?.lastCompleted?.startedAt,
      intact: run.state?.lastCompleted?.startedAt,
    });
  });

  test('may have other bytes', async () => {
    expect(await found(await writeAndCopy(() => ({ checksums: { SHA256: 'different' } })))).toEqual([
      'checksumMismatch a',
    ]);
  });

  test.each([undefined, `${REPLICA_KEY}-of-somebody-else`])(
    'may be encrypted with the wrong key: %s',
    async (keyArn) => {
      expect(await found(await writeAndCopy(() => (keyArn === undefined ? { keyArn: '' } : { keyArn })))).toEqual([
        'wrongKey a',
      ]);
    },
  );

  test('is seen by its key even when the wrong key keeps its checksum from being read', async () => {
    const rehearsal = await writeAndCopy(() => ({ keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/other' }));
    s3.fault = ({ bucket, withChecksum }) =>
      bucket === rehearsal.replica && withChecksum ? { status: 403, code: 'AccessDenied' } : undefined;
    expect(await found(rehearsal)).toEqual(['wrongKey a']);
  });

  test('is not read under a wrong key, which may not be readable', async () => {
    const rehearsal = await writeAndCopy(() => ({
      keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/other',
      checksums: {},
    }));
    s3.fault = ({ operation, bucket }) =>
      operation === 'get' && bucket === rehearsal.replica ? { status: 403, code: 'AccessDenied' } : undefined;
    expect(await found(rehearsal)).toEqual(['wrongKey a']);
  });

  test('is new when only the replica changed', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'bytes');
    rehearsal.replicate();
    await rehearsal.proveAndWait();
    rehearsal.replicate(() => ({ lastModified: rehearsal.now - 1000, checksums: { SHA256: 'different' } }));
    expect(await found(rehearsal)).toEqual(['checksumMismatch a']);
  });

  test('is new when only the source says so', async () => {
    const rehearsal = await writeAndCopy(() => ({
      lastModified: START - 30 * HOUR,
      checksums: { SHA256: 'different' },
    }));
    expect(await found(rehearsal)).toEqual(['checksumMismatch a']);
  });

  test('was still on its way during the last proof', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'bytes', { lastModified: START - 1_700_000 });
    await rehearsal.proveAndWait();
    rehearsal.replicate(() => ({ checksums: { SHA256: 'different' } }));
    expect(await found(rehearsal)).toEqual(['checksumMismatch a']);
  });

  test('is read on both sides where no checksum is stored', async () => {
    const rehearsal = new Rehearsal(s3);
    await rehearsal.proveAndWait();
    rehearsal.write('same', 'bytes', { lastModified: rehearsal.now - 60_000 });
    rehearsal.write('other', 'bytes', { lastModified: rehearsal.now - 60_000 });
    rehearsal.replicate(() => ({ checksums: {} }));
    const other = rehearsal.inReplica('other')[0];
    if (other) {
      other.body = Buffer.from('BYTES');
    }
    const run = await rehearsal.prove();
    expect(rehearsal.findings(run).map(({ kind, key }) => [kind, key])).toEqual([['checksumMismatch', 'other']]);
    expect(run.progress).toMatchObject({ compared: 2, bytesRead: 10 });
  });

  test('is no finding when it left the source since it was listed', async () => {
    const rehearsal = await writeAndCopy(() => ({}));
    s3.fault = ({ operation }) => (operation === 'head' ? { status: 404, code: 'NoSuchVersion' } : undefined);
    expect(await rehearsal.prove()).toMatchObject({ outcome: 'proved', progress: { compared: 0 } });
  });

  test.each([
    ['source', []],
    ['replica', ['missing a']],
  ] as const)('may leave the %s while it is to be read', async (side, expected) => {
    const rehearsal = await writeAndCopy(() => ({ checksums: {} }));
    s3.history(rehearsal.source, 'a').forEach((version) => {
      version.checksums = {};
    });
    s3.fault = ({ operation, bucket }) =>
      operation === 'get' && bucket === rehearsal[side] ? { status: 404, code: 'NoSuchVersion' } : undefined;
    expect(await found(rehearsal)).toEqual(expected);
  });

  test('is missing when it left the replica since it was listed', async () => {
    const rehearsal = await writeAndCopy(() => ({}));
    s3.fault = ({ operation, bucket }) =>
      operation === 'head' && bucket === rehearsal.replica ? { status: 404, code: 'NoSuchVersion' } : undefined;
    const run = await rehearsal.prove();
    expect(run.progress?.findings).toEqual({ missing: 1 });
    expect(rehearsal.summary(run).replicationLagSeconds).toBe(60);
  });
});

describe('versions in a store that gives copies new ids', () => {
  const rehearse = () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.matching = 'content';
    for (const body of ['one', 'two', 'six']) {
      rehearsal.write('a', body);
    }
    rehearsal.remove('a');
    rehearsal.replicate(({ versionId }) => ({ versionId: `copy-of-${versionId}` }));
    return rehearsal;
  };

  test('are the same by place and content', async () => {
    const rehearsal = rehearse();
    const run = await rehearsal.prove();
    expect(run.outcome).toBe('proved');
    expect(rehearsal.summary(run).matching).toBe('content');
  });

  test('make one finding when one in the middle is missing', async () => {
    const rehearsal = rehearse();
    await rehearsal.proveAndWait();
    rehearsal.inReplica('a').splice(2, 1);
    const run = await rehearsal.prove();
    const [, , middle] = s3.history(rehearsal.source, 'a');
    expect(rehearsal.findings(run)).toEqual([
      expect.objectContaining({ kind: 'missing', key: 'a', versionId: middle?.versionId }),
    ]);
  });

  test('are all different when matched by id', async () => {
    const rehearsal = rehearse();
    rehearsal.matching = 'versionId';
    expect((await found(rehearsal)).sort()).toEqual([
      'beforeReplication a',
      'beforeReplication a',
      'beforeReplication a',
      'deleteMarkerMissing a',
      'differentVersion a',
    ]);
  });

  test('are compared by bytes when one was replaced by another of the same size', async () => {
    const rehearsal = rehearse();
    await rehearsal.proveAndWait();
    rehearsal.inReplica('a').splice(2, 1);
    const replaced = s3.put(rehearsal.replica, 'a', 'TWO', { lastModified: rehearsal.now - 1000, keyArn: REPLICA_KEY });
    rehearsal.inReplica('a').shift();
    rehearsal.inReplica('a').splice(2, 0, replaced);
    expect(await found(rehearsal)).toEqual(['checksumMismatch a']);
  });
});
