import type { ServerFigures } from './server-info';

/** A running total of the changes of a cache. */
export interface ChangeCount {
  /** What each server has told, by the id of its run. */
  readonly servers: Readonly<Record<string, number>>;
  /** Changes since counting began. */
  readonly total: number;
}

/**
 * Counts on from what the servers tell. Their own counters cannot be relied on: each is set back whenever that server saves itself,
 * and ElastiCache saves on a replica where there is one; so the differences from probe to probe are summed up.
 *
 * What is not counted: changes between the last probe and a restart, a failover or a save of the server, up to a minute of
 * them. Each such event, each server that is new, and each probe of a server that does not tell its changes counts as one
 * change at least, so that a save point of one change is never missed.
 *
 * @param before undefined at the first probe: then everything that the servers tell counts.
 */
export function countChanges(before: ChangeCount | undefined, servers: readonly ServerFigures[]): ChangeCount {
  const added = servers.map(({ runId, changes }) => {
    if (changes === undefined) {
      return 1;
    }
    if (before === undefined) {
      return changes;
    }
    const earlier = before.servers[runId];
    if (earlier === undefined) {
      return 1;
    }
    return changes >= earlier ? changes - earlier : Math.max(1, changes);
  });
  return {
    servers: Object.fromEntries(servers.map(({ runId, changes = 0 }) => [runId, changes])),
    total: added.reduce((sum, each) => sum + each, before?.total ?? 0),
  };
}

/** The count after a probe that failed: something may have changed. */
export function countUnknown(before: ChangeCount | undefined): ChangeCount {
  return { servers: before?.servers ?? {}, total: (before?.total ?? 0) + 1 };
}
