import type { Client, QueryResultRow } from 'pg';
import type { DatabaseAccess } from './connection';

/** One instant of a database that any number of `pg_dump` can read. */
export interface SnapshotDescription {
  /** Name that `pg_dump --snapshot` takes. */
  readonly id: string;
  /** A moment just before it: all that was committed until then is in it. */
  readonly at: Date;
  /** Position in the write-ahead log just behind it, such as `0/16B3748`. */
  readonly lsn: string;
}

/** What the connection that exports a snapshot learns of its server on the way. */
export interface ServerDescription {
  /** Version in words, such as `15.18 (Debian 15.18-0+deb12u1)`. */
  readonly version: string;
  /** Version as a number: 150018 is 15.18. */
  readonly versionNumber: number;
  /** Encoding of the database, such as `UTF8`. */
  readonly encoding: string;
  /** Number of locks on tables that the server has room for, all sessions together. */
  readonly lockRoom: number;
  /** Number of sessions and prepared transactions that `max_locks_per_transaction` is multiplied by. */
  readonly lockHolders: number;
}

/**
 * An exported snapshot, which exists as long as the transaction of its connection. Losing that connection shows in
 * {@link lost}: a `pg_dump` that began before reads on, one that begins later cannot.
 */
export class SnapshotSession {
  /**
   * Begins a read-only transaction and exports its snapshot. No timeout of the role or the database ends it: it is idle
   * while the dump goes on.
   *
   * @throws Error of the server.
   */
  public static async open(access: DatabaseAccess, database?: string): Promise<SnapshotSession> {
    const client = await access.connect(database);
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await client.query(NO_TIMEOUTS);
      const { rows } = await client.query<ExportedRow>(EXPORT);
      const [row] = rows;
      if (row === undefined) {
        throw new Error('The server exported no snapshot. HINT: look at the log of the server.');
      }
      return new SnapshotSession(client, toSnapshot(row), toServer(row));
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  /** Rejects when the connection breaks before {@link close}; never resolves. A rejection waits to be asked for. */
  public readonly lost: Promise<never>;
  private readonly heartbeat: NodeJS.Timeout;
  private isClosing = false;

  private constructor(
    private readonly client: Client,
    public readonly snapshot: SnapshotDescription,
    public readonly server: ServerDescription,
  ) {
    this.lost = new Promise((_, reject) => {
      client.once('end', () => this.isClosing || reject(new SnapshotLostError()));
    });
    this.lost.catch(() => undefined);
    this.heartbeat = setInterval(() => client.query('SELECT').catch(() => undefined), HEARTBEAT_MS).unref();
  }

  /** Asks something of the database as it was at the snapshot: one statement. */
  public async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.client.query<Row>({ ...ONE_STATEMENT, text, values: [...values] });
    return rows;
  }

  /** Ends the transaction, and with it the snapshot. */
  public async close(): Promise<void> {
    this.isClosing = true;
    clearInterval(this.heartbeat);
    await this.client.end().catch(() => undefined);
  }
}

/** The connection that held the snapshot is gone, and the snapshot with it. */
export class SnapshotLostError extends Error {
  public constructor() {
    super(
      'The connection that held the snapshot was lost. HINT: look whether the server was restarted or failed over, or somebody ended the session; then run again.',
    );
    this.name = 'SnapshotLostError';
  }
}

/** An idle connection passes through gateways that forget it after a few minutes, and its loss would go unnoticed. */
const HEARTBEAT_MS = 60_000;

/** The extended protocol refuses a second statement, which could end the transaction. */
const ONE_STATEMENT = { queryMode: 'extended' };

/** `transaction_timeout` is there since PostgreSQL 17. */
const NO_TIMEOUTS = `
  SELECT set_config(name, '0', true) FROM pg_settings
  WHERE name IN ('idle_in_transaction_session_timeout', 'statement_timeout', 'lock_timeout', 'transaction_timeout')`;

/**
 * The sessions that the lock table has room for: those of users, and the server's own (`MaxBackends` in
 * src/backend/utils/init/postinit.c), and prepared transactions (`NLOCKENTS` in src/backend/storage/lmgr/lock.c).
 */
const LOCK_HOLDERS = `(
    SELECT sum(setting::int) FROM pg_settings WHERE name IN
      ('max_connections', 'max_prepared_transactions', 'autovacuum_max_workers', 'max_worker_processes', 'max_wal_senders')
  )::int + 1`;

const EXPORT = `
  SELECT pg_export_snapshot() AS id, statement_timestamp() AS at, current_setting('server_version') AS version,
    (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text AS lsn,
    current_setting('server_version_num')::int AS "versionNumber", current_setting('server_encoding') AS encoding,
    current_setting('max_locks_per_transaction')::int AS "locksEach", ${LOCK_HOLDERS} AS "lockHolders"`;

interface ExportedRow {
  id: string;
  at: Date;
  lsn: string;
  version: string;
  versionNumber: number;
  encoding: string;
  locksEach: number;
  lockHolders: number;
}

const toSnapshot = ({ id, at, lsn }: ExportedRow): SnapshotDescription => ({ id, at, lsn });

const toServer = ({ version, versionNumber, encoding, locksEach, lockHolders }: ExportedRow): ServerDescription => ({
  version,
  versionNumber,
  encoding,
  lockRoom: locksEach * lockHolders,
  lockHolders,
});
