import type { RdbError } from './rdb-error';

/** What a database of a server holds. */
export interface RdbDatabase {
  /** Number of the database. */
  readonly index: number;
  /** Keys, those that have expired since among them. */
  readonly keys: number;
  /** Keys with a time of expiry. */
  readonly expires: number;
  /** Both numbers as the file announces them before the keys; absent when it does not. */
  readonly announced?: { readonly keys: number; readonly expires: number };
}

/** Counts what a file holds, in bounded memory whatever it claims. */
export class Tally {
  /** Libraries of functions. */
  public functions = 0;
  private readonly known: Record<string, string> = {};
  private readonly moduleTypes = new Set<string>();
  private readonly databases = new Map<number, Counts>();
  private current = 0;

  /** Remembers a field of information, if its name is one of the well known. */
  public noteField(name: string | undefined, value: string | undefined): void {
    if (name !== undefined && value !== undefined && WELL_KNOWN_FIELDS.has(name)) {
      this.known[name] = value;
    }
  }

  /** Remembers a type that belongs to a module. */
  public noteModule(type: string): void {
    if (this.moduleTypes.size < MOST_MODULES) {
      this.moduleTypes.add(type);
    }
  }

  /** The keys from now on are this database's. */
  public select(index: number): void {
    this.current = index;
  }

  /** Remembers how many keys the present database is said to have. */
  public announce(keys: number, expires: number, fail: FailAtLimit): void {
    this.database(fail).announced = { keys, expires };
  }

  /** Counts a key of the present database. */
  public countKey(expires: boolean, fail: FailAtLimit): void {
    const database = this.database(fail);
    database.keys += 1;
    database.expires += expires ? 1 : 0;
  }

  /** All that was counted; databases by number. */
  public result(): {
    databases: RdbDatabase[];
    aux: Record<string, string>;
    functions: number;
    modules: string[];
  } {
    const databases = [...this.databases].map(([index, counts]) => ({ index, ...counts }));
    return {
      databases: databases.sort((left, right) => left.index - right.index),
      aux: { ...this.known },
      functions: this.functions,
      modules: [...this.moduleTypes].sort(),
    };
  }

  private database(fail: FailAtLimit): Counts {
    const known = this.databases.get(this.current);
    if (known !== undefined) {
      return known;
    }
    if (this.databases.size === MOST_DATABASES) {
      throw fail(`there are more than ${MOST_DATABASES} databases`);
    }
    const database: Counts = { keys: 0, expires: 0 };
    this.databases.set(this.current, database);
    return database;
  }
}

interface Counts {
  keys: number;
  expires: number;
  announced?: { readonly keys: number; readonly expires: number };
}

/** Makes the error of fault `limit`. */
export type FailAtLimit = (problem: string) => RdbError;

/** Fields of information that tell of the server and of the file (`rdbSaveInfoAuxFields` of rdb.c), never of keys. */
const WELL_KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'redis-ver',
  'valkey-ver',
  'redis-bits',
  'ctime',
  'used-mem',
  'aof-base',
  'aof-preamble',
]);
/** Servers have 16 unless they are told otherwise. */
const MOST_DATABASES = 65_536;
const MOST_MODULES = 100;
