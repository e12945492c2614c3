import type { Cursor, Reading } from './cursor';
import { INTSET_CHECK } from './intset';
import { readNumber, wholeNumber } from './lengths';
import { type EntryObserver, listpackCheck } from './listpack';
import { readModuleType, skipModuleValues } from './modules';
import { skipStream } from './streams';
import type { ContentCheck, StringReader } from './strings';
import { ZIPLIST_CHECK } from './ziplist';
import { ZIPMAP_CHECK } from './zipmap';

/** Which server's file it is: from version 12 their types and opcodes differ. */
export type RdbKind = 'redis' | 'valkey';

/** What a value is read with. */
export interface ValueContext {
  readonly strings: StringReader;
  /** Is told the type of a value that belongs to a module. */
  readonly noteModule: (type: string) => void;
}

/**
 * Passes over a value behind its key, and looks through it; comes to the number of its elements, of which a server throws a
 * key away that has none.
 */
export interface ValueReader {
  /** For a value that lies whole in the window; undefined when it does not. @default - always the other way */
  readonly whole?: (context: ValueContext) => number | undefined;
  /** For a value that may be longer than the window. @throws RdbError at the first fault */
  readonly parts: (context: ValueContext) => Reading<number>;
}

/** How each type of value is read, by the type's number (`RDB_TYPE_...` of rdb.h of Redis and of Valkey). */
export function valueReaders(kind: RdbKind): readonly (ValueReader | undefined)[] {
  return kind === 'redis' ? OF_REDIS : OF_VALKEY;
}

const STRING: ValueReader = {
  whole: ({ strings }) => (strings.skipWhole() ? 1 : undefined),
  *parts({ strings }) {
    yield* strings.skip();
    return 1;
  },
};

/** Elements behind their number, each made of so many strings. */
function stringsOf(stringsPerElement: number): ValueReader {
  return {
    whole: ({ strings }) => {
      const count = wholeNumber(strings.cursor, 'the number of elements');
      return count !== undefined && strings.skipManyWhole(count * stringsPerElement) ? count : undefined;
    },
    *parts({ strings }) {
      const count = yield* readNumber(strings.cursor, 'the number of elements');
      yield* strings.skipMany(count * stringsPerElement);
      return count;
    },
  };
}

/** Elements behind their number, each with a string first. */
function elements(skipRest: (context: ValueContext) => Reading): ValueReader {
  return {
    *parts(context) {
      const { strings } = context;
      const count = yield* readNumber(strings.cursor, 'the number of elements');
      for (let left = count; left > 0; left -= 1) {
        yield* strings.skip();
        yield* skipRest(context);
      }
      return count;
    },
  };
}

/** A score as text behind its length; three lengths stand for what is no number (`rdbLoadDoubleValue`). */
function* skipTextScore({ strings: { cursor } }: ValueContext): Reading {
  yield* cursor.require(1, 'a score');
  const bytes = cursor.byte();
  if (bytes === SCORE.infinity || bytes === SCORE.minusInfinity) {
    return;
  }
  yield* cursor.require(bytes, 'a score');
  const text = String.fromCharCode(...cursor.window.subarray(cursor.position, cursor.position + bytes));
  cursor.position += bytes;
  if (bytes === SCORE.notANumber || !/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) {
    throw cursor.error('corrupt', 'a score is no number');
  }
}

function* skipBinaryScore({ strings: { cursor } }: ValueContext): Reading {
  yield* cursor.require(8, 'a score');
  const { window, position } = cursor;
  cursor.position += 8;
  const exponent = (((window[position + 7] as number) & 0x7f) << 4) | ((window[position + 6] as number) >> 4);
  if (exponent === 0x7ff && !isInfinity(window, position)) {
    throw cursor.error('corrupt', 'a score is no number');
  }
}

/** The mantissa of an infinite number is 0. */
function isInfinity(bytes: Uint8Array, place: number): boolean {
  return bytes.subarray(place, place + 6).every((byte) => byte === 0) && ((bytes[place + 6] as number) & 0x0f) === 0;
}

/** A string that holds the whole value, whose entries come in groups of so many. */
function contentOf(what: string, check: ContentCheck<number>, entriesPerElement = 1): ValueReader {
  const elementsOf = (entries: number, { strings }: ValueContext): number => {
    if (entries % entriesPerElement !== 0) {
      const problem = `${what} has ${entries} entries, must have a multiple of ${entriesPerElement}`;
      throw strings.cursor.error('corrupt', problem);
    }
    return entries / entriesPerElement;
  };
  return {
    whole: (context) => {
      const entries = context.strings.wholeContent(check);
      return entries === undefined ? undefined : elementsOf(entries, context);
    },
    *parts(context) {
      return elementsOf(yield* context.strings.content(what, check), context);
    },
  };
}

/** A list of ziplists. */
function* skipQuicklist({ strings }: ValueContext): Reading<number> {
  let entries = 0;
  for (let left = yield* readNumber(strings.cursor, 'the number of nodes of a list'); left > 0; left -= 1) {
    entries += strings.wholeContent(ZIPLIST_CHECK) ?? (yield* strings.content('a node of a list', ZIPLIST_CHECK));
  }
  return entries;
}

/** A list of listpacks and of elements that are too long for one. */
function* skipQuicklist2({ strings }: ValueContext): Reading<number> {
  const { cursor } = strings;
  let entries = 0;
  for (let left = yield* readNumber(cursor, 'the number of nodes of a list'); left > 0; left -= 1) {
    const what = 'the kind of a node of a list';
    const container = wholeNumber(cursor, what) ?? (yield* readNumber(cursor, what));
    if (container === CONTAINER.plain) {
      yield* strings.skip();
      entries += 1;
    } else if (container === CONTAINER.packed) {
      entries += strings.wholeContent(LISTPACK_CHECK) ?? (yield* strings.content('a node of a list', LISTPACK_CHECK));
    } else {
      throw cursor.error('corrupt', `a node of a list is of kind ${container}, must be 1 or 2`);
    }
  }
  return entries;
}

