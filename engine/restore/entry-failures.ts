import { cleanToolMessage } from '../postgres/tool-message';

/** What `pg_restore` said about the entries of an archive that it could not restore, while it went on with the others. */
export class EntryFailures {
  /** What was wrong with each entry, by its number, fit for a log. */
  public readonly byEntry = new Map<number, string>();
  /** The first errors of all, fit for a log. */
  public readonly errors: string[] = [];
  private isGeneral = false;
  private isHarmless = false;
  private wentOn = false;
  private rest = '';
  private current: number | undefined;

  /** Whether `pg_restore` went on to the end, and all that was wrong is known. */
  public get isAll(): boolean {
    return this.wentOn && !this.isGeneral && (this.byEntry.size > 0 || this.isHarmless);
  }

  /** Takes the next piece of what `pg_restore` writes on its standard error. */
  public write(piece: Buffer): void {
    const lines = `${this.rest}${piece.toString('latin1')}`.split('\n');
    this.rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    for (const line of lines) {
      this.read(line);
    }
  }

  /** All pieces were taken. */
  public end(): void {
    this.read(this.rest);
    this.rest = '';
  }

  private read(line: string): void {
    const entry = ENTRY.exec(line);
    if (entry !== null) {
      this.begin(Number(entry[1]));
    } else if (WENT_ON.test(line)) {
      this.wentOn = true;
    } else if (HARMLESS.test(line)) {
      this.forgive();
    } else if (ERROR.test(line)) {
      this.add(cleanToolMessage(Buffer.from(line, 'latin1').toString(), MESSAGE_LIMIT_BYTES));
    }
  }

  /** An entry that is named has failed, even if its error went to another one: several workers write at the same time. */
  private begin(dumpId: number): void {
    this.current = dumpId;
    if (!this.byEntry.has(dumpId)) {
      this.byEntry.set(dumpId, '');
    }
  }

  private forgive(): void {
    this.isHarmless = true;
    if (this.current !== undefined && this.byEntry.get(this.current) === '') {
      this.byEntry.delete(this.current);
    }
  }

  private add(message: string): void {
    if (this.errors.length < MOST_ERRORS) {
      this.errors.push(message);
    }
    if (this.current === undefined) {
      this.isGeneral = true;
    } else if (!this.byEntry.get(this.current)) {
      this.byEntry.set(this.current, message);
    }
  }
}

/**
 * Lines of `warn_or_exit_horribly` in src/bin/pg_dump/pg_backup_archiver.c: an entry is named before its errors, if `pg_restore` is
 * verbose.
 */
const ENTRY = /^pg_restore: from TOC entry (\d+);/;
/** Written last, in `main` of pg_restore.c. */
const WENT_ON = /^pg_restore: warning: errors ignored on restore: \d+$/;
const ERROR = /^pg_restore: error: /;
/** Client tools of PostgreSQL 17 and newer set it on older servers as well, which do not know it. */
const HARMLESS = /unrecognized configuration parameter "transaction_timeout"/;
const MESSAGE_LIMIT_BYTES = 512;
const MOST_ERRORS = 10;
const LONGEST_LINE = 64 * 1024;
