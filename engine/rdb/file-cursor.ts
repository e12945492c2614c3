import { Cursor, type Reading } from './cursor';
import type { Kernel } from './kernel';
import { RdbError, type RdbFault } from './rdb-error';

/** The bytes of an RDB file as they arrive, with the checksum of those that have been read. */
export class FileCursor extends Cursor {
  private piece: Uint8Array = new Uint8Array(0);
  private pieceTaken = 0;
  private hasEnded = false;
  private bytesBefore = 0;
  /** Place in the window behind the last byte that is in the checksum. */
  private summed = 0;
  private sum = 0n;

  public constructor(public readonly kernel: Kernel) {
    super(kernel.fileWindow);
  }

  /** Bytes read so far. */
  public get offset(): number {
    return this.bytesBefore + this.position;
  }

  /** Gives the next bytes, when all earlier ones were taken. */
  public offer(piece: Uint8Array): void {
    this.piece = piece;
    this.pieceTaken = 0;
  }

  /** Tells that no more bytes follow. */
  public finish(): void {
    this.hasEnded = true;
  }

  /** CRC64 of all bytes read so far (crc64.c). */
  public checksum(): bigint {
    this.addToSum();
    return BigInt.asUintN(64, this.sum);
  }

  public override *fill(): Reading<boolean> {
    this.slide();
    while (this.pieceTaken === this.piece.length) {
      if (this.hasEnded) {
        return false;
      }
      yield;
    }
    const taken = Math.min(this.window.length - this.end, this.piece.length - this.pieceTaken);
    this.window.set(this.piece.subarray(this.pieceTaken, this.pieceTaken + taken), this.end);
    this.pieceTaken += taken;
    this.end += taken;
    return true;
  }

  public override error(fault: RdbFault, problem: string): RdbError {
    return new RdbError(fault, this.offset, problem);
  }

  protected override shortage(bytes: number, what: string): RdbError {
    return this.error('truncated', `the file ends inside ${what}: ${bytes} bytes needed, ${this.available} there`);
  }

  /** Moves what is unread to the front of the window. */
  private slide(): void {
    this.addToSum();
    this.window.copyWithin(0, this.position, this.end);
    this.bytesBefore += this.position;
    this.end -= this.position;
    this.position = 0;
    this.summed = 0;
  }

  private addToSum(): void {
    this.sum = this.kernel.checksum(this.sum, this.summed, this.position);
    this.summed = this.position;
  }
}
