import { createInflate } from 'node:zlib';
import type { Compression } from './header';
import { Lz4Decoder } from './lz4-decoder';
import { OUTPUT_CHUNK_BYTES, StreamDecoder } from './stream-decoder';
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
   * Takes the next compressed bytes; resolves when they are decompressed, which holds back the source.
   *
   * @throws Error when they are damaged.
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
export function createDecoder(compression: Compression, output: DecodedOutput): Decoder {
  switch (compression) {
    case 'none':
      return { write: output, end: () => undefined, close: () => undefined };
    case 'gzip':
      // A zlib stream, without the header of a gzip file (compress_gzip.c).
      return new StreamDecoder(() => createInflate({ chunkSize: OUTPUT_CHUNK_BYTES }), output);
    case 'lz4':
      return new Lz4Decoder(output);
    case 'zstd':
      return nativeZstd(output) ?? new ZstdDecoder(output);
  }
}
