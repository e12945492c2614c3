import type { Reading } from './cursor';
import type { FileCursor } from './file-cursor';
import { readNumber } from './lengths';
import { readModuleData, skipKeyMetadata } from './modules';
import { StringReader } from './strings';
import { Tally } from './tally';
import { type RdbKind, type ValueContext, type ValueReader, valueReaders } from './values';

/**
 * Reads the records of a file behind its header, up to the opcode that ends them (`rdbLoadRioWithLoadingCtx` of rdb.c):
 * keys with their values, and what stands before and between them.
 */
export class RecordReader {
  /** What the records held. */
  public readonly tally = new Tally();
  private readonly strings: StringReader;
  private readonly values: ReturnType<typeof valueReaders>;
  private readonly context: ValueContext;
  private readonly failAtLimit = (problem: string) => this.file.error('limit', problem);

  public constructor(
    private readonly file: FileCursor,
    private readonly kind: RdbKind,
    private readonly version: number,
  ) {
    this.strings = new StringReader(file);
    this.values = valueReaders(kind);
    this.context = { strings: this.strings, noteModule: (type) => this.tally.noteModule(type) };
  }

  /** Reads to the end of the records. @throws RdbError at the first fault */
  public *toEnd(): Reading {
    const { file, strings, context } = this;
    let expires = false;
    for (;;) {
      if (file.available === 0) {
        yield* file.require(1, 'the records');
      }
      const type = file.byte();
      if (type === OPCODE.end) {
        return;
      }
      if (this.version < FIRST_VERSION_WITH_CHECKSUM) {
        this.checkAge(type);
      }
      if (type === OPCODE.expiryInMilliseconds && file.available >= TIME_BYTES) {
        // The one opcode that most keys may have.
        file.position += TIME_BYTES;
        expires = true;
        continue;
      }
      if (type >= LOWEST_OPCODE) {
        expires = (yield* this.readOpcode(type)) || expires;
        continue;
      }
      const read = this.readerOf(type);
      if (!strings.skipWhole()) {
        yield* strings.skip();
      }
      const start = file.position;
      let size = read.whole?.(context);
      if (size === undefined) {
        file.position = start;
        size = yield* read.parts(context);
      }
      if (size > 0) {
        this.tally.countKey(expires, this.failAtLimit);
      }
      expires = false;
    }
  }

  private readerOf(type: number): ValueReader {
    const read = this.values[type];
    if (read === undefined) {
      throw this.unknown(`type of value ${type}`);
    }
    return read;
  }

  /** @returns whether it gives the next key a time of expiry */
  private *readOpcode(opcode: number): Reading<boolean> {
    const { file, strings, tally } = this;
    switch (opcode) {
      case OPCODE.expiryInMilliseconds:
        yield* file.skip(TIME_BYTES, 'a time of expiry');
        return true;
      case OPCODE.expiryInSeconds:
        yield* file.skip(4, 'a time of expiry');
        return true;
      case OPCODE.frequency:
        yield* file.skip(1, 'how often a key is used');
        return false;
      case OPCODE.idleTime:
        yield* readNumber(file, 'how long a key was not used');
        return false;
      case OPCODE.database:
        tally.select(yield* readNumber(file, 'the number of a database'));
        return false;
      case OPCODE.sizes:
        yield* this.readSizes();
        return false;
      case OPCODE.slotSizes:
        yield* this.skipNumbers(3, 'the size of a slot');
        return false;
      case OPCODE.field:
        tally.noteField(yield* strings.text(LONGEST_FIELD), yield* strings.text(LONGEST_FIELD));
        return false;
      case OPCODE.moduleData:
        tally.noteModule(yield* readModuleData(strings));
        return false;
      case OPCODE.functionLibrary:
        yield* strings.skip();
        tally.functions += 1;
        return false;
      case OPCODE.keyMetadataOrSlotImport:
        yield* this.kind === 'redis' ? skipKeyMetadata(strings) : this.skipSlotImport();
        return false;
      default:
        throw this.unknown(`opcode ${opcode}`);
    }
  }

  private *readSizes(): Reading {
    const keys = yield* readNumber(this.file, 'the number of keys');
    const expires = yield* readNumber(this.file, 'the number of keys that expire');
    this.tally.announce(keys, expires, this.failAtLimit);
  }

  /** Slots that Valkey 9 was just importing: the job's name, then ranges (`clusterRDBSaveSlotImports` of cluster_migrateslots.c). */
  private *skipSlotImport(): Reading {
    yield* this.strings.skip();
    const ranges = yield* readNumber(this.file, 'the number of ranges of slots');
    yield* this.skipNumbers(2 * ranges, 'a slot');
  }

  private *skipNumbers(count: number, what: string): Reading {
    for (let left = count; left > 0; left -= 1) {
      yield* readNumber(this.file, what);
    }
  }

  /** A flipped bit in the version could turn it into one without a checksum; what files of that age do not have tells it. */
  private checkAge(type: number): void {
    const isTooNew = type >= LOWEST_OPCODE ? type < OPCODE.expiryInMilliseconds : NEWER_TYPES.has(type);
    if (isTooNew) {
      const problem = `a file of version ${this.version} cannot have type or opcode ${type}; its version is damaged`;
      throw this.file.error('corrupt', problem);
    }
  }

  private unknown(what: string) {
    return this.file.error('unknown', `${what} is none that version ${this.version} of ${this.kind} is known to have`);
  }
}

/** From this version on a checksum follows the records. */
export const FIRST_VERSION_WITH_CHECKSUM = 5;

/** `RDB_OPCODE_...` of rdb.h; 246 is what candidates of Redis 7.0 wrote for functions, which no server reads any more. */
const OPCODE = {
  /** `RDB_OPCODE_KEY_META` of Redis, `RDB_OPCODE_SLOT_IMPORT` of Valkey. */
  keyMetadataOrSlotImport: 243,
  slotSizes: 244,
  functionLibrary: 245,
  moduleData: 247,
  idleTime: 248,
  frequency: 249,
  field: 250,
  sizes: 251,
  expiryInMilliseconds: 252,
  expiryInSeconds: 253,
  database: 254,
  end: 255,
} as const;
/** Milliseconds. */
const TIME_BYTES = 8;
/** Types of values lie far below, opcodes above. */
const LOWEST_OPCODE = 128;
/** What version 4 did not have yet: binary scores, modules, and all from the quicklist on. */
const NEWER_TYPES: ReadonlySet<number> = new Set([5, 7, ...Array.from({ length: 50 }, (_, index) => 14 + index)]);
/** Longer fields of information are none of the well known. */
const LONGEST_FIELD = 64;
