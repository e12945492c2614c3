import { addToCrc64, crc64Tables, crc64Value } from '../../../engine/objects/crc64';

/** How a string is stored: as its bytes, as an integer of so many bits, or by LZF. */
export type Storage = 'plain' | 'int8' | 'int16' | 'int32' | 'lzf';

/** A header, as Redis or Valkey writes it: `REDIS0011`, `VALKEY080`. */
export function header(kind: 'redis' | 'valkey', version: number): Buffer {
  return Buffer.from(
    kind === 'redis' ? `REDIS${`${version}`.padStart(4, '0')}` : `VALKEY${`${version}`.padStart(3, '0')}`,
  );
}

/** A whole file: header, records, the opcode that ends them, checksum. */
export function rdbFile(
  records: readonly Buffer[],
  { kind = 'redis', version = 11, checksum = version >= 5 ? 'right' : 'none' }: FileOptions = {},
): Buffer {
  const bytes = Buffer.concat([header(kind, version), ...records, Buffer.of(255)]);
  const sums = { right: [checksumOf(bytes)], disabled: [Buffer.alloc(8)], none: [] };
  return Buffer.concat([bytes, ...sums[checksum]]);
}

/** What a file is like. */
export interface FileOptions {
  readonly kind?: 'redis' | 'valkey';
  readonly version?: number;
  readonly checksum?: 'right' | 'disabled' | 'none';
}

/** CRC64 of bytes, as it stands at a file's end. */
export function checksumOf(bytes: Uint8Array): Buffer {
  const state = { low: 0, high: 0 };
  addToCrc64(state, bytes, JONES_TABLES);
  const sum = Buffer.alloc(8);
  sum.writeBigUInt64LE(crc64Value(state));
  return sum;
}

/** The same file with the checksum that its bytes ask for, so that a change of them is not found by it. */
export function withChecksum(file: Buffer): Buffer {
  const bytes = file.subarray(0, -8);
  return Buffer.concat([bytes, checksumOf(bytes)]);
}

/** A length, in its shortest form or one of so many bits. */
export function length(value: number | bigint, bits?: 6 | 14 | 32 | 64): Buffer {
  const width = bits ?? (value < 64 ? 6 : value < 16_384 ? 14 : value < 2 ** 32 ? 32 : 64);
  if (width === 6) return Buffer.of(Number(value));
  if (width === 14) return Buffer.of(0x40 | (Number(value) >> 8), Number(value) & 0xff);
  const bytes = Buffer.alloc(width === 32 ? 5 : 9);
  bytes[0] = width === 32 ? 0x80 : 0x81;
  if (width === 32) bytes.writeUInt32BE(Number(value), 1);
  else bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)), 1);
  return bytes;
}

/** A string. An integer is given as its decimal digits. */
export function string(content: string | Uint8Array, storage: Storage = 'plain'): Buffer {
  const bytes = Buffer.from(content);
  if (storage === 'plain') return Buffer.concat([length(bytes.length), bytes]);
  if (storage === 'lzf') {
    const stored = lzf(bytes);
    return Buffer.concat([Buffer.of(0xc3), length(stored.length), length(bytes.length), stored]);
  }
  const integer = Buffer.alloc({ int8: 1, int16: 2, int32: 4 }[storage]);
  integer.writeIntLE(Number(bytes.toString()), 0, integer.length);
  return Buffer.concat([Buffer.of({ int8: 0xc0, int16: 0xc1, int32: 0xc2 }[storage]), integer]);
}

/** A key with its value, which the type's number stands before. */
export function key(type: number, value: Buffer, name: string | Buffer = 'key'): Buffer {
  return Buffer.concat([Buffer.of(type), typeof name === 'string' ? string(name) : name, value]);
}

/** Compresses: literal runs, and back-references to where the same three bytes were last. */
export function lzf(bytes: Uint8Array): Buffer {
  const out: number[] = [];
  const places = new Map<number, number>();
  let literal: number[] = [];
  const flush = () => {
    if (literal.length > 0) out.push(literal.length - 1, ...literal);
    literal = [];
  };
  for (let place = 0; place < bytes.length; ) {
    const hash = ((bytes[place] ?? 0) << 16) | ((bytes[place + 1] ?? 0) << 8) | (bytes[place + 2] ?? 0);
    const before = places.get(hash) ?? Number.NEGATIVE_INFINITY;
    places.set(hash, place);
    let same = 0;
    if (place - before <= 8_192) {
      while (same < 264 && place + same < bytes.length && bytes[before + same] === bytes[place + same]) same += 1;
    }
    if (same >= 3) {
      flush();
      const distance = place - before - 1;
      const long = same - 2 >= 7;
      out.push(((long ? 7 : same - 2) << 5) | (distance >> 8), ...(long ? [same - 9] : []), distance & 0xff);
      place += same;
    } else {
      literal.push(bytes[place] as number);
      if (literal.length === 32) flush();
      place += 1;
    }
  }
  flush();
  return Buffer.from(out);
}

/** An entry of a listpack or a ziplist: text, or an integer in the narrowest encoding. */
export type Entry = string | number | bigint;

