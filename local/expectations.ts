import Table from 'cli-table3';

interface Checked {
  readonly expectation: string;
  readonly seen: string;
  readonly holds: boolean;
}

/** What a run expects, beside what it saw. */
export class Expectations {
  private readonly checked: Checked[] = [];

  /** @param print gets a few lines about each expectation that does not hold */
  constructor(private readonly print: (text: string) => void) {}

  /** Notes whether what was seen is what was expected, word for word. */
  equal(expectation: string, expected: string, seen: string): void {
    this.checked.push({ expectation, seen, holds: seen === expected });
    if (seen !== expected) this.print(`✗ ${expectation}\n    expected: ${expected}\n    seen:     ${seen}`);
  }

  /** Whether there were expectations, and every one of them held. */
  get allHold(): boolean {
    return this.checked.length > 0 && this.checked.every(({ holds }) => holds);
  }

  /** The expectations as a table. */
  toString(): string {
    const table = new Table({
      head: ['expectation', 'seen', 'result'],
      style: { head: [], border: [] },
      colWidths: [52, 58, 10],
      wordWrap: true,
    });
    table.push(...this.checked.map(({ expectation, seen, holds }) => [expectation, seen, holds ? 'ok' : 'NOT OK']));
    return table.toString();
  }
}
