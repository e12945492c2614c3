import type { Cursor, Reading } from './cursor';
import { LENGTH_BYTES, readNumber, takeNumber } from './lengths';
import { listpackCheck } from './listpack';
import { StreamNode } from './stream-node';
import type { ContentCheck, StringReader } from './strings';

/** Passes over a stream, after its type. @param generation 1 to 5: of its format, each of which holds more than the one before. */
export function* skipStream(strings: StringReader, generation: number): Reading {
  const { cursor } = strings;
  for (let left = yield* readNumber(cursor, 'the number of nodes of a stream'); left > 0; left -= 1) {
    yield* strings.content('the identifier of a node of a stream', IDENTIFIER_CHECK);
    yield* readNode(strings);
  }
  // Length, last identifier; then first and highest deleted identifier, entries ever added.
  yield* skipNumbers(cursor, generation >= 2 ? 8 : 3, 'a number of a stream');
  for (let left = yield* readNumber(cursor, 'the number of groups of a stream'); left > 0; left -= 1) {
    yield* skipGroup(strings, generation);
  }
  if (generation >= 4) {
    yield* skipProducers(strings);
  }
}

const IDENTIFIER_CHECK: ContentCheck<void> = {
  *parts(content, bytes) {
    if (bytes !== IDENTIFIER_BYTES) {
      throw content.error('corrupt', `an identifier of a stream has ${bytes} bytes, must have ${IDENTIFIER_BYTES}`);
    }
    yield* content.skip(bytes, 'an identifier of a stream');
  },
};

function* readNode(strings: StringReader): Reading {
  let node: StreamNode | undefined;
  const check = listpackCheck((content) => {
    const started = new StreamNode(content);
    node = started;
    return (value) => started.add(value);
  });
  yield* strings.content('a node of a stream', check);
  node?.end();
}

/** Name, last identifier delivered and how many were read; entries that are pending, consumers with those of them that are theirs. */
function* skipGroup(strings: StringReader, generation: number): Reading {
  const { cursor } = strings;
  yield* strings.skip();
  yield* skipNumbers(cursor, generation >= 2 ? 3 : 2, 'a number of a group');
  const pending = new Identifiers();
  for (let left = yield* readNumber(cursor, 'the number of pending entries of a group'); left > 0; left -= 1) {
    yield* cursor.prefetch(IDENTIFIER_BYTES + TIME_BYTES + LENGTH_BYTES);
    cursor.demand(IDENTIFIER_BYTES + TIME_BYTES, 'a pending entry of a group');
    pending.take(cursor);
    cursor.position += TIME_BYTES;
    takeNumber(cursor, 'the deliveries of a pending entry');
  }
  const owned = new Identifiers();
  yield* readConsumers(strings, generation, owned);
  if (generation >= 5) {
    yield* readIdentifiers(cursor, 'a refused entry of a group', owned);
  }
  if (!owned.isSame(pending)) {
    const problem = 'the pending entries of a group are not those that its consumers have, or that were refused';
    throw cursor.error('corrupt', problem);
  }
}

function* readConsumers(strings: StringReader, generation: number, owned: Identifiers): Reading {
  const { cursor } = strings;
  for (let left = yield* readNumber(cursor, 'the number of consumers of a group'); left > 0; left -= 1) {
    yield* strings.skip();
    yield* cursor.skip(generation >= 3 ? 2 * TIME_BYTES : TIME_BYTES, 'the times of a consumer');
    yield* readIdentifiers(cursor, 'a pending entry of a consumer', owned);
  }
}

/** Duration and number of identifiers that are kept of producers who may repeat themselves; what each of them sent; two counters. */
function* skipProducers(strings: StringReader): Reading {
  const { cursor } = strings;
  yield* skipNumbers(cursor, 2, 'a setting for producers');
  for (let producers = yield* readNumber(cursor, 'the number of producers'); producers > 0; producers -= 1) {
    yield* strings.skip();
    for (let sent = yield* readNumber(cursor, 'the number of entries of a producer'); sent > 0; sent -= 1) {
      yield* strings.skip();
      yield* skipNumbers(cursor, 2, 'an identifier of a producer');
    }
  }
  yield* skipNumbers(cursor, 2, 'a counter of producers');
}

/** Reads identifiers behind their number. */
function* readIdentifiers(cursor: Cursor, what: string, into: Identifiers): Reading {
  for (let left = yield* readNumber(cursor, `the number of such as ${what}`); left > 0; left -= 1) {
    yield* cursor.require(IDENTIFIER_BYTES, what);
    into.take(cursor);
  }
}

/** Identifiers of which only their number is remembered and the sum of a hash (FNV-1a), enough to tell whether others are the same. */
class Identifiers {
  private count = 0;
  private sum = 0;

  /** Takes the next one. */
  public take(cursor: Cursor): void {
    let hash = 0x811c9dc5;
    for (let left = IDENTIFIER_BYTES; left > 0; left -= 1) {
      hash = Math.imul(hash ^ cursor.byte(), 0x01000193);
    }
    this.sum = (this.sum + hash) | 0;
    this.count += 1;
  }

  public isSame(other: Identifiers): boolean {
    return this.count === other.count && this.sum === other.sum;
  }
}

function* skipNumbers(cursor: Cursor, count: number, what: string): Reading {
  for (let left = count; left > 0; left -= 1) {
    yield* readNumber(cursor, what);
  }
}

/** Milliseconds and sequence number, 64 bits each. */
const IDENTIFIER_BYTES = 16;
const TIME_BYTES = 8;
