import { createInflate, inflateSync } from 'node:zlib';
import type { Compression } from './header';
import { Lz4Decoder } from './lz4-decoder';
import { StreamDecoder } from './stream-decoder';
import { ZstdDecoder } from './zstd-decoder';
import { nativeZstd } from './zstd-native';

/** Receives decompressed bytes. They are only valid during the call: the decoder writes over them afterwards. */
export type DecodedOutput = (bytes: Buffer) => void;

/**
 * Decompresses the contents of an archive's blocks, one table or large object after the other, each compressed on its
 * own. Memory does not depend on their sizes.
 */
export interface Decoder {
  /**
   * Takes the next compressed bytes, which must not change afterwards; resolves when more are welcome, which holds back
   * the source.
   *
   * @throws Error when these, or those before them, are damaged.
   */
  write(bytes: Buffer): Promise<void> | void;
  /**
   * Ends the table or large object, and gets ready for the next.
   *
   * @throws Error when its data are cut, or go on after their end.
   */
  end(): Promise<void> | void;
  /** Lets go of what is held, also in the middle of the data. */
  close(): void;
}

/** The decoder for an archive's compression. */
export function createDecoder(compression: Exclude<Compression, 'none'>, output: DecodedOutput): Decoder {
  switch (compression) {
    case 'gzip':
      // A zlib stream, without the header of a gzip file (compress_gzip.c).
      return new StreamDecoder({ createStream: createInflate, decompress: inflateSync }, output);
    case 'lz4':
      return new Lz4Decoder(output);
    case 'zstd':
      return nativeZstd(output) ?? new ZstdDecoder(output);
  }
}
