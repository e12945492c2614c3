import { crc64Tables } from '../objects/crc64';
import { assembleModule, type Code, I32, I64, type WasmFunction, wasm } from './wasm-assembler';

/**
 * What most of the time of a reading goes into, in WebAssembly: the checksum and LZF, with the memory that both work on.
 * In JavaScript the same takes about twice as long, since an engine has no integers of 64 bits that are fast.
 */
export interface Kernel {
  /** Bytes of a file as they are read. */
  readonly fileWindow: Uint8Array;
  /** Bytes of a compressed string as they come out; its last {@link SLACK_BYTES} may be written over. */
  readonly stringWindow: Uint8Array;
  /** CRC64 of bytes of the file's window that follow others. @param crc of those, as a signed integer. */
  checksum(crc: bigint, from: number, to: number): bigint;
  /**
   * Decompresses what begins in the file's window before `lastStart`, until `lastOutput` is exceeded in the string's
   * window. Places count from the begin of each window.
   *
   * @returns false when it is no LZF
   */
  decompress(from: number, to: number, lastStart: number, output: number, lastOutput: number): boolean;
  /** Where the last decompression ended, in either window. */
  readonly ends: { readonly input: number; readonly output: number };
}

/** What may be written behind what is decompressed: bytes are copied eight at a time. */
export const SLACK_BYTES = 8;

/** A kernel that nobody uses now. It is to be given back: memories of WebAssembly are costly to make. */
export function takeKernel(): Kernel {
  return IDLE.pop() ?? makeKernel();
}

/** Gives back a kernel. */
export function giveBackKernel(kernel: Kernel): void {
  IDLE.push(kernel);
}

const IDLE: Kernel[] = [];

/** What is used of the JavaScript interface; the types of Node 20 leave it to those of browsers. */
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

function makeKernel(): Kernel {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  const module = new WebAssembly.Module(assembleModule([checksumFunction(), decompressFunction()], PAGES));
  const { exports } = new WebAssembly.Instance(module, { host: { memory } });
  const checksum = exports.checksum as (crc: bigint, from: number, to: number) => bigint;
  const decompress = exports.decompress as (...places: readonly number[]) => number;
  new Int32Array(memory.buffer, TABLES).set(crc64Tables(REFLECTED_POLYNOMIAL));
  const results = new Uint32Array(memory.buffer, RESULTS, 2);
  return {
    fileWindow: new Uint8Array(memory.buffer, FILE, FILE_BYTES),
    stringWindow: new Uint8Array(memory.buffer, STRING, STRING_BYTES),
    checksum: (crc, from, to) => checksum(crc, FILE + from, FILE + to),
    decompress: (from, to, lastStart, output, lastOutput) =>
      decompress(FILE + from, FILE + to, FILE + lastStart, STRING + output, STRING + lastOutput) === 0,
    ends: {
      get input() {
        return (results[0] as number) - FILE;
      },
      get output() {
        return (results[1] as number) - STRING;
      },
    },
  };
}

/** CRC-64 of Jones, polynomial 0xad93d23594c935a9, its bits reversed; nothing is inverted before or after (crc64.c of Redis). */
const REFLECTED_POLYNOMIAL = 0x95ac9329ac4bc9b5n;
/** Of one byte; there are eight. */
const TABLE_BYTES = 2048;

/** What lies where in the memory. */
const TABLES = 0;
const RESULTS = TABLES + 8 * TABLE_BYTES;
const STRING = RESULTS + 64;
/** With {@link SLACK_BYTES}. */
const STRING_BYTES = 64 * 1024;
const FILE = STRING + STRING_BYTES + 64;
/** Small enough for a processor's cache. */
const FILE_BYTES = 256 * 1024;
const PAGES = Math.ceil((FILE + FILE_BYTES + SLACK_BYTES) / 65_536);

/** Control bytes below begin a literal run. */
const SHORTEST_REFERENCE = 32;
/** A length to which the next byte is to be added. */
const LONG_REFERENCE = 9;