/** A listpack, with the string around it left out. */
export function listpack(entries: readonly Entry[], count = Math.min(entries.length, 65_535)): Buffer {
  const encoded = entries.map((entry) => {
    const bytes = typeof entry === 'string' ? listpackText(entry) : listpackInteger(BigInt(entry));
    return Buffer.concat([bytes, repeatedLength(bytes.length)]);
  });
  const body = Buffer.concat(encoded);
  const head = Buffer.alloc(6);
  head.writeUInt32LE(body.length + 7);
  head.writeUInt16LE(count, 4);
  return Buffer.concat([head, body, Buffer.of(255)]);
}

function listpackText(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length < 64) return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes]);
  if (bytes.length < 4_096) return Buffer.concat([Buffer.of(0xe0 | (bytes.length >> 8), bytes.length & 255), bytes]);
  const head = Buffer.alloc(5, 0xf0);
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function listpackInteger(value: bigint): Buffer {
  if (value >= 0n && value < 128n) return Buffer.of(Number(value));
  if (fits(value, 13)) {
    const bits = Number(BigInt.asUintN(13, value));
    return Buffer.of(0xc0 | (bits >> 8), bits & 255);
  }
  const bytes = [2, 3, 4, 8].find((width) => fits(value, 8 * width)) ?? 8;
  return Buffer.concat([Buffer.of({ 2: 0xf1, 3: 0xf2, 4: 0xf3, 8: 0xf4 }[bytes] ?? 0), littleEndian(value, bytes)]);
}

function repeatedLength(size: number): Buffer {
  const groups = size <= 127 ? 1 : size < 16_383 ? 2 : size < 2_097_151 ? 3 : 4;
  return Buffer.from(
    Array.from({ length: groups }, (_, place) => {
      const bits = Math.floor(size / 128 ** (groups - 1 - place)) % 128;
      return place === 0 ? bits : bits | 128;
    }),
  );
}

/** A ziplist, with the string around it left out. */
export function ziplist(entries: readonly Entry[], count = Math.min(entries.length, 65_535)): Buffer {
  const encoded: Buffer[] = [];
  for (const entry of entries) {
    const before = encoded.at(-1)?.length ?? 0;
    const head = before < 254 ? Buffer.of(before) : Buffer.concat([Buffer.of(254), littleEndian(BigInt(before), 4)]);
    const bytes = typeof entry === 'string' ? ziplistText(entry) : ziplistInteger(BigInt(entry));
    encoded.push(Buffer.concat([head, bytes]));
  }
  const body = Buffer.concat(encoded);
  const head = Buffer.alloc(10);
  head.writeUInt32LE(body.length + 11);
  head.writeUInt32LE(10 + body.length - (encoded.at(-1)?.length ?? 0), 4);
  head.writeUInt16LE(count, 8);
  return Buffer.concat([head, body, Buffer.of(255)]);
}

function ziplistText(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length < 64) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  if (bytes.length < 16_384) return Buffer.concat([Buffer.of(0x40 | (bytes.length >> 8), bytes.length & 255), bytes]);
  const head = Buffer.alloc(5, 0x80);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function ziplistInteger(value: bigint): Buffer {
  if (value >= 0n && value <= 12n) return Buffer.of(0xf1 + Number(value));
  const bytes = [1, 2, 3, 4, 8].find((width) => fits(value, 8 * width)) ?? 8;
  const encoding = { 1: 0xfe, 2: 0xc0, 3: 0xf0, 4: 0xd0, 8: 0xe0 }[bytes] ?? 0;
  return Buffer.concat([Buffer.of(encoding), littleEndian(value, bytes)]);
}

/** An intset, with the string around it left out. */
export function intset(values: readonly bigint[], width: 2 | 4 | 8): Buffer {
  const head = Buffer.concat([littleEndian(BigInt(width), 4), littleEndian(BigInt(values.length), 4)]);
  return Buffer.concat([head, ...values.map((value) => littleEndian(value, width))]);
}

/** A zipmap, with the string around it left out. @param unused bytes left free behind each value. */
export function zipmap(pairs: readonly (readonly [string, string])[], unused = 0): Buffer {
  const size = (text: string) =>
    text.length < 254 ? Buffer.of(text.length) : Buffer.concat([Buffer.of(254), littleEndian(BigInt(text.length), 4)]);
  const parts = pairs.flatMap(([field, value]) => [
    ...[size(field), Buffer.from(field), size(value)],
    ...[Buffer.of(unused), Buffer.from(value), Buffer.alloc(unused)],
  ]);
  return Buffer.concat([Buffer.of(Math.min(pairs.length, 254)), ...parts, Buffer.of(255)]);
}

/** A signed or unsigned integer of so many bytes. */
export function littleEndian(value: bigint, bytes: number): Buffer {
  const whole = Buffer.alloc(8);
  whole.writeBigUInt64LE(BigInt.asUintN(64, value));
  return whole.subarray(0, bytes);
}

const fits = (value: bigint, bits: number): boolean => BigInt.asIntN(bits, value) === value;

const JONES_TABLES = crc64Tables(0x95ac9329ac4bc9b5n);
