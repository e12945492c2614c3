import type { ObjectVersion } from './listing-page';

/** Two version histories of one key, brought side by side. All lists are newest first. */
export interface AlignedHistories {
  readonly matched: readonly (readonly [source: ObjectVersion, replica: ObjectVersion])[];
  readonly sourceOnly: readonly ObjectVersion[];
  readonly replicaOnly: readonly ObjectVersion[];
}

/**
 * Aligns the version histories of one key where copies have ids of their own, so that one missing version is one
 * difference and does not shift all others. Two versions in the same place match when both are delete markers or both
 * are objects; equal size and ETag make a match better, and the alignment with the best matches wins. Equal ends are
 * taken off first, oldest versions before newest, because replication copies in the order of writing.
 *
 * @param source history in the source, newest first.
 * @param replica history in the replica, newest first.
 */
export function alignHistories(source: readonly ObjectVersion[], replica: readonly ObjectVersion[]): AlignedHistories {
  const oldest = countEqual(source.length, replica.length, (back) =>
    isSameContent(source.at(-1 - back), replica.at(-1 - back)),
  );
  const newest = countEqual(source.length - oldest, replica.length - oldest, (place) =>
    isSameContent(source[place], replica[place]),
  );
  const middle = alignMiddle(
    source.slice(newest, source.length - oldest),
    replica.slice(newest, replica.length - oldest),
  );
  return {
    matched: [
      ...zip(source.slice(0, newest), replica.slice(0, newest)),
      ...middle.matched,
      ...zip(source.slice(source.length - oldest), replica.slice(replica.length - oldest)),
    ],
    sourceOnly: middle.sourceOnly,
    replicaOnly: middle.replicaOnly,
  };
}

/** Above this number of combinations (16 MB of costs) histories are compared place by place from the oldest on. */
const MOST_COMBINATIONS = 4_000_000;

/** Cost of leaving a version without a counterpart. Two of them cost more than the worst match of equal kind. */
const ALONE = 2;

function countEqual(left: number, right: number, isEqual: (place: number) => boolean): number {
  const most = Math.min(left, right);
  let count = 0;
  while (count < most && isEqual(count)) {
    count += 1;
  }
  return count;
}

function isSameContent(source: ObjectVersion | undefined, replica: ObjectVersion | undefined): boolean {
  return source !== undefined && replica !== undefined && matchCost(source, replica) === 0;
}

/** 0 for equal content, more the less two versions have in common, infinite when they cannot be the same. */
function matchCost(source: ObjectVersion, replica: ObjectVersion): number {
  if (source.isDeleteMarker !== replica.isDeleteMarker) {
    return Number.POSITIVE_INFINITY;
  }
  if (source.size !== replica.size) {
    return 3;
  }
  return source.etag === replica.etag ? 0 : 1;
}

function alignMiddle(source: readonly ObjectVersion[], replica: readonly ObjectVersion[]): AlignedHistories {
  return (source.length + 1) * (replica.length + 1) > MOST_COMBINATIONS
    ? alignByPlace(source, replica)
    : alignByCost(source, replica);
}

function alignByPlace(source: readonly ObjectVersion[], replica: readonly ObjectVersion[]): AlignedHistories {
  const shared = Math.min(source.length, replica.length);
  const newerInSource = source.length - shared;
  const newerInReplica = replica.length - shared;
  const pairs = zip(source.slice(newerInSource), replica.slice(newerInReplica));
  const isPossible = ([left, right]: readonly [ObjectVersion, ObjectVersion]) =>
    Number.isFinite(matchCost(left, right));
  const impossible = pairs.filter((both) => !isPossible(both));
  return {
    matched: pairs.filter(isPossible),
    sourceOnly: [...source.slice(0, newerInSource), ...impossible.map(([left]) => left)],
    replicaOnly: [...replica.slice(0, newerInReplica), ...impossible.map(([, right]) => right)],
  };
}

/** Edit distance with {@link matchCost} as the cost of a match and {@link ALONE} as that of a gap. */
function alignByCost(source: readonly ObjectVersion[], replica: readonly ObjectVersion[]): AlignedHistories {
  const costs = remainingCosts(source, replica);
  const matched: [ObjectVersion, ObjectVersion][] = [];
  const sourceOnly: ObjectVersion[] = [];
  const replicaOnly: ObjectVersion[] = [];
  let left = 0;
  let right = 0;
  for (;;) {
    const fromSource = source[left];
    const fromReplica = replica[right];
    const cost = costs(left, right);
    if (fromSource !== undefined && cost === ALONE + costs(left + 1, right)) {
      sourceOnly.push(fromSource);
      left += 1;
    } else if (fromReplica !== undefined && cost === ALONE + costs(left, right + 1)) {
      replicaOnly.push(fromReplica);
      right += 1;
    } else if (fromSource !== undefined && fromReplica !== undefined) {
      matched.push([fromSource, fromReplica]);
      left += 1;
      right += 1;
    } else {
      return { matched, sourceOnly, replicaOnly };
    }
  }
}

/** Least cost of aligning what is left of both histories from two places on. */
function remainingCosts(source: readonly ObjectVersion[], replica: readonly ObjectVersion[]) {
  const width = replica.length + 1;
  const table = new Float32Array((source.length + 1) * width);
  const cost = (left: number, right: number): number =>
    left > source.length || right > replica.length ? Number.POSITIVE_INFINITY : (table[left * width + right] ?? 0);
  for (let left = source.length; left >= 0; left -= 1) {
    for (let right = replica.length; right >= 0; right -= 1) {
      const fromSource = source[left];
      const fromReplica = replica[right];
      const isEnd = fromSource === undefined && fromReplica === undefined;
      const match =
        fromSource && fromReplica ? matchCost(fromSource, fromReplica) + cost(left + 1, right + 1) : Infinity;
      const gap = ALONE + Math.min(cost(left + 1, right), cost(left, right + 1));
      table[left * width + right] = isEnd ? 0 : Math.min(match, gap);
    }
  }
  return cost;
}

function zip(source: readonly ObjectVersion[], replica: readonly ObjectVersion[]) {
  return source.flatMap((left, place): [ObjectVersion, ObjectVersion][] => {
    const right = replica[place];
    return right === undefined ? [] : [[left, right]];
  });
}
