/**
 * Bounds requests that go on at the same time, and the bytes that wait in them. Whoever asks first goes first. A single
 * request may be larger than all bytes allowed; it then goes alone.
 */
export class RequestBudget {
  private requests = 0;
  private bytes = 0;
  private readonly waiting: { readonly bytes: number; readonly admit: () => void }[] = [];

  public constructor(
    private readonly mostRequests: number,
    private readonly mostBytes: number,
  ) {}

  /** Waits until a request of so many bytes may begin. What it took must be given back with {@link release}. */
  public async acquire(bytes: number): Promise<void> {
    if (this.waiting.length === 0 && this.hasRoom(bytes)) {
      this.take(bytes);
      return;
    }
    await new Promise<void>((admit) => this.waiting.push({ bytes, admit }));
  }

  /** A request of so many bytes has ended. */
  public release(bytes: number): void {
    this.requests -= 1;
    this.bytes -= bytes;
    for (let first = this.waiting[0]; first !== undefined && this.hasRoom(first.bytes); first = this.waiting[0]) {
      this.waiting.shift();
      this.take(first.bytes);
      first.admit();
    }
  }

  private hasRoom(bytes: number): boolean {
    return this.requests < this.mostRequests && (this.bytes === 0 || this.bytes + bytes <= this.mostBytes);
  }

  private take(bytes: number): void {
    this.requests += 1;
    this.bytes += bytes;
  }
}
