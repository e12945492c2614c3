import fc from 'fast-check';
import {
  type FileLifecycle,
  lifecycleProblems,
  STORAGE_CLASSES,
  type VersionLifecycle,
} from '../../../lib/files/file-lifecycle';

/** Up to ten years, so that the replica, which keeps versions longer, stays below the limit of 100 years. */
const days = fc.integer({ min: 1, max: 3650 });

const versions: fc.Arbitrary<VersionLifecycle> = fc.record(
  {
    transitions: fc
      .tuple(fc.subarray([...STORAGE_CLASSES], { maxLength: 3 }), fc.array(days, { minLength: 3, maxLength: 3 }))
      .map(([classes, ages]) => {
        const sorted = [...ages].sort((a, b) => a - b);
        return classes.map((storageClass, index) => ({ storageClass, afterDays: sorted[index] ?? 1 }));
      }),
    expireAfterDays: days,
  },
  { requiredKeys: [] },
);

/** Any lifecycle of well-formed fields, most of them with problems between the fields. */
export const anyLifecycle: fc.Arbitrary<FileLifecycle> = fc.record(
  { currentVersions: versions, noncurrentVersions: versions, abortIncompleteUploadsAfterDays: days, lockDays: days },
  { requiredKeys: [] },
);

/** Any lifecycle that can be deployed on a source. */
export const validLifecycle = anyLifecycle.filter(
  (lifecycle) => lifecycleProblems(lifecycle, 'lifecycle').length === 0,
);
