import { once } from 'node:events';
import type { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ZlibOptions } from 'node:zlib';
import type { DecodedOutput, Decoder } from './decoder';

/** A decompressing stream of node:zlib. */
export interface Decompressor extends Transform {
  /** Compressed bytes that it used up. */
  readonly bytesWritten: number;
}

/** How node:zlib decompresses a format: as a stream, and all at once. */
export interface StreamFormat {
  readonly createStream: (options: ZlibOptions) => Decompressor;
  /** With the option `info` it returns the result together with the stream it used. */
  readonly decompress: (bytes: Buffer, options: ZlibOptions & { readonly info: true }) => unknown;
}

/**
 * Decompresses with node:zlib, a new stream for each table or large object. One without data has no compressed stream at
 * all since PostgreSQL 16 (`compress_gzip.c`).
 *
 * A small one is decompressed at once: to set up a stream and to switch threads takes ten times as long. A large one is
 * decompressed by another thread while the next bytes are read.
 */
export class StreamDecoder implements Decoder {
  private stream: Decompressor | undefined;
  private failure: Error | undefined;
  private held: Buffer | undefined;
  private bytes = 0;

  public constructor(
    private readonly format: StreamFormat,
    private readonly output: DecodedOutput,
  ) {}

  public async write(bytes: Buffer): Promise<void> {
    if (this.stream === undefined && this.held === undefined && bytes.length <= SMALL_BYTES) {
      this.held = bytes;
      return;
    }
    await this.flushHeld();
    await this.feed(bytes);
  }

  public async end(): Promise<void> {
    if (this.held !== undefined && !this.decompressAtOnce(this.held)) {
      await this.flushHeld();
    }
    this.held = undefined;
    if (this.stream !== undefined) {
      await this.endStream(this.stream);
    }
  }

  public close(): void {
    this.stream?.destroy();
  }

  /** False when the result is too large to be held as a whole. */
  private decompressAtOnce(bytes: Buffer): boolean {
    try {
      const result = this.format.decompress(bytes, AT_ONCE) as { buffer: Buffer; engine: Decompressor };
      checkEnd(bytes.length, result.engine);
      this.output(result.buffer);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
        return false;
      }
      throw error;
    }
  }

  private async flushHeld(): Promise<void> {
    const { held } = this;
    this.held = undefined;
    if (held !== undefined) {
      await this.feed(held);
    }
  }

  private async feed(bytes: Buffer): Promise<void> {
    this.stream ??= this.start();
    this.throwFailure();
    this.bytes += bytes.length;
    if (!this.stream.write(bytes)) {
      await once(this.stream, 'drain');
    }
  }

  private async endStream(stream: Decompressor): Promise<void> {
    const { bytes } = this;
    this.stream = undefined;
    this.bytes = 0;
    this.throwFailure();
    stream.end();
    await finished(stream);
    checkEnd(bytes, stream);
  }

  private start(): Decompressor {
    const stream = this.format.createStream({
      chunkSize: OUTPUT_CHUNK_BYTES,
      highWaterMark: WAITING_BYTES,
    } as ZlibOptions);
    // It can fail while nobody waits for it: the next call then says so. Unheard, the event would end the process.
    stream.on('data', this.output).on('error', (error: Error) => {
      this.failure = error;
    });
    return stream;
  }

  private throwFailure(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) {
      throw failure;
    }
  }
}

/** Most compressed bytes that are decompressed at once. */
const SMALL_BYTES = 16 * 1024;
/** The largest result of doing so; a chunk as small as most results are saves half of the time. */
const AT_ONCE = { info: true, chunkSize: 4 * 1024, maxOutputLength: 4 * 1024 * 1024 } as const;
/** Bytes that a stream decompresses before it switches threads, which takes most of the time with its default of 16 KiB. */
const OUTPUT_CHUNK_BYTES = 1024 * 1024;
/** Compressed bytes that may wait for a stream. */
const WAITING_BYTES = 256 * 1024;

function checkEnd(bytes: number, { bytesWritten }: Decompressor): void {
  if (bytesWritten !== bytes) {
    throw new Error(`${bytes - bytesWritten} bytes follow the end of the compressed data`);
  }
}
