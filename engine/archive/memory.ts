/** A stretch of memory to read and write single bytes and four at once. */
export interface Memory {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** Bytes that a copy may write over behind those it is asked for: memory that is copied to needs as many more. */
export const OVERSHOOT_BYTES = 16;

/** Memory over these bytes. */
export function memoryOf(bytes: Buffer): Memory {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Copies bytes from one memory to another. That both have so many is checked by the caller. */
export function copyBytes(source: Memory, from: number, length: number, target: Memory, to: number): void {
  if (length > FEW_BYTES || from + FEW_BYTES > source.bytes.length) {
    source.bytes.copy(target.bytes, to, from, from + length);
    return;
  }
  const input = source.view;
  const output = target.view;
  output.setUint32(to, input.getUint32(from));
  output.setUint32(to + 4, input.getUint32(from + 4));
  if (length > STEP_BYTES) {
    output.setUint32(to + 8, input.getUint32(from + 8));
    output.setUint32(to + 12, input.getUint32(from + 12));
  }
}

/**
 * Copies a match: bytes that begin `distance` before `to`, which may overlap what it writes and then repeats them. That
 * distance and length are within the memory is checked by the caller.
 */
export function copyMatch({ bytes, view }: Memory, to: number, distance: number, length: number): void {
  const end = to + length;
  if (length > LONG_MATCH_BYTES && distance >= length) {
    bytes.copyWithin(to, to - distance, end - distance);
  } else if (distance >= STEP_BYTES) {
    for (let index = to; index < end; index += STEP_BYTES) {
      view.setUint32(index, view.getUint32(index - distance));
      view.setUint32(index + 4, view.getUint32(index - distance + 4));
    }
  } else {
    for (let index = to; index < end; index += 1) {
      bytes[index] = bytes[index - distance] ?? 0;
    }
  }
}

/** Literals are mostly few: so many are copied at once, needed or not. */
const FEW_BYTES = 16;
/** Bytes that a step of copying a match takes. */
const STEP_BYTES = 8;
/** Above this length a call into native code is faster than a loop. */
const LONG_MATCH_BYTES = 64;
