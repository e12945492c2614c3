import { setImmediate as afterOthers } from 'node:timers/promises';
import type { Decoder } from './decoder';
import { PendingBytes } from './pending-bytes';

/** What comes next in a frame. */
type FrameState = 'header' | 'blocks' | 'ended';

/**
 * Takes a table or large object that is compressed as one frame, a header and blocks, in pieces of any size: reads on as
 * long as a whole header or block is there, and refuses a frame that is cut or followed by anything.
 */
export abstract class FrameDecoder implements Decoder {
  protected readonly pending = new PendingBytes();
  protected state: FrameState = 'header';

  /** Reads the header and moves on to the blocks; false while it is not there as a whole. */
  protected abstract readHeader(): boolean;
  /** Reads one block, and ends the frame with its last; false while the block is not there as a whole. */
  protected abstract readBlock(): boolean;
  /** The error for damaged data of this format. */
  protected abstract damaged(problem: string): Error;

  public write(bytes: Buffer): Promise<void> | void {
    this.pending.push(bytes);
    return this.readOn();
  }

  public end(): void {
    const isCut = this.state === 'blocks' || this.pending.length > 0;
    this.state = 'header';
    this.pending.clear();
    if (isCut) {
      throw this.damaged('the frame is cut');
    }
  }

  public close(): void {
    this.pending.clear();
  }

  /** Goes on as long as a whole header or block is there. A few bytes can become many blocks: others get their turn in between. */
  private readOn(): Promise<void> | void {
    for (let steps = 0; this.step(); steps += 1) {
      if (steps === STEPS_AT_ONCE) {
        return afterOthers().then(() => this.readOn());
      }
    }
  }

  private step(): boolean {
    switch (this.state) {
      case 'header':
        return this.readHeader();
      case 'blocks':
        return this.readBlock();
      case 'ended':
        if (this.pending.length > 0) {
          throw this.damaged('bytes follow the frame');
        }
        return false;
    }
  }
}

/** 64 blocks of zstd are at most 8 MiB. An ordinary piece of an archive holds fewer. */
const STEPS_AT_ONCE = 64;
