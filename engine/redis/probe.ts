import { isIP } from 'node:net';
import { inParallel } from '../objects/in-parallel';
import type { CacheCredentials } from './cache-login';
import type { CacheSession, OpenSession, ServerAddress } from './cache-session';
import { readServerInfo, type ServerFigures } from './server-info';

/** Where a cache is reached. */
export interface CacheEndpoint {
  /** The primary, or in cluster mode any node, or the only endpoint of a serverless cache. */
  readonly address: ServerAddress;
  /** Whether the primaries of several shards must be asked for. */
  readonly isSharded: boolean;
}

/**
 * Reads the figures of every primary of a cache: those of all shards in cluster mode, which the cache itself names.
 *
 * @throws Error when one of them cannot be asked: figures of some would pass for those of all.
 */
export async function probeCache(
  endpoint: CacheEndpoint,
  credentials: CacheCredentials | undefined,
  open: OpenSession,
): Promise<ServerFigures[]> {
  const { address, isSharded } = endpoint;
  const ask = async <Answer>(at: ServerAddress, act: (session: CacheSession) => Promise<Answer>): Promise<Answer> => {
    const session = await open(at, credentials, address.host);
    try {
      return await act(session);
    } finally {
      session.close();
    }
  };
  const primaries = isSharded ? await ask(address, (session) => primariesOf(session, address)) : [address];
  return inParallel(primaries, MOST_CONNECTIONS, (primary) =>
    ask(primary, async (session) => readServerInfo(String(await session.ask('INFO')), nameOf(primary))),
  );
}

/** A cluster has up to 500 shards. */
const MOST_CONNECTIONS = 16;

/**
 * The primaries that CLUSTER SLOTS names: for each range of slots its first and last, and then the nodes, the primary first.
 * https://redis.io/docs/latest/commands/cluster-slots/
 */
async function primariesOf(session: CacheSession, asked: ServerAddress): Promise<ServerAddress[]> {
  const ranges = await session.ask('CLUSTER', 'SLOTS');
  const primaries = new Map<string, ServerAddress>();
  for (const range of Array.isArray(ranges) ? ranges : []) {
    const primary = addressOf(range, asked);
    if (primary === undefined) {
      throw new Error(
        `${nameOf(asked)} answered CLUSTER SLOTS in a form that is not known. HINT: look whether the cache is in cluster mode.`,
      );
    }
    primaries.set(nameOf(primary), primary);
  }
  if (primaries.size === 0) {
    throw new Error(
      `${nameOf(asked)} names no shards. HINT: wait until the cache is available, and look at its shards.`,
    );
  }
  return [...primaries.values()];
}

/** @returns undefined when the range names no primary. A host that the node does not know of itself is the one that was asked. */
function addressOf(range: unknown, asked: ServerAddress): ServerAddress | undefined {
  const [, , node] = Array.isArray(range) ? range : [];
  const [host, port, , metadata] = Array.isArray(node) ? node : [];
  if ((typeof host !== 'string' && host !== null) || !Number.isInteger(port)) {
    return undefined;
  }
  const names = host !== null && isIP(host) === 0 ? [host] : [hostNameOf(metadata), host];
  return { host: names.find((name) => typeof name === 'string' && name !== '') ?? asked.host, port };
}

/** The name among the metadata of a node, a list of names and values, of Redis 7 and Valkey. */
function hostNameOf(metadata: unknown): string | undefined {
  const pairs: unknown[] = Array.isArray(metadata) ? metadata : [];
  const name = pairs[pairs.indexOf('hostname') + 1];
  return pairs.includes('hostname') && typeof name === 'string' ? name : undefined;
}

const nameOf = ({ host, port }: ServerAddress): string => `The cache at ${host}:${port}`;
