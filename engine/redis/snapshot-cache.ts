import { randomUUID } from 'node:crypto';
import type { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import type { S3Client } from '@aws-sdk/client-s3';
import { SNAPSHOT_TAG, type SnapshotRedisEvent, snapshotName } from '../contract/redis';
import { StateTakenError } from '../objects/state-object';
import type { SecretReader } from '../secrets/json-secret';
import { readCacheLogin } from './cache-login';
import { type CacheService, type CacheSnapshot, type CreateOutcome, cacheService } from './cache-service';
import type { OpenSession } from './cache-session';
import { countChanges, countUnknown } from './change-count';
import { expireSnapshots } from './expire-snapshots';
import { probeCache } from './probe';
import { type KnownSnapshot, type ProbeState, probeStateObject } from './probe-state';
import { decideSnapshot, type SnapshotDecision } from './save-points';
import type { ServerFigures } from './server-info';
import { followSnapshots, isUnderWay, newestOf, situationOf } from './snapshot-course';

/** Clients of a probe. */
export interface ProbeContext {
  readonly elastiCache: ElastiCacheClient;
  /** Client of the staging bucket's Region. */
  readonly s3: S3Client;
  readonly readSecret: SecretReader;
  readonly openSession: OpenSession;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What came of a look at a cache. */
export interface ProbeOutcome {
  readonly decision: SnapshotDecision | 'underWay' | 'otherRun';
  /** The snapshot that was asked for, and what ElastiCache said; `failed` is told among the problems. */
  readonly snapshot?: { readonly name: string; readonly outcome: CreateOutcome | 'failed' };
  /** Names of own snapshots that were deleted because they are too old. */
  readonly deleted: readonly string[];
  /** Changes that are in no complete snapshot, as {@link countChanges} counts them; absent when the servers could not be asked. */
  readonly changes?: number;
  /** Bytes of data in memory; absent when the servers could not be asked, or do not tell. */
  readonly bytes?: number;
  /** Seconds since the newest complete snapshot was begun; absent while there is none. */
  readonly lastSaveSeconds?: number;
  /**
   * Seconds for which changes wait for a snapshot to begin; absent while nothing was ever saved. What is in one under way does not wait, unless
   * it takes longer than any should.
   */
  readonly waitingSeconds?: number;
  /** Seconds of changes that would be lost now; absent while nothing was ever saved. */
  readonly rpoSeconds?: number;
  /** What went wrong on the way; the rest was done nevertheless. */
  readonly problems: readonly Error[];
}

/**
 * Looks at a cache: counts what has changed, follows its snapshots, takes one when a save point is due and deletes own ones that
 * are too old. A cache that cannot be asked is saved nevertheless, as if it had changed.
 *
 * A snapshot is written into the state before it is asked for, and only by the run that read the state last: so two runs at the
 * same moment take one snapshot, and one of a run that dies counts towards the quota.
 *
 * @throws Error when the state or the list of snapshots cannot be read.
 */
export async function snapshotCache(event: SnapshotRedisEvent, context: ProbeContext): Promise<ProbeOutcome> {
  const { target, store } = event;
  const service = cacheService(context.elastiCache, target);
  const states = probeStateObject(context.s3, store.stagingBucket, target.resource);
  const stored = await states.read();
  const asked = await attempt(() => askServers(event, service, context));
  const listed = await service.snapshots();
  const now = context.now();
  const state = stateAfter(stored.state, asked.result, listed, now);
  const decision = isUnderWay(state.snapshots)
    ? 'underWay'
    : decideSnapshot(situationOf(target, state.snapshots, state.count.total, now));
  const wanted = decision === 'due' ? [wantedAt(now, state.count.total)] : [];
  const written = await attempt(() => states.write(withSnapshots(state, wanted), stored.etag));
  if (written.problem instanceof StateTakenError) {
    return { decision: 'otherRun', deleted: [], problems: [] };
  }
  if (written.problem !== undefined) {
    throw written.problem;
  }
  const taken = await takeSnapshot(service, target.resource, wanted);
  if (taken.recorded !== wanted) {
    await states.write(withSnapshots(state, taken.recorded), written.result);
  }
  const expired = await attempt(() => expireSnapshots(context.elastiCache, service, target, listed, now));
  return {
    decision,
    ...taken.told,
    deleted: expired.result ?? [],
    ...figuresOf(state, asked.result, now),
    problems: [asked.problem, taken.problem, expired.problem].filter((problem) => problem !== undefined),
  };
}

async function askServers(
  { target }: SnapshotRedisEvent,
  service: CacheService,
  { readSecret, openSession }: ProbeContext,
): Promise<ServerFigures[]> {
  const [endpoint, credentials] = await Promise.all([service.endpoint(), readCacheLogin(target.login, readSecret)]);
  return probeCache(endpoint, credentials, openSession);
}

function stateAfter(
  before: ProbeState | undefined,
  servers: readonly ServerFigures[] | undefined,
  listed: readonly CacheSnapshot[],
  now: number,
): ProbeState {
  return {
    format: 1,
    run: randomUUID(),
    probedAt: new Date(now).toISOString(),
    count: servers === undefined ? countUnknown(before?.count) : countChanges(before?.count, servers),
    snapshots: followSnapshots(before, listed, now),
  };
}

/** @param total changes that the snapshot will hold for certain. */
function wantedAt(now: number, total: number): KnownSnapshot {
  const at = new Date(now);
  const name = snapshotName(at);
  return { name, at: at.toISOString(), mark: total, isOwn: true, isManual: true, status: 'tried' };
}

const withSnapshots = (state: ProbeState, more: readonly KnownSnapshot[]): ProbeState => ({
  ...state,
  snapshots: [...state.snapshots, ...more],
});

/** What came of asking for a snapshot, and what the state is to remember of it. */
interface Taken {
  readonly told: Pick<ProbeOutcome, 'snapshot'>;
  readonly recorded: readonly KnownSnapshot[];
  readonly problem?: Error | undefined;
}

/** A cache that is busy and a name that another cache has just taken are no failures: the next probe tries again. */
async function takeSnapshot(service: CacheService, resource: string, wanted: readonly KnownSnapshot[]): Promise<Taken> {
  const [snapshot] = wanted;
  if (snapshot === undefined) {
    return { told: {}, recorded: wanted };
  }
  const { name } = snapshot;
  const { result, problem } = await attempt(() => service.createSnapshot(name, { key: SNAPSHOT_TAG, value: resource }));
  const told = { snapshot: { name, outcome: result ?? ('failed' as const) } };
  switch (result) {
    case 'begun':
      return { told, recorded: wanted };
    case 'busy':
    case 'nameTaken':
      return { told, recorded: [] };
    default:
      return { told, recorded: [{ ...snapshot, status: 'failed' }], problem };
  }
}

function figuresOf(
  { snapshots, count }: ProbeState,
  servers: readonly ServerFigures[] | undefined,
  now: number,
): Pick<ProbeOutcome, 'changes' | 'bytes' | 'lastSaveSeconds' | 'waitingSeconds' | 'rpoSeconds'> {
  const saved = newestOf(snapshots, ['saved']);
  const changes = count.total - (saved?.mark ?? 0);
  const ageOf = ({ at }: KnownSnapshot) => Math.max(0, (now - Date.parse(at)) / 1000);
  const age = saved && ageOf(saved);
  const underWay = newestOf(snapshots, ['tried', 'creating']);
  const running = underWay && ageOf(underWay);
  const waiting = running !== undefined && running < LONGEST_SNAPSHOT_SECONDS ? running : age;
  const bytes = servers && bytesOf(servers);
  return {
    ...(servers !== undefined && { changes }),
    ...(bytes !== undefined && { bytes }),
    ...(age !== undefined && {
      lastSaveSeconds: age,
      waitingSeconds: changes > 0 ? Math.min(waiting ?? age, age) : 0,
      rpoSeconds: changes > 0 ? age : 0,
    }),
  };
}

/** Time after which a snapshot under way is taken to hang. */
const LONGEST_SNAPSHOT_SECONDS = 4 * 3600;

/** Of all servers; those of some would pass for those of all. */
function bytesOf(servers: readonly ServerFigures[]): number | undefined {
  const told = servers.flatMap(({ bytes }) => bytes ?? []);
  return told.length === servers.length ? told.reduce((sum, bytes) => sum + bytes, 0) : undefined;
}

async function attempt<Result>(act: () => Promise<Result>): Promise<{ result?: Result; problem?: Error }> {
  try {
    return { result: await act() };
  } catch (error) {
    return { problem: error instanceof Error ? error : new Error(String(error)) };
  }
}
