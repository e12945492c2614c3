import { createHash } from 'node:crypto';
import { combineCrc64nvme, crc64nvme, crc64nvmeText } from './crc64nvme';
import { GrowingBuffer } from './growing-buffer';
import { ObjectTooLargeError } from './object-error';
import type { PartMemory } from './part-memory';
import { MOST_PARTS, MOST_UPLOAD_BYTES, nextPartBytes } from './part-size';
import type { RequestBudget } from './request-budget';
import type { StoredObject, WriteOptions } from './stored-object';
import type { BegunUpload, StoredPart, WriteRequests, WrittenBytes } from './write-requests';

/** An object of unknown size that is being written. */
export interface ObjectUpload {
  /**
   * Takes the next bytes, one call at a time; resolves when more are welcome. The bytes may be overwritten after.
   *
   * @throws what made the upload fail, such as an error of S3; ObjectTooLargeError.
   */
  write(bytes: Buffer): Promise<void>;
  /** The object is complete: the rest is written in the background. Resolves when more work is welcome. */
  end(): Promise<void>;
  /** Gives the upload up; never throws. An object that is stored already stays. */
  abort(): Promise<void>;
  /**
   * The object, when S3 has confirmed it. Rejects with the first error, after the upload was given up; who does not
   * look at it is not disturbed by that.
   */
  readonly stored: Promise<StoredObject>;
}

/**
 * Writes what it is given to S3 as it comes: in one request if it fits into a first part, else in parts that grow. Memory
 * holds the part that is being filled, and those on their way as far as the budget allows. Each byte is digested once: the
 * CRC of the whole is made from those of the parts.
 */
export class StreamedUpload implements ObjectUpload {
  public readonly stored: Promise<StoredObject>;
  private settleStored!: { resolve: (object: StoredObject) => void; reject: (error: Error) => void };
  private readonly sha256 = createHash('sha256');
  private crc = 0n;
  /** Bytes of all parts that were sent off. */
  private bytes = 0;
  private filling = new GrowingBuffer(nextPartBytes(0));
  private begun: Promise<BegunUpload> | undefined;
  private readonly parts: Promise<StoredPart>[] = [];
  private state: 'open' | 'ended' | 'stored' = 'open';
  private readonly cancellation = new AbortController();
  private failure: Error | undefined;
  private givenUp: Promise<void> | undefined;

  public constructor(
    private readonly requests: WriteRequests,
    private readonly budget: RequestBudget,
    private readonly memory: PartMemory,
    private readonly key: string,
    private readonly options: WriteOptions,
  ) {
    this.stored = new Promise((resolve, reject) => {
      this.settleStored = { resolve, reject };
    });
    this.stored.catch(() => undefined);
  }

  public async write(bytes: Buffer): Promise<void> {
    this.requireOpen();
    for (let rest = bytes; rest.length > 0; ) {
      if (this.filling.isFull) {
        await this.sendPart();
      }
      rest = rest.subarray(this.filling.append(rest));
    }
  }

  public async end(): Promise<void> {
    this.requireOpen();
    this.state = 'ended';
    const { begun } = this;
    if (begun === undefined) {
      await this.sendWhole();
    } else {
      await this.sendPart();
      this.inBackground(this.complete(begun));
    }
  }

  public async abort(): Promise<void> {
    if (this.state !== 'stored') {
      await this.giveUp(new Error('The upload was aborted. HINT: see the error before.'));
    }
  }

  private requireOpen(): void {
    if (this.failure !== undefined) {
      throw this.failure;
    }
    if (this.state !== 'open') {
      throw new Error('The upload has ended: nothing more can be written.');
    }
  }

  /** Sends what was collected as an object of its own. */
  private async sendWhole(): Promise<void> {
    const { body } = await this.takeFilled();
    this.inBackground(
      this.withinBudget(body.length, async () => {
        this.succeed(await this.requests.put(this.written(), body, this.options, this.cancellation.signal));
      }),
    );
  }

  /** Sends what was collected as the next part. */
  private async sendPart(): Promise<void> {
    const partNumber = this.parts.length + 1;
    if (partNumber > MOST_PARTS) {
      await this.giveUp(new ObjectTooLargeError(this.bytes + this.filling.length, MOST_UPLOAD_BYTES));
      this.requireOpen();
    }
    const { body, crc } = await this.takeFilled();
    const { signal } = this.cancellation;
    this.begun ??= this.requests.create(this.key, this.options, signal);
    const { begun } = this;
    const part = this.withinBudget(body.length, async () => {
      const { uploadId } = await begun;
      const digest = { partNumber, crc64nvme: crc64nvmeText(crc) };
      const stored = await this.requests.part(this.key, uploadId, digest, body, signal);
      // S3 has confirmed every byte: no attempt to send them is left.
      this.memory.give(body);
      return stored;
    });
    this.parts.push(part);
    this.inBackground(part);
  }

  /** Waits for room in the budget, then takes the collected bytes off and digests them. */
  private async takeFilled(): Promise<{ body: Buffer; crc: bigint }> {
    const body = this.filling.contents();
    await this.budget.acquire(body.length);
    if (this.failure !== undefined) {
      this.budget.release(body.length);
      throw this.failure;
    }
    const crc = crc64nvme(body);
    this.sha256.update(body);
    this.crc = this.bytes === 0 ? crc : combineCrc64nvme(this.crc, crc, body.length);
    this.bytes += body.length;
    this.filling = this.nextFilling();
    return { body, crc };
  }

  private nextFilling(): GrowingBuffer {
    const bytes = this.state === 'open' ? nextPartBytes(this.bytes) : 0;
    return new GrowingBuffer(bytes, this.memory.take(bytes));
  }

  private async withinBudget<Result>(bytes: number, request: () => Promise<Result>): Promise<Result> {
    try {
      return await request();
    } finally {
      this.budget.release(bytes);
    }
  }

  private async complete(begun: Promise<BegunUpload>): Promise<void> {
    const parts = await Promise.all(this.parts);
    this.succeed(await this.requests.complete(this.written(), await begun, parts, this.cancellation.signal));
  }

  private written(): WrittenBytes {
    return {
      key: this.key,
      bytes: this.bytes,
      sha256: this.sha256.digest('hex'),
      crc64nvme: crc64nvmeText(this.crc),
    };
  }

  private succeed(object: StoredObject): void {
    this.state = 'stored';
    this.settleStored.resolve(object);
  }

  private inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.giveUp(error instanceof Error ? error : new Error(String(error))));
  }

  /** Ends all requests of this upload, lets S3 forget its parts, and tells of the first error. */
  private giveUp(error: Error): Promise<void> {
    this.failure ??= error;
    this.givenUp ??= this.dismantle();
    return this.givenUp;
  }

  private async dismantle(): Promise<void> {
    this.cancellation.abort();
    const [begun] = await Promise.allSettled([this.begun, ...this.parts]);
    if (begun?.status === 'fulfilled' && begun.value !== undefined) {
      // What cannot be given up now is by the next run, or by the lifecycle: the first error is the one to tell.
      await this.requests.abort(this.key, begun.value.uploadId).catch(() => undefined);
    }
    this.settleStored.reject(this.failure as Error);
  }
}
