import { alignHistories } from './content-alignment';
import { compareKeys } from './key-order';
import type { ObjectVersion } from './listing-page';

/** A version listing as the join needs it; see `VersionListing`. */
export interface VersionWalk {
  readonly current: ObjectVersion | undefined;
  advance(): Promise<void> | undefined;
}

/** What the join tells of one key, in the order of keys. */
export interface JoinVisitor {
  /** The same version on both sides. A returned promise is waited for. */
  matched(source: ObjectVersion, replica: ObjectVersion): Promise<void> | undefined;
  /** What has no counterpart on the other side, newest first; called once a key, and only if there is any. */
  unmatched(unmatched: UnmatchedVersions): Promise<void> | undefined;
  /** All versions of the key have been told. Answers whether to stop here. */
  keyDone(key: string): boolean;
}

/** The versions of one key that only one side has. */
export interface UnmatchedVersions {
  /** Newest version in the source, whether matched or not; absent when the source has none of this key. */
  readonly sourceLatest: ObjectVersion | undefined;
  readonly sourceOnly: readonly ObjectVersion[];
  readonly replicaOnly: readonly ObjectVersion[];
  /** For each delete marker among them the next older version on its side, where there is one. */
  readonly beneath: ReadonlyMap<ObjectVersion, ObjectVersion>;
}

/**
 * Joins two version listings by version id: S3 replicas keep the id of their source.
 *
 * Memory stays small however many versions a key has, as long as both sides list them in a similar order: only versions
 * whose counterpart has not come by yet are kept.
 *
 * @returns whether both listings were walked to their end.
 */
export async function joinByVersionId(source: VersionWalk, replica: VersionWalk, visitor: JoinVisitor) {
  return joinByKey(source, replica, visitor, joinKeyByVersionId);
}

/**
 * Joins two version listings by place in the version history and by content, for a store that gives copies new ids.
 * Holds the history of one key in memory.
 *
 * @returns whether both listings were walked to their end.
 */
export async function joinByContent(source: VersionWalk, replica: VersionWalk, visitor: JoinVisitor) {
  return joinByKey(source, replica, visitor, joinKeyByContent);
}

type JoinKey = (key: string, source: VersionWalk, replica: VersionWalk, visitor: JoinVisitor) => Promise<void>;

async function joinByKey(
  source: VersionWalk,
  replica: VersionWalk,
  visitor: JoinVisitor,
  joinKey: JoinKey,
): Promise<boolean> {
  for (let key = firstKey(source, replica); key !== undefined; key = firstKey(source, replica)) {
    await joinKey(key, source, replica, visitor);
    if (visitor.keyDone(key) && firstKey(source, replica) !== undefined) {
      return false;
    }
  }
  return true;
}

function firstKey(source: VersionWalk, replica: VersionWalk): string | undefined {
  const sourceKey = source.current?.key;
  const replicaKey = replica.current?.key;
  if (sourceKey === undefined || replicaKey === undefined) {
    return sourceKey ?? replicaKey;
  }
  return compareKeys(sourceKey, replicaKey) <= 0 ? sourceKey : replicaKey;
}

async function joinKeyByVersionId(
  key: string,
  source: VersionWalk,
  replica: VersionWalk,
  visitor: JoinVisitor,
): Promise<void> {
  const sourceLatest = versionOf(key, source);
  const sourceOnly = new Map<string, ObjectVersion>();
  const replicaOnly = new Map<string, ObjectVersion>();
  const beneath = new Map<ObjectVersion, ObjectVersion>();
  let aboveInSource: ObjectVersion | undefined;
  let aboveInReplica: ObjectVersion | undefined;
  for (;;) {
    const fromSource = versionOf(key, source);
    const fromReplica = versionOf(key, replica);
    rememberBeneath(aboveInSource, fromSource, sourceOnly, beneath);
    rememberBeneath(aboveInReplica, fromReplica, replicaOnly, beneath);
    aboveInSource = fromSource;
    aboveInReplica = fromReplica;
    if (fromSource === undefined && fromReplica === undefined) {
      break;
    }
    // Nearly all versions take this path and wait for nothing; an `await` for each would cost more than reading it did.
    const told =
      fromSource && fromReplica && fromSource.versionId === fromReplica.versionId
        ? visitor.matched(fromSource, fromReplica)
        : pairUp(fromSource, fromReplica, sourceOnly, replicaOnly, visitor);
    if (told !== undefined) {
      await told;
    }
    const stepped = stepBoth(fromSource && source, fromReplica && replica);
    if (stepped !== undefined) {
      await stepped;
    }
  }
  if (sourceOnly.size > 0 || replicaOnly.size > 0) {
    await visitor.unmatched({
      sourceLatest,
      sourceOnly: [...sourceOnly.values()],
      replicaOnly: [...replicaOnly.values()],
      beneath,
    });
  }
}

