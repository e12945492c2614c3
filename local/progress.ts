import type { WriteStream } from 'node:tty';

/** Adds a line below the running step. */
export type Note = (line: string) => void;

/** Prints a line for each step with the time that it took, and its notes below it. */
export class Progress {
  /** Whether the title of the running step stands on an unfinished line. */
  private lineIsOpen = false;

  constructor(private readonly out: Pick<WriteStream, 'write' | 'isTTY'>) {}

  /** Does a step. Its line bears a tick, or a cross when it fails. */
  async step<T>(title: string, work: (note: Note) => Promise<T>): Promise<T> {
    const started = performance.now();
    const notes: string[] = [];
    if (this.out.isTTY) {
      this.out.write(`… ${title}`);
      this.lineIsOpen = true;
    }
    const end = (mark: string) => {
      const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
      const restart = this.lineIsOpen ? '\r' : '';
      this.lineIsOpen = false;
      this.out.write(`${restart}${mark} ${title.padEnd(62)} ${seconds.padStart(7)}\n`);
      for (const note of notes) this.out.write(`    ${note}\n`);
    };
    try {
      const result = await work((line) => notes.push(line));
      end('✓');
      return result;
    } catch (error) {
      end('✗');
      throw error;
    }
  }

  /** Prints some lines of their own. */
  print(text: string): void {
    const newLine = this.lineIsOpen ? '\n' : '';
    this.lineIsOpen = false;
    this.out.write(`${newLine}${text}\n`);
  }
}
