import fc from 'fast-check';
import { FakeS3 } from './fake-s3';
import { HOUR, Rehearsal, START } from './rehearsal';

const STATE = 'files/uploads/state.json';

let s3: FakeS3;
beforeAll(async () => {
  s3 = await FakeS3.start();
});
afterAll(() => s3.stop());
beforeEach(() => s3.reset());

describe('a proof that outgrows its run', () => {
  const rehearse = () => {
    const rehearsal = new Rehearsal(s3);
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
      rehearsal.write(key, 'older');
      rehearsal.write(key, 'newer');
    }
    rehearsal.replicate();
    rehearsal.inReplica('b').pop();
    rehearsal.inReplica('e').pop();
    return rehearsal;
  };

  test('stops behind a key and goes on there under the same id', async () => {
    s3.pageSize = 3;
    const rehearsal = rehearse();
    rehearsal.looksPerRun = 5;
    const first = await rehearsal.run();
    expect(first.outcome).toBe('unfinished');
    expect(first.state?.unfinished?.afterKey).toBeDefined();
    expect(rehearsal.summary(first)).toBeNull();
    rehearsal.now += HOUR;
    const last = await rehearsal.prove();
    expect(last).toMatchObject({ outcome: 'damaged', proofId: first.proofId, progress: { versions: 12 } });
    expect(last.state?.unfinished).toBeUndefined();
    expect(rehearsal.findings(last).map(({ key }) => key)).toEqual(['b', 'e']);
    expect(rehearsal.summary(last)).toMatchObject({ startedAt: new Date(START).toISOString(), parts: 2 });
  });

  test('always gets at least one key further', async () => {
    const rehearsal = rehearse();
    rehearsal.looksPerRun = 0;
    let runs = 1;
    while ((await rehearsal.run()).outcome === 'unfinished') {
      runs += 1;
    }
    expect(runs).toBe(6);
  });

  test('goes on from the same place after a run that failed', async () => {
    const rehearsal = rehearse();
    rehearsal.looksPerRun = 5;
    const first = await rehearsal.run();
    s3.fault = ({ operation }) => (operation === 'head' ? { status: 403, code: 'AccessDenied' } : undefined);
    rehearsal.looksPerRun = Number.POSITIVE_INFINITY;
    expect(await rehearsal.run()).toMatchObject({ outcome: 'failed', proofId: first.proofId });
    s3.fault = () => undefined;
    const last = await rehearsal.run();
    expect(last).toMatchObject({
      proofId: first.proofId,
      progress: { versions: 12, findings: { beforeReplication: 2 } },
    });
  });

  test('gives up, and says why, when it finds no place to stop', async () => {
    const rehearsal = rehearse();
    rehearsal.looksPerRun = -41_000;
    expect(await rehearsal.run()).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(
        /^The proof found no place to stop within 40 s after its deadline: .* HINT: if this/,
      ),
    });
    rehearsal.looksPerRun = Number.POSITIVE_INFINITY;
    expect(await rehearsal.run()).toMatchObject({ outcome: 'damaged' });
  });
});

describe('two runs of one target', () => {
  test('do not work on one proof at the same time', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'bytes');
    rehearsal.replicate();
    const [first, second] = await Promise.all([rehearsal.run(), rehearsal.run()]);
    expect([first.outcome, second.outcome].sort()).toEqual(['proved', 'unfinished']);
    expect(first.proofId).toBe(second.proofId);
  });

  test('are kept apart for as long as the first may take to finish', async () => {
    const rehearsal = new Rehearsal(s3);
    const leases: unknown[] = [];
    s3.fault = ({ operation }) => {
      if (operation === 'list') {
        leases.push(JSON.parse(s3.text(rehearsal.proofs, STATE) ?? '').lease);
      }
      return undefined;
    };
    await rehearsal.run();
    expect(leases[0]).toEqual({
      proofId: '20261123T120000Z',
      run: expect.any(String),
      until: new Date(START + HOUR + 60_000).toISOString(),
    });
  });

  test('leave a leased proof alone until the lease has ended', async () => {
    const rehearsal = new Rehearsal(s3);
    const { state } = await rehearsal.run();
    const lease = { proofId: '20261123T115900Z', run: 'another', until: new Date(START + 60_000).toISOString() };
    s3.put(rehearsal.proofs, STATE, JSON.stringify({ ...state, lease }));
    s3.requests.length = 0;
    expect(await rehearsal.run()).toMatchObject({ outcome: 'unfinished', proofId: lease.proofId });
    expect(s3.requests.map(({ operation }) => operation)).toEqual(['get']);
    rehearsal.now += 60_000;
    expect(await rehearsal.run()).toMatchObject({ outcome: 'proved' });
  });

  test('are not suspected when the SDK repeats a write whose answer was lost', async () => {
    const rehearsal = new Rehearsal(s3);
    s3.loses = ({ key }) => key === STATE;
    expect(await rehearsal.run()).toMatchObject({ outcome: 'proved' });
    expect(s3.requests.filter(({ operation, key }) => operation === 'put' && key === STATE)).toHaveLength(4);
    expect(JSON.parse(s3.text(rehearsal.proofs, STATE) ?? '')).not.toHaveProperty('lease');
  });

  test('cannot both write their outcome', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'bytes');
    s3.fault = ({ operation, bucket }) => {
      if (operation === 'head' && bucket === rehearsal.source) {
        s3.put(rehearsal.proofs, STATE, 'written by another run');
      }
      return undefined;
    };
    expect(await rehearsal.run()).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('Another run has taken over the proof of uploads. HINT:'),
    });
    expect(s3.text(rehearsal.proofs, STATE)).toBe('written by another run');
  });
});