/** Keeps what lies beneath a delete marker that has no counterpart yet. */
function rememberBeneath(
  above: ObjectVersion | undefined,
  version: ObjectVersion | undefined,
  waiting: ReadonlyMap<string, ObjectVersion>,
  beneath: Map<ObjectVersion, ObjectVersion>,
): void {
  if (above?.isDeleteMarker && version !== undefined && waiting.has(above.versionId)) {
    beneath.set(above, version);
  }
}

/** Tells two different versions with the counterparts that wait for them, or lets them wait for theirs. */
async function pairUp(
  fromSource: ObjectVersion | undefined,
  fromReplica: ObjectVersion | undefined,
  sourceOnly: Map<string, ObjectVersion>,
  replicaOnly: Map<string, ObjectVersion>,
  visitor: JoinVisitor,
): Promise<void> {
  const inReplica = fromSource && takeOrWait(fromSource, replicaOnly, sourceOnly);
  if (fromSource && inReplica) {
    await visitor.matched(fromSource, inReplica);
  }
  const inSource = fromReplica && takeOrWait(fromReplica, sourceOnly, replicaOnly);
  if (fromReplica && inSource) {
    await visitor.matched(inSource, fromReplica);
  }
}

function takeOrWait(
  version: ObjectVersion,
  counterparts: Map<string, ObjectVersion>,
  waiting: Map<string, ObjectVersion>,
): ObjectVersion | undefined {
  const counterpart = counterparts.get(version.versionId);
  if (counterpart === undefined) {
    waiting.set(version.versionId, version);
  } else {
    counterparts.delete(version.versionId);
  }
  return counterpart;
}

async function joinKeyByContent(
  key: string,
  source: VersionWalk,
  replica: VersionWalk,
  visitor: JoinVisitor,
): Promise<void> {
  const sourceHistory = await readHistory(key, source);
  const replicaHistory = await readHistory(key, replica);
  const { matched, sourceOnly, replicaOnly } = alignHistories(sourceHistory, replicaHistory);
  for (const [fromSource, fromReplica] of matched) {
    await visitor.matched(fromSource, fromReplica);
  }
  if (sourceOnly.length > 0 || replicaOnly.length > 0) {
    const beneath = new Map([...beneathMarkers(sourceHistory), ...beneathMarkers(replicaHistory)]);
    await visitor.unmatched({ sourceLatest: sourceHistory[0], sourceOnly, replicaOnly, beneath });
  }
}

function beneathMarkers(history: readonly ObjectVersion[]): [ObjectVersion, ObjectVersion][] {
  return history.flatMap((version, place): [ObjectVersion, ObjectVersion][] => {
    const next = history[place + 1];
    return version.isDeleteMarker && next !== undefined ? [[version, next]] : [];
  });
}

async function readHistory(key: string, walk: VersionWalk): Promise<ObjectVersion[]> {
  const history: ObjectVersion[] = [];
  for (let version = versionOf(key, walk); version !== undefined; version = versionOf(key, walk)) {
    history.push(version);
    await walk.advance();
  }
  return history;
}

function versionOf(key: string, walk: VersionWalk): ObjectVersion | undefined {
  return walk.current?.key === key ? walk.current : undefined;
}

function stepBoth(source: VersionWalk | undefined, replica: VersionWalk | undefined): Promise<unknown> | undefined {
  const sourceStep = source?.advance();
  const replicaStep = replica?.advance();
  return sourceStep && replicaStep ? Promise.all([sourceStep, replicaStep]) : (sourceStep ?? replicaStep);
}
