/** A kept backup, as far as proofs go. Moments are milliseconds since 1970. */
export interface KeptBackup {
  readonly id: string;
  /** When its run began. */
  readonly at: number;
  /** When it was last read, whatever came of it. @default - never */
  readonly readAt?: number;
  /** Whether that reading proved it, present and intact. */
  readonly isProved: boolean;
}

/** How often a run begins, and within which time every backup is read once; in milliseconds. */
export interface ReadingPace {
  readonly cycleMs: number;
  readonly everyMs: number;
}

/**
 * The backups that a run reads in full: of those that were never read the newest, and of the others those whose turn it is, the one that
 * was read longest ago first. What was read and not proved is due at once, after those whose turn it is.
 *
 * A run reads an equal share of all that is kept, and at least one backup: so many of the new ones, and so many of the others. A backup
 * is due as long before its cycle ends as all others may take that are due at the same time, so that none is late.
 */
export function dueBackups<Backup extends KeptBackup>(
  kept: readonly Backup[],
  now: number,
  { cycleMs, everyMs }: ReadingPace,
): Backup[] {
  const share = Math.max(1, Math.ceil((kept.length * everyMs) / cycleMs));
  const roundMs = Math.ceil(kept.length / share) * everyMs;
  const isTurn = ({ readAt = now }: Backup) => now - readAt >= cycleMs - roundMs;
  const unread = kept.filter(({ readAt }) => readAt === undefined).sort((left, right) => right.at - left.at);
  const others = kept
    .filter((backup) => backup.readAt !== undefined && (!backup.isProved || isTurn(backup)))
    .sort((left, right) => (left.readAt ?? 0) - (right.readAt ?? 0));
  return [...unread.slice(0, share), ...others.slice(0, share)];
}
