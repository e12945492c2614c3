import * as fc from 'fast-check';
import { addToCrc64, crc64Tables, crc64Value } from '../../../engine/objects/crc64';

/** By the polynomial 0xad93d23594c935a9 of Jones, as Redis has it. */
const JONES = crc64Tables(0x95ac9329ac4bc9b5n);

function checksum(parts: readonly Uint8Array[], tables = JONES): bigint {
  const state = { low: 0, high: 0 };
  for (const part of parts) addToCrc64(state, part, tables);
  return crc64Value(state);
}

test('the checksum of the digits is the one that crc64.c of Redis names', () => {
  expect(checksum([Buffer.from('123456789')])).toBe(0xe9c6d914c4b8d9can);
});

test('another polynomial is another checksum', () => {
  // CRC-64/XZ without its inversions is that of the polynomial of ECMA-182, reflected.
  const state = { low: -1, high: -1 };
  addToCrc64(state, Buffer.from('123456789'), crc64Tables(0xc96c5795d7870f42n));
  expect(crc64Value({ low: ~state.low, high: ~state.high })).toBe(0x995dc9bbdf1939fan);
});

test('parts come to the same as the whole, wherever they lie in memory', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), fc.nat(7), (bytes, cut, place) => {
      const moved = Buffer.alloc(bytes.length + place).subarray(place);
      moved.set(bytes);
      expect(checksum([moved.subarray(0, cut), moved.subarray(cut)])).toBe(checksum([bytes]));
    }),
  );
});
