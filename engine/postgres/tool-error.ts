import { cleanToolMessage } from './tool-message';

/**
 * Why a client tool failed, as far as its messages tell:
 *
 * - `missing`: it is not installed;
 * - `locks`: the server has no room for a lock on each table;
 * - `vanished`: a table or schema was dropped while the tool ran;
 * - `version`: the tool is older than the server;
 * - `login`, `rights`, `connection`, `busy`, `disk`: as their names say;
 * - `killed`: a signal ended it;
 * - `other`: anything else.
 */
export type ToolFault =
  | 'missing'
  | 'locks'
  | 'vanished'
  | 'version'
  | 'login'
  | 'rights'
  | 'connection'
  | 'busy'
  | 'disk'
  | 'killed'
  | 'other';

/** How a tool ended. */
export interface ToolEnd {
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  /** Code of the error of the operating system when it could not be started, such as `ENOENT`. */
  readonly startError?: string;
}

/** A client tool that did not do its work. */
export class ToolError extends Error {
  public readonly fault: ToolFault;

  /** @param stderr what the tool wrote on standard error; the error keeps only what may be logged. */
  public constructor(
    /** Name of the tool, such as `pg_dump`. */
    public readonly tool: string,
    /** How it ended. */
    public readonly end: ToolEnd,
    stderr: string,
  ) {
    const fault = faultOf(end, stderr);
    const message = cleanToolMessage(stderr, MESSAGE_LIMIT_BYTES).replace(/\.?\s*$/, '');
    super(`${tool} ${describe(end)}${message && `: ${message}`}. HINT: ${HINTS[fault]}`);
    this.name = 'ToolError';
    this.fault = fault;
  }
}

/** What it takes to change `max_locks_per_transaction`. */
export const LOCKS_RESTART_HINT =
  'It takes effect when the server is restarted; on RDS it stands in the parameter group, and the instance must be rebooted.';

/** Most bytes of a tool's messages in an error. */
const MESSAGE_LIMIT_BYTES = 2 * 1024;

const HINTS: Readonly<Record<ToolFault, string>> = {
  missing:
    "install PostgreSQL's client tools of the server's major version, or set HOLDFAST_POSTGRES_BIN to the folder they are in.",
  locks: `raise max_locks_per_transaction: it times max_connections must be well above the number of tables, sequences and views. ${LOCKS_RESTART_HINT}`,
  vanished: 'a table or schema was dropped meanwhile: run again, at a time without migrations.',
  version: "use client tools of the server's major version or a newer one.",
  login: 'look whether the user exists, may sign in from here, and has the password of the secret.',
  rights:
    'the user must be able to read everything: GRANT pg_read_all_data TO it (PostgreSQL 14 and newer) or make it the owner; row-level security needs BYPASSRLS.',
  connection: 'the server or the network broke the connection: look at the log of the server, and run again.',
  busy: 'something holds a table exclusively, such as a migration: run again when it has ended.',
  disk: 'a disk is full: free some of its space, or make it larger.',
  killed: 'if nobody stopped it, it ran out of memory: give the task more.',
  other: 'look the message up in the documentation of the tool, and in the log of the server.',
};

const PATTERNS: readonly (readonly [RegExp, ToolFault])[] = [
  [/out of shared memory|max_locks_per_transaction/, 'locks'],
  [/No space left on device|disk full|could not extend file/i, 'disk'],
  [/server version mismatch/, 'version'],
  [/authentication failed|no pg_hba\.conf entry|role "[^"]*" does not exist|no password supplied/, 'login'],
  // `--lock-wait-timeout` of pg_dump sets `statement_timeout`, which it does not use otherwise.
  [/(lock|statement) timeout|could not obtain lock/, 'busy'],
  [/permission denied|must be owner|must be superuser|row-level security/, 'rights'],
  [
    /server closed the connection|terminating connection|could not receive data|could not send data|connection to server|SSL SYSCALL|lost synchronization|no connection to the server|could not translate host name/,
    'connection',
  ],
  [
    /could not open relation with OID|cache lookup failed|failed sanity check|(relation|schema|table) ("[^\n]*"|with OID \d+) does not exist/,
    'vanished',
  ],
];

function faultOf({ startError, signal }: ToolEnd, stderr: string): ToolFault {
  if (startError === 'ENOENT') {
    return 'missing';
  }
  return PATTERNS.find(([pattern]) => pattern.test(stderr))?.[1] ?? (signal === undefined ? 'other' : 'killed');
}

function describe({ exitCode, signal, startError }: ToolEnd): string {
  if (startError !== undefined) {
    return `could not be started (${startError})`;
  }
  return signal === undefined ? `failed with exit code ${exitCode}` : `was ended by ${signal}`;
}