/** Eight bytes at a time, each looked up by how many follow it; then those that are left, one by one. */
function checksumFunction(): WasmFunction {
  const { get, set, int, add, and, less, greater, loop, block, loadByte, loadLong, longXor } = wasm;
  const [crc, from, to] = [0, 1, 2];
  const byteOf = (place: number): Code => and(wasm.wrap(wasm.longShiftRight(get(crc), 8 * place)), int(255));
  const looked = (byte: Code, following: number): Code =>
    loadLong(wasm.shiftLeft(byte, 3), TABLES + following * TABLE_BYTES);
  const eight = Array.from({ length: 8 }, (_, place) => looked(byteOf(place), 7 - place));
  return {
    name: 'checksum',
    parameters: [I64, I32, I32],
    result: I64,
    locals: [],
    body: [
      block(
        loop(
          wasm.branchIf(greater(add(get(from), int(8)), get(to)), 1),
          set(crc, longXor(get(crc), loadLong(get(from)))),
          set(crc, eight.reduce(longXor)),
          set(from, add(get(from), int(8))),
          wasm.branch(0),
        ),
      ),
      block(
        loop(
          wasm.branchIf(wasm.notLess(get(from), get(to)), 1),
          set(crc, longXor(get(crc), wasm.extend(loadByte(get(from))))),
          set(crc, longXor(looked(byteOf(0), 0), wasm.longShiftRight(get(crc), 8))),
          set(from, add(get(from), int(1))),
          wasm.branchIf(less(get(from), get(to)), 0),
        ),
      ),
      get(crc),
    ],
  };
}

/**
 * LZF as `lzf_d.c` reads it: a control byte below 32 begins so many bytes and one more as they are; any other holds the
 * length of a back-reference in three bits, with another byte if they are all set, and the distance in 13.
 */
function decompressFunction(): WasmFunction {
  const { get, set, int, add, subtract, and, less, greater, notLess, equal, when, loop, block, loadByte } = wasm;
  const [input, inputEnd, lastStart, output, lastOutput] = [0, 1, 2, 3, 4];
  const [control, end, source] = [5, 6, 7];
  const advance = (local: number, bytes: number): Code => set(local, add(get(local), int(bytes)));
  const failed = wasm.return(int(1));
  /** Copies up to `end` of the output. */
  const copy = (bytes: 1 | 8): readonly Code[] => [
    loop(
      bytes === 1
        ? wasm.storeByte(get(output), loadByte(get(source)))
        : wasm.storeLong(get(output), wasm.loadLong(get(source))),
      advance(output, bytes),
      advance(source, bytes),
      wasm.branchIf(less(get(output), get(end)), 0),
    ),
    set(output, get(end)),
  ];
  const literal = [
    advance(control, 1),
    set(source, get(input)),
    set(input, add(get(input), get(control))),
    when(greater(get(input), get(inputEnd)), [failed], []),
    set(end, add(get(output), get(control))),
    ...copy(8),
  ];
  const length = add(wasm.shiftRight(get(control), 5), int(2));
  const reference = [
    set(end, length),
    set(source, subtract(get(output), wasm.shiftLeft(and(get(control), int(31)), 8))),
    when(
      equal(get(end), int(LONG_REFERENCE)),
      [
        when(notLess(get(input), get(inputEnd)), [failed], []),
        set(end, add(get(end), loadByte(get(input)))),
        advance(input, 1),
      ],
      [],
    ),
    when(notLess(get(input), get(inputEnd)), [failed], []),
    set(source, subtract(subtract(get(source), loadByte(get(input))), int(1))),
    advance(input, 1),
    when(less(get(source), int(STRING)), [failed], []),
    set(end, add(get(output), get(end))),
    // What overlaps repeats itself, and cannot be copied eight at a time.
    when(less(subtract(get(output), get(source)), int(8)), copy(1), copy(8)),
  ];
  return {
    name: 'decompress',
    parameters: [I32, I32, I32, I32, I32],
    result: I32,
    locals: [I32, I32, I32],
    body: [
      block(
        loop(
          wasm.branchIf(notLess(get(input), get(lastStart)), 1),
          wasm.branchIf(greater(get(output), get(lastOutput)), 1),
          set(control, loadByte(get(input))),
          advance(input, 1),
          when(less(get(control), int(SHORTEST_REFERENCE)), literal, reference),
          wasm.branch(0),
        ),
      ),
      wasm.storeInt(int(RESULTS), get(input)),
      wasm.storeInt(int(RESULTS + 4), get(output)),
      int(0),
    ],
  };
}
