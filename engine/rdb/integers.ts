/** An unsigned little-endian integer of 1 to 8 bytes, exact up to 2^53. */
export function littleEndian(bytes: Uint8Array, place: number, count: number): number {
  let value = 0;
  for (let at = place + count - 1; at >= place; at -= 1) {
    value = value * 256 + (bytes[at] as number);
  }
  return value;
}

/** An unsigned big-endian integer of 4 bytes. */
export function bigEndian32(bytes: Uint8Array, place: number): number {
  let value = 0;
  for (let at = place; at < place + 4; at += 1) {
    value = value * 256 + (bytes[at] as number);
  }
  return value;
}

/** What an unsigned integer of that many bits means as a signed one. */
export function signed(value: number, bits: number): number {
  return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}