/** Fields with a time of expiry each, relative to the earliest one, which stands before them unless a candidate of 7.4 wrote the file. */
function expiringFields(hasEarliest: boolean): ValueReader {
  return {
    *parts({ strings }) {
      const { cursor } = strings;
      if (hasEarliest) {
        yield* cursor.skip(TIME_BYTES, 'the earliest expiry of a field');
      }
      const count = yield* readNumber(cursor, 'the number of fields');
      for (let left = count; left > 0; left -= 1) {
        yield* readNumber(cursor, 'the expiry of a field');
        yield* strings.skipMany(2);
      }
      return count;
    },
  };
}

/** The same in a listpack: field, value and expiry in turn, sorted by expiry. */
function expiringFieldsInListpack(hasEarliest: boolean): ValueReader {
  const fields = contentOf('a hash', listpackCheck(orderOfExpiry), 3);
  return {
    *parts(context) {
      if (hasEarliest) {
        yield* context.strings.cursor.skip(TIME_BYTES, 'the earliest expiry of a field');
      }
      return yield* fields.parts(context);
    },
  };
}

/** As `_lpEntryValidation` of rdb.c: those without an expiry (0) come last. */
function orderOfExpiry(content: Cursor): EntryObserver {
  let place = 0;
  let latest = -1;
  return (value) => {
    place = (place + 1) % 3;
    if (place === 0) {
      if (!(value >= 0 && value <= LATEST_EXPIRY) || (value !== 0 && (latest === 0 || value < latest))) {
        throw content.error('corrupt', 'the expiry of a field is no time, or not in order');
      }
      latest = value;
    }
  };
}

function streamOf(generation: number): ValueReader {
  return {
    *parts({ strings }) {
      yield* skipStream(strings, generation);
      return 1;
    },
  };
}

function* skipModule({ strings, noteModule }: ValueContext): Reading<number> {
  noteModule(yield* readModuleType(strings));
  yield* skipModuleValues(strings);
  return 1;
}

/** Elements of a sparse array, with the place where the next one goes; each is a place, a kind and a number or text (t_array.c). */
function* skipArray({ strings }: ValueContext): Reading<number> {
  const { cursor } = strings;
  const count = yield* readNumber(cursor, 'the number of elements');
  if ((yield* readNumber(cursor, 'the flag of an array')) > 0) {
    yield* readNumber(cursor, 'the next place of an array');
  }
  for (let left = count; left > 0; left -= 1) {
    yield* readNumber(cursor, 'the place of an element of an array');
    const kind = yield* readNumber(cursor, 'the kind of an element of an array');
    if (kind === ELEMENT.integer || kind === ELEMENT.float) {
      yield* cursor.skip(8, 'an element of an array');
    } else if (kind === ELEMENT.string || kind === ELEMENT.smallString) {
      yield* strings.skip();
    } else {
      throw cursor.error('corrupt', `an element of an array has kind ${kind}, there are 0 to 3`);
    }
  }
  return count;
}

const SCORE = { notANumber: 253, infinity: 254, minusInfinity: 255 } as const;
/** `QUICKLIST_NODE_CONTAINER_...` of quicklist.h. */
const CONTAINER = { plain: 1, packed: 2 } as const;
/** `AR_RDB_TAG_...` of Redis' array.h. */
const ELEMENT = { string: 0, integer: 1, float: 2, smallString: 3 } as const;
const TIME_BYTES = 8;
/** `EB_EXPIRE_TIME_MAX` of ebuckets.h, in milliseconds. */
const LATEST_EXPIRY = 2 ** 48 - 1;

const LISTPACK_CHECK = listpackCheck();

/** From the zeroth on; two numbers are not taken any more, 6 by candidates of Redis 4.0. */
const OF_BOTH: readonly (ValueReader | undefined)[] = [
  STRING,
  stringsOf(1),
  stringsOf(1),
  elements(skipTextScore),
  stringsOf(2),
  elements(skipBinaryScore),
  undefined,
  { parts: skipModule },
  undefined,
  contentOf('a hash', ZIPMAP_CHECK),
  contentOf('a list', ZIPLIST_CHECK),
  contentOf('a set', INTSET_CHECK),
  contentOf('a sorted set', ZIPLIST_CHECK, 2),
  contentOf('a hash', ZIPLIST_CHECK, 2),
  { parts: skipQuicklist },
  streamOf(1),
  contentOf('a hash', LISTPACK_CHECK, 2),
  contentOf('a sorted set', LISTPACK_CHECK, 2),
  { parts: skipQuicklist2 },
  streamOf(2),
  contentOf('a set', LISTPACK_CHECK),
  streamOf(3),
];

/** From 22 on. */
const OF_REDIS: readonly (ValueReader | undefined)[] = [
  ...OF_BOTH,
  expiringFields(false),
  expiringFieldsInListpack(false),
  expiringFields(true),
  expiringFieldsInListpack(true),
  streamOf(4),
  streamOf(5),
  { parts: skipArray },
];

/** 22: each field with its value has a time of expiry, -1 for none. */
const OF_VALKEY: readonly (ValueReader | undefined)[] = [...OF_BOTH, elements(skipValueAndExpiry)];

function* skipValueAndExpiry({ strings }: ValueContext): Reading {
  yield* strings.skip();
  yield* strings.cursor.skip(TIME_BYTES, 'the expiry of a field');
}
