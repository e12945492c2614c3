/**
 * The few instructions of WebAssembly that this software needs, as bytes, and a module made of functions in them. Each
 * function of {@link wasm} gives the bytes of one instruction, its operands before it, so that code nests as an expression does.
 *
 * @see https://webassembly.github.io/spec/core/binary/index.html
 */

/** Bytes of code. */
export type Code = readonly number[];

/** Types of values. */
export const I32 = 0x7f;
export const I64 = 0x7e;

/** A function of a module, with the name under which it is exported. */
export interface WasmFunction {
  readonly name: string;
  /** Types of the parameters, which are the first local variables. */
  readonly parameters: Code;
  readonly result: number;
  /** Types of the other local variables. */
  readonly locals: Code;
  readonly body: readonly Code[];
}

/** Instructions. Addresses are in bytes; `offset` is added to them. */
export const wasm = {
  get: (local: number): Code => [0x20, local],
  set: (local: number, value: Code): Code => [...value, 0x21, local],
  int: (value: number): Code => [0x41, ...signedLeb(value)],
  long: (value: number): Code => [0x42, ...signedLeb(value)],
  /** A byte, as an i32. */
  loadByte: (address: Code, offset = 0): Code => [...address, 0x2d, 0, ...leb(offset)],
  loadLong: (address: Code, offset = 0): Code => [...address, 0x29, 0, ...leb(offset)],
  storeByte: (address: Code, value: Code): Code => [...address, ...value, 0x3a, 0, 0],
  storeInt: (address: Code, value: Code): Code => [...address, ...value, 0x36, 0, 0],
  storeLong: (address: Code, value: Code): Code => [...address, ...value, 0x37, 0, 0],
  add: (left: Code, right: Code): Code => [...left, ...right, 0x6a],
  subtract: (left: Code, right: Code): Code => [...left, ...right, 0x6b],
  and: (left: Code, right: Code): Code => [...left, ...right, 0x71],
  shiftLeft: (value: Code, bits: number): Code => [...value, ...wasm.int(bits), 0x74],
  shiftRight: (value: Code, bits: number): Code => [...value, ...wasm.int(bits), 0x76],
  equal: (left: Code, right: Code): Code => [...left, ...right, 0x46],
  /** Unsigned, as the next ones are. */
  less: (left: Code, right: Code): Code => [...left, ...right, 0x49],
  greater: (left: Code, right: Code): Code => [...left, ...right, 0x4b],
  notLess: (left: Code, right: Code): Code => [...left, ...right, 0x4f],
  longXor: (left: Code, right: Code): Code => [...left, ...right, 0x85],
  longShiftRight: (value: Code, bits: number): Code => [...value, ...wasm.long(bits), 0x88],
  /** The lower half of an i64. */
  wrap: (value: Code): Code => [...value, 0xa7],
  /** An i32 as an i64, unsigned. */
  extend: (value: Code): Code => [...value, 0xad],
  block: (...body: readonly Code[]): Code => [0x02, 0x40, ...body.flat(), 0x0b],
  loop: (...body: readonly Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0b],
  when: (condition: Code, then: readonly Code[], otherwise: readonly Code[]): Code => [
    ...condition,
    ...[0x04, 0x40, ...then.flat(), 0x05, ...otherwise.flat(), 0x0b],
  ],
  /** Goes behind the enclosing block, or to the begin of the enclosing loop; 0 is the innermost one. */
  branch: (depth: number): Code => [0x0c, depth],
  branchIf: (condition: Code, depth: number): Code => [...condition, 0x0d, depth],
  return: (value: Code): Code => [...value, 0x0f],
} as const;

/** A module of functions that work on a memory that is given to it as `host.memory`, of that many pages of 64 KiB. */
export function assembleModule(functions: readonly WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, result }) => [
    0x60,
    ...vector(parameters.map((type) => [type])),
    1,
    result,
  ]);
  const memory = [...text('host'), ...text('memory'), 2, 1, ...leb(pages), ...leb(pages)];
  const exports = functions.map(({ name }, index) => [...text(name), 0, index]);
  const bodies = functions.map(({ locals, body }) => {
    const code = [...vector(locals.map((type) => [1, type])), ...body.flat(), 0x0b];
    return [...leb(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, [memory]),
    ...section(
      3,
      functions.map((_, index) => [index]),
    ),
    ...section(7, exports),
    ...section(10, bodies),
  ]);
}

function section(id: number, items: readonly Code[]): Code {
  const content = vector(items);
  return [id, ...leb(content.length), ...content];
}

const vector = (items: readonly Code[]): Code => [...leb(items.length), ...items.flat()];

const text = (value: string): Code => vector([...Buffer.from(value)].map((byte) => [byte]));

/** Seven bits a byte, the lowest first. */
function leb(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

function signedLeb(value: number): Code {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signedLeb(value >> 7)];
}
