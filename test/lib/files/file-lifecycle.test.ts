import fc from 'fast-check';
import {
  type FileLifecycle,
  lifecycleProblems,
  lifecycleRules,
  REPLICA_KEEPS_LONGER_DAYS,
  replicaLifecycleProblems,
  type StorageClass,
} from '../../../lib/files/file-lifecycle';
import { validLifecycle } from './random-lifecycle';

describe('rules of a bucket', () => {
  test('without any wish: uploads never completed and delete markers that hide nothing go, all else stays', () => {
    expect(lifecycleRules({})).toEqual([
      { id: 'holdfast-versions', status: 'Enabled', abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
      { id: 'holdfast-expired-delete-markers', status: 'Enabled', expiredObjectDeleteMarker: true },
    ]);
  });

  test('with every wish: one rule for the versions, and the markers apart, which S3 does not take with an age', () => {
    const rules = lifecycleRules({
      currentVersions: {
        transitions: [
          { storageClass: 'STANDARD_IA', afterDays: 30 },
          { storageClass: 'GLACIER', afterDays: 90 },
        ],
        expireAfterDays: 365,
      },
      noncurrentVersions: { transitions: [{ storageClass: 'GLACIER_IR', afterDays: 10 }], expireAfterDays: 100 },
      abortIncompleteUploadsAfterDays: 2,
      lockDays: 50,
    });
    expect(rules).toEqual([
      {
        id: 'holdfast-versions',
        status: 'Enabled',
        abortIncompleteMultipartUpload: { daysAfterInitiation: 2 },
        transitions: [
          { storageClass: 'STANDARD_IA', transitionInDays: 30 },
          { storageClass: 'GLACIER', transitionInDays: 90 },
        ],
        expirationInDays: 365,
        noncurrentVersionTransitions: [{ storageClass: 'GLACIER_IR', transitionInDays: 10 }],
        noncurrentVersionExpiration: { noncurrentDays: 100 },
      },
      { id: 'holdfast-expired-delete-markers', status: 'Enabled', expiredObjectDeleteMarker: true },
    ]);
  });
});

describe('a lifecycle', () => {
  test('may be empty', () => {
    expect(lifecycleProblems({}, 'lifecycle')).toEqual([]);
  });

  test.each(['currentVersions', 'noncurrentVersions'] as const)(
    'may move and expire %s at the earliest ages',
    (side) => {
      const transitions = moves(['STANDARD_IA', 30], ['GLACIER_IR', 60], ['DEEP_ARCHIVE', 150]);
      expect(lifecycleProblems({ [side]: { transitions, expireAfterDays: 330 } }, 'lifecycle')).toEqual([]);
    },
  );

  test.each([
    ['STANDARD_IA', 29],
    ['ONEZONE_IA', 1],
  ] as const)('may not move to %s before 30 days', (storageClass, afterDays) => {
    expect(problemsOf({ currentVersions: { transitions: moves([storageClass, afterDays]) } })).toEqual([
      `lifecycle.currentVersions.transitions[0].afterDays: must be at least 30 for ${storageClass}, got: ${afterDays}`,
    ]);
  });

  test.each(['INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'] as const)(
    'may move to %s after a day',
    (storageClass) => {
      expect(problemsOf({ currentVersions: { transitions: moves([storageClass, 1]) } })).toEqual([]);
    },
  );

  test.each([
    ['STANDARD_IA', 30],
    ['ONEZONE_IA', 30],
    ['GLACIER', 90],
  ] as const)('may not leave %s before the %i days that are billed', (storageClass, stayDays) => {
    const early = moves([storageClass, 40], ['DEEP_ARCHIVE', 40 + stayDays - 1]);
    expect(problemsOf({ currentVersions: { transitions: early } })).toEqual([
      `lifecycle.currentVersions.transitions[1].afterDays: must be at least ${40 + stayDays}, after the move to ${storageClass} at 40 days and the ${stayDays} days that are billed there, got: ${39 + stayDays}`,
    ]);
  });

  test('may not move twice on the same day, even out of a class without a minimum', () => {
    expect(problemsOf({ currentVersions: { transitions: moves(['INTELLIGENT_TIERING', 5], ['GLACIER', 5]) } })).toEqual(
      [
        'lifecycle.currentVersions.transitions[1].afterDays: must be at least 6, after the move to INTELLIGENT_TIERING at 5 days and the 0 days that are billed there, got: 5',
      ],
    );
  });

  test.each([
    ['GLACIER', 'STANDARD_IA'],
    ['GLACIER_IR', 'GLACIER_IR'],
    ['INTELLIGENT_TIERING', 'STANDARD_IA'],
    ['ONEZONE_IA', 'INTELLIGENT_TIERING'],
  ] as const)('may not move from %s to %s', (from, to) => {
    expect(problemsOf({ noncurrentVersions: { transitions: moves([from, 100], [to, 500]) } })).toEqual([
      `lifecycle.noncurrentVersions.transitions[1].storageClass: must be colder than ${from} (order: STANDARD_IA, INTELLIGENT_TIERING, ONEZONE_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE), got: ${to}`,
    ]);
  });

  test('may not move from ONEZONE_IA to GLACIER_IR, which S3 refuses', () => {
    expect(problemsOf({ currentVersions: { transitions: moves(['ONEZONE_IA', 30], ['GLACIER_IR', 60]) } })).toEqual([
      'lifecycle.currentVersions.transitions[1].storageClass: must be GLACIER or DEEP_ARCHIVE after ONEZONE_IA, S3 allows no other move from there, got: GLACIER_IR',
    ]);
  });

  test.each([
    ['GLACIER_IR', 1, 'must be at least 91', 90],
    ['DEEP_ARCHIVE', 30, 'must be at least 210', 209],
    ['INTELLIGENT_TIERING', 30, 'must be at least 31', 30],
  ] as const)('may not expire versions that are just in %s', (storageClass, afterDays, message, expireAfterDays) => {
    const versions = { transitions: moves([storageClass, afterDays]), expireAfterDays };
    expect(problemsOf({ noncurrentVersions: versions })).toEqual([
      expect.stringMatching(
        new RegExp(`^lifecycle\\.noncurrentVersions\\.expireAfterDays: ${message}, .*, got: ${expireAfterDays}$`),
      ),
    ]);
  });

  test('may not lock versions past their expiry', () => {
    expect(problemsOf({ noncurrentVersions: { expireAfterDays: 30 }, lockDays: 31 })).toEqual([
      'lifecycle.lockDays: must not be longer than noncurrentVersions.expireAfterDays (30), or versions could not be deleted when they expire, got: 31',
    ]);
    expect(problemsOf({ noncurrentVersions: { expireAfterDays: 30 }, lockDays: 30 })).toEqual([]);
  });

  test('may lock versions that never expire', () => {
    expect(problemsOf({ lockDays: 36_500 })).toEqual([]);
  });

  test.each([0, -1, 1.5, Number.NaN, 36_501])('may not count %d days', (days) => {
    const allowed = `must be a whole number of days from 1 to 36500, got: ${days}`;
    expect(
      problemsOf({
        currentVersions: { expireAfterDays: days },
        noncurrentVersions: { transitions: moves(['GLACIER', days]) },
        abortIncompleteUploadsAfterDays: days,
        lockDays: days,
      }),
    ).toEqual([
      `lifecycle.currentVersions.expireAfterDays: ${allowed}`,
      `lifecycle.noncurrentVersions.transitions[0].afterDays: ${allowed}`,
      `lifecycle.abortIncompleteUploadsAfterDays: ${allowed}`,
      `lifecycle.lockDays: ${allowed}`,
    ]);
  });
});

describe('a replica', () => {
  const source: FileLifecycle = {
    currentVersions: { expireAfterDays: 365 },
    noncurrentVersions: { expireAfterDays: 30 },
  };

  test('may keep everything for ever', () => {
    expect(replicaLifecycleProblems(source, {}, 'replica')).toEqual([]);
  });

  test('may keep versions exactly as much longer as it must', () => {
    const replica = { currentVersions: { expireAfterDays: 372 }, noncurrentVersions: { expireAfterDays: 37 } };
    expect(replicaLifecycleProblems(source, replica, 'replica')).toEqual([]);
  });

  test('must keep versions longer than the source', () => {
    const replica = { currentVersions: { expireAfterDays: 371 }, noncurrentVersions: { expireAfterDays: 30 } };
    expect(replicaLifecycleProblems(source, replica, 'replica')).toEqual([
      {
        path: 'replica.currentVersions.expireAfterDays',
        message: "must be at least 372, 7 days more than the source's 365, got: 371",
      },
      {
        path: 'replica.noncurrentVersions.expireAfterDays',
        message: "must be at least 37, 7 days more than the source's 30, got: 30",
      },
    ]);
  });

  test('must not expire what the source keeps for ever', () => {
    expect(replicaLifecycleProblems({}, { noncurrentVersions: { expireAfterDays: 9999 } }, 'replica')).toEqual([
      {
        path: 'replica.noncurrentVersions.expireAfterDays',
        message: 'the replica would expire versions after 9999 days that the source keeps for ever. HINT: leave it out',
      },
    ]);
  });

  test.each([
    [undefined, 'none'],
    [364, '364'],
  ])('must be locked as long as its source, not for %s days', (lockDays, shown) => {
    const replica = lockDays === undefined ? {} : { lockDays };
    expect(replicaLifecycleProblems({ lockDays: 365 }, replica, 'replica')).toEqual([
      { path: 'replica.lockDays', message: `must be at least the source's 365, got: ${shown}` },
    ]);
  });
});

test('every lifecycle without problems becomes rules that S3 takes', () => {
  fc.assert(
    fc.property(validLifecycle, (lifecycle) => {
      const [rule] = lifecycleRules(lifecycle);
      const current = [...ages(rule?.transitions), rule?.expirationInDays ?? Number.POSITIVE_INFINITY];
      expect(current).toEqual([...new Set(current)].sort((a, b) => a - b));
    }),
  );
});

test('what the replica keeps longer is more than a day, so that S3 may be late', () => {
  expect(REPLICA_KEEPS_LONGER_DAYS).toBeGreaterThan(1);
});

function ages(transitions: unknown): number[] {
  return ((transitions ?? []) as { transitionInDays: number }[]).map(({ transitionInDays }) => transitionInDays);
}

function moves(...each: readonly (readonly [StorageClass, number])[]) {
  return each.map(([storageClass, afterDays]) => ({ storageClass, afterDays }));
}

function problemsOf(lifecycle: FileLifecycle): string[] {
  return lifecycleProblems(lifecycle, 'lifecycle').map(({ path, message }) => `${path}: ${message}`);
}
