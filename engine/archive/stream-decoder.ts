import type { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { DecodedOutput, Decoder } from './decoder';

/** A decompressing stream of node:zlib. */
export interface Decompressor extends Transform {
  /** Compressed bytes that it used up. */
  readonly bytesWritten: number;
}

/** Bytes that a stream decompresses at once: its default of 16 KiB spends most of the time on switching threads. */
export const OUTPUT_CHUNK_BYTES = 256 * 1024;

/**
 * Decompresses with the streams of node:zlib, a new one for each table or large object. One without data has no
 * compressed stream at all since PostgreSQL 16 (`compress_gzip.c`).
 */
export class StreamDecoder implements Decoder {
  private stream: Decompressor | undefined;
  private bytes = 0;

  public constructor(
    private readonly create: () => Decompressor,
    private readonly output: DecodedOutput,
  ) {}

  public write(bytes: Buffer): Promise<void> {
    this.stream ??= this.start();
    this.bytes += bytes.length;
    return written(this.stream, bytes);
  }

  public async end(): Promise<void> {
    const { stream, bytes } = this;
    this.stream = undefined;
    this.bytes = 0;
    if (stream !== undefined) {
      stream.end();
      await finished(stream);
      if (stream.bytesWritten !== bytes) {
        throw new Error(`${bytes - stream.bytesWritten} bytes follow the end of the compressed data`);
      }
    }
  }

  public close(): void {
    this.stream?.destroy();
  }

  private start(): Decompressor {
    // A failure reaches the caller through write() or end(); unheard as an event it would end the process.
    return this.create()
      .on('data', this.output)
      .on('error', () => undefined);
  }
}

/** A failing stream of node:zlib never calls back: its event has to be heard as well. */
function written(stream: Decompressor, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.write(bytes, (error) => {
      stream.off('error', reject);
      if (error) {
        reject(error);
      } else {
        resolve();
      }
    });
  });
}
