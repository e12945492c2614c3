import * as zlib from 'node:zlib';
import type { DecodedOutput, Decoder } from './decoder';
import { StreamDecoder, type StreamFormat } from './stream-decoder';

/**
 * The zstd decoder that Node brings from version 22.15 on, several times as fast as one in JavaScript; undefined where
 * there is none. Its largest window is 128 MiB, as that of `pg_restore`.
 */
export function nativeZstd(output: DecodedOutput): Decoder | undefined {
  const createStream: StreamFormat['createStream'] | undefined = Reflect.get(zlib, 'createZstdDecompress');
  const decompress: StreamFormat['decompress'] | undefined = Reflect.get(zlib, 'zstdDecompressSync');
  return createStream && decompress && new StreamDecoder({ createStream, decompress }, output);
}
