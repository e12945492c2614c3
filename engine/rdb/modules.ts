import type { Reading } from './cursor';
import { readExactNumber, readNumber } from './lengths';
import type { StringReader } from './strings';

/**
 * Reads the name of a module's type: nine characters of six bits each above ten bits of version (`moduleTypeNameByID` of
 * module.c).
 */
export function* readModuleType(strings: StringReader): Reading<string> {
  const id = yield* readExactNumber(strings.cursor, "a module's type");
  const characters = Array.from({ length: 9 }, (_, place) => CHARACTERS[Number((id >> BigInt(58 - 6 * place)) & 63n)]);
  return characters.join('');
}

/**
 * Passes over what a module has written, to its end: values that each tell their kind, so that the module itself is not
 * needed (`rdbLoadCheckModuleValue` of rdb.c).
 */
export function* skipModuleValues(strings: StringReader): Reading {
  const { cursor } = strings;
  for (;;) {
    const kind = yield* readNumber(cursor, 'the kind of a value of a module');
    switch (kind) {
      case KIND.end:
        return;
      case KIND.signed:
      case KIND.unsigned:
        yield* readNumber(cursor, 'a number of a module');
        break;
      case KIND.float:
        yield* cursor.skip(4, 'a number of a module');
        break;
      case KIND.double:
        yield* cursor.skip(8, 'a number of a module');
        break;
      case KIND.string:
        yield* strings.skip();
        break;
      default:
        throw cursor.error('corrupt', `a value of a module has kind ${kind}, there are 0 to 5`);
    }
  }
}

/** Passes over data of a module that belongs to no key; the name of its type. */
export function* readModuleData(strings: StringReader): Reading<string> {
  const { cursor } = strings;
  const name = yield* readModuleType(strings);
  const kind = yield* readNumber(cursor, "the time of loading of a module's data");
  if (kind !== KIND.unsigned) {
    throw cursor.error(
      'corrupt',
      `the time of loading of a module's data has kind ${kind}, must have ${KIND.unsigned}`,
    );
  }
  yield* readNumber(cursor, "the time of loading of a module's data");
  yield* skipModuleValues(strings);
  return name;
}

/** Passes over what modules keep with a key, as Redis writes it since 8.4 (`rdbSaveKeyMetadata` of keymeta.c). */
export function* skipKeyMetadata(strings: StringReader): Reading {
  const { cursor } = strings;
  for (let left = yield* readNumber(cursor, 'the number of metadata of a key'); left > 0; left -= 1) {
    yield* cursor.skip(4, 'the class of metadata of a key');
    yield* skipModuleValues(strings);
  }
}

/** `RDB_MODULE_OPCODE_...` of rdb.h. */
const KIND = { end: 0, signed: 1, unsigned: 2, float: 3, double: 4, string: 5 } as const;
const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
