import type {
  RedisRestoreSettings,
  RestorableStore,
  RestoreExecution,
  RestoreRedisRequest,
} from '../contract/restore-managed';
import type { StoredObject } from '../objects/stored-object';
import { readCacheLogin } from '../redis/cache-login';
import type { RedisManifest } from '../redis/redis-manifest';
import type { SecretReader } from '../secrets/json-secret';
import type { CacheSeeds } from './cache-seeds';
import { type CacheShape, plannedCacheShape, shapeOfManifest, shapeOfSnapshot } from './cache-shape';
import type { KeyCheck } from './key-check';
import type { ReplicationGroups } from './replication-groups';
import { RestoreRefusedError } from './restore-error';
import { NAME_LIMITS, restoredName } from './restored-name';

/** What a cache is restored from, made sure of. */
export type PlannedCacheSource =
  | { readonly kind: 'snapshot'; readonly name: string }
  /** Files of the protected bucket, one a shard, which are copied to where ElastiCache can read them. */
  | { readonly kind: 'exported'; readonly store: RestorableStore; readonly files: readonly StoredObject[] };

/** Everything that a restore of a cache will make, and from what. Holds no secret. */
export interface CacheRestorePlan {
  /** Replication group that was backed up. */
  readonly replicationGroupId: string;
  /** What is made. */
  readonly newId: string;
  readonly source: PlannedCacheSource;
  readonly shape: CacheShape;
  /** Secret with the auth token. @default - users sign in by their groups, or everybody is let in who reaches the cache */
  readonly authSecretArn?: string;
}

/** What the steps of a restore of a cache ask. */
export interface CacheServices {
  readonly groups: ReplicationGroups;
  readonly seeds: CacheSeeds;
  readonly keys: KeyCheck;
  readonly readSecret: SecretReader;
}

/**
 * Plans a restore, and makes sure of everything that can be known before the first thing is made: that the source is there and
 * complete, keys can be used, the new id is free, and the place to restore to is there.
 *
 * @throws RestoreRefusedError when something is not; nothing has been made then. Error when a manifest or a secret cannot be read.
 */
export async function planCacheRestore(
  request: RestoreRedisRequest,
  execution: RestoreExecution,
  settings: RedisRestoreSettings,
  services: CacheServices,
): Promise<CacheRestorePlan> {
  const { replicationGroupId, resource, source } = request;
  const { groups } = services;
  const newId = restoredName(
    replicationGroupId,
    request.newReplicationGroupId,
    execution,
    NAME_LIMITS.replicationGroup,
  );
  const original = await groups.find(replicationGroupId);
  const store = settings.stores[resource];
  const planned =
    source.kind === 'snapshot'
      ? await fromSnapshot(source.name, groups)
      : await fromExport(resource, source.backupId, store, services.seeds);
  const shape = plannedCacheShape(request, original, planned.shape);
  await requirePlace(groups, newId, shape);
  await services.keys.requireUsable(shape.keyArn);
  const authSecretArn = await authSecret(original?.group.AuthTokenEnabled, shape, store, resource, services.readSecret);
  return {
    replicationGroupId,
    newId,
    source: planned.source,
    shape,
    ...(authSecretArn !== undefined && { authSecretArn }),
  };
}

interface PlannedFrom {
  readonly source: PlannedCacheSource;
  /** What the source tells of how the cache was set up. */
  readonly shape: Partial<CacheShape>;
}

async function fromSnapshot(name: string, groups: ReplicationGroups): Promise<PlannedFrom> {
  const snapshot = await groups.snapshot(name);
  if (snapshot === undefined) {
    throw new RestoreRefusedError(
      `ElastiCache has no snapshot ${name} in this Region. HINT: list them with \`aws elasticache describe-snapshots\`, or restore an exported backup.`,
    );
  }
  if (snapshot.SnapshotStatus !== 'available') {
    throw new RestoreRefusedError(
      `The snapshot ${name} must be available, got: ${snapshot.SnapshotStatus ?? 'unknown'}. HINT: wait until it is, or restore another.`,
    );
  }
  return { source: { kind: 'snapshot', name }, shape: shapeOfSnapshot(snapshot) };
}

async function fromExport(
  resource: string,
  backupId: string,
  store: RestorableStore | undefined,
  seeds: CacheSeeds,
): Promise<PlannedFrom> {
  if (store === undefined) {
    throw new RestoreRefusedError(
      `No cache is protected under the name ${resource}. HINT: name one of the configuration in \`resource\`.`,
    );
  }
  const manifest: RedisManifest | undefined = await seeds.manifest(store.bucket, resource, backupId);
  if (manifest === undefined) {
    throw new RestoreRefusedError(
      `There is no backup ${backupId} of the cache ${resource} in bucket ${store.bucket}. HINT: list the folders ${resource}/ of its tiers; a backup without manifest.json does not exist.`,
    );
  }
  const files = manifest.files.map(({ key, versionId, bytes, sha256, crc64nvme }) => ({
    key,
    versionId,
    bytes,
    sha256,
    crc64nvme,
  }));
  return { source: { kind: 'exported', store, files }, shape: shapeOfManifest(manifest) };
}

async function requirePlace(groups: ReplicationGroups, newId: string, shape: CacheShape): Promise<void> {
  if ((await groups.find(newId)) !== undefined) {
    throw new RestoreRefusedError(
      `There is a replication group ${newId} already, and nothing is replaced. HINT: choose another \`newReplicationGroupId\`, or leave it out.`,
    );
  }
  if (!(await groups.hasSubnetGroup(shape.subnetGroup))) {
    throw new RestoreRefusedError(
      `There is no subnet group ${shape.subnetGroup} of ElastiCache in this Region. HINT: name one in \`placement.subnetGroup\`.`,
    );
  }
  if (!(await groups.hasParameterGroup(shape.parameterGroup))) {
    throw new RestoreRefusedError(
      `There is no parameter group ${shape.parameterGroup} of ElastiCache in this Region. HINT: name one in \`placement.parameterGroup\`.`,
    );
  }
}

/**
 * ElastiCache tells nobody the auth token of a group, and a copy without it would let everybody in: so it must be in a secret.
 *
 * @returns undefined when the cache has none.
 */
async function authSecret(
  hasToken: boolean | undefined,
  { userGroupIds }: CacheShape,
  store: RestorableStore | undefined,
  resource: string,
  readSecret: SecretReader,
): Promise<string | undefined> {
  const secretArn = store?.authSecretArn;
  if (hasToken === false || userGroupIds.length > 0 || (secretArn === undefined && hasToken === undefined)) {
    return undefined;
  }
  if (secretArn === undefined) {
    throw new RestoreRefusedError(
      `The cache has an auth token, and no secret is known for ${resource} that holds it. HINT: protect the cache with \`CacheSignIn.withSecret\`, or restore it with \`placement.userGroupIds\`.`,
    );
  }
  const login = await readCacheLogin({ kind: 'secret', secretArn }, readSecret);
  if (login?.username !== undefined) {
    throw new RestoreRefusedError(
      `The secret ${secretArn} of ${resource} holds a user, not an auth token, and it is unknown which groups of users a copy shall have. HINT: say \`placement.userGroupIds\`.`,
    );
  }
  return secretArn;
}