describe('state between runs', () => {
  test.each([
    ['no JSON', '{'],
    ['another format', '{"format":2}'],
    ['empty', ''],
  ])('is refused when it is damaged: %s', async (_, content) => {
    const rehearsal = new Rehearsal(s3);
    s3.put(rehearsal.proofs, STATE, content);
    const run = await rehearsal.run();
    expect(run).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(/state\.json is no state of proofs of format 1 .* HINT: restore/),
    });
    expect(s3.text(rehearsal.proofs, STATE)).toBe(content);
  });

  test('is refused when its bytes were changed on the way', async () => {
    const rehearsal = new Rehearsal(s3);
    await rehearsal.run();
    s3.tamper = (_, body) => Buffer.from(body.toString().replace('proved', 'PROVED'));
    expect(await rehearsal.run()).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('Checksum mismatch'),
    });
  });

  test('keeps what was proved when a later proof finds less', async () => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'bytes');
    rehearsal.replicate();
    await rehearsal.proveAndWait();
    rehearsal.inReplica('a').pop();
    const { state } = await rehearsal.prove();
    expect(state).toMatchObject({
      provenUntil: '2026-11-23T12:00:00.000Z',
      proved: { present: '2026-11-23T12:00:00.000Z' },
      lastCompleted: { outcome: 'damaged', recoveryPoint: '2026-11-23T10:00:00.000Z' },
    });
  });

  test('counts a mismatch of bytes against the proof of intactness only', async () => {
    const rehearsal = new Rehearsal(s3);
    await rehearsal.proveAndWait();
    rehearsal.write('a', 'bytes', { lastModified: rehearsal.now - 60_000 });
    rehearsal.replicate(() => ({ checksums: { SHA256: 'different' } }));
    const { state } = await rehearsal.prove();
    expect(state?.proved).toEqual({ present: '2026-11-23T13:00:00.000Z' });
  });
});

describe('any history with any damage', () => {
  interface Plan {
    readonly key: string;
    readonly sizes: readonly number[];
    readonly isMarked: boolean;
    readonly harm: 'none' | 'loseOldest' | 'loseMarker' | 'resize' | 'rekey' | 'rot' | 'forge';
  }
  const plan: fc.Arbitrary<Plan> = fc.record({
    key: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    sizes: fc.array(fc.nat(30), { minLength: 1, maxLength: 6 }),
    isMarked: fc.boolean(),
    harm: fc.constantFrom('none', 'loseOldest', 'loseMarker', 'resize', 'rekey', 'rot', 'forge'),
  });

  /** Harms the replica's history of one key; answers what must be found. */
  const harm = (rehearsal: Rehearsal, { key, harm: kind, isMarked }: Plan): string[] => {
    const history = rehearsal.inReplica(key);
    const oldest = history.at(-1);
    if (oldest === undefined) {
      return [];
    }
    switch (kind) {
      case 'loseOldest':
        history.pop();
        return [`missing ${key}`];
      case 'loseMarker':
        if (isMarked) {
          history.shift();
        }
        return isMarked ? [`deleteMarkerMissing ${key}`] : [];
      case 'resize':
        oldest.body = Buffer.concat([oldest.body, Buffer.from('!')]);
        return [`differentSize ${key}`];
      case 'rekey':
        oldest.keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/other';
        return [`wrongKey ${key}`];
      case 'rot':
        oldest.checksums = { SHA256: 'rotten' };
        return [`checksumMismatch ${key}`];
      case 'forge':
        s3.put(rehearsal.replica, key, 'forged', { lastModified: START - HOUR });
        return [`differentVersion ${key}`];
      default:
        return [];
    }
  };

  const build = (plans: readonly Plan[]) => {
    const rehearsal = new Rehearsal(s3);
    return {
      rehearsal,
      fill: () => {
        for (const { key, sizes, isMarked } of plans) {
          for (const size of sizes) {
            rehearsal.write(key, 'x'.repeat(size), { lastModified: rehearsal.now - 60_000 });
          }
          if (isMarked) {
            rehearsal.remove(key, { lastModified: rehearsal.now - 60_000 });
          }
        }
        rehearsal.replicate();
      },
    };
  };

  test('is found exactly, in one run as in many', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(plan, { selector: ({ key }) => key, maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 12 }),
        async (plans, pageSize, looksPerRun) => {
          s3.pageSize = pageSize;
          const outcomes: unknown[] = [];
          for (const looks of [Number.POSITIVE_INFINITY, looksPerRun]) {
            const { rehearsal, fill } = build(plans);
            await rehearsal.prove();
            rehearsal.now += HOUR;
            fill();
            await rehearsal.prove();
            rehearsal.now += HOUR / 6;
            const planted = plans.flatMap((each) => harm(rehearsal, each));
            rehearsal.looksPerRun = looks;
            const run = await rehearsal.prove();
            expect(run.error).toBeUndefined();
            const seen = rehearsal.findings(run);
            expect(seen.map(({ kind, key }) => `${kind} ${key}`).sort()).toEqual(planted.sort());
            outcomes.push([seen.map(({ kind, key }) => [kind, key]), run.progress?.versions, run.progress?.bytes]);
          }
          expect(outcomes[1]).toEqual(outcomes[0]);
        },
      ),
      { numRuns: 25, seed: 20261123 },
    );
  });
});
