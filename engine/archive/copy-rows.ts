/**
 * Counts the rows of a table's data as they stream by.
 *
 * `COPY` in text format writes one line a row, line ends within a value being escaped, and `pg_dump` ends the table
 * with a line `\.` and two empty lines (`dumpTableData_copy` in pg_dump.c). So the rows are the line ends less three,
 * and data that end otherwise are incomplete.
 */
export class CopyRows {
  private lineEnds = 0;
  private tail = Buffer.alloc(0);

  /** Takes the next bytes of the table; they are not kept. */
  public write(bytes: Buffer): void {
    this.lineEnds += countLineEnds(bytes);
    this.tail = Buffer.concat([this.tail, bytes.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
  }

  /**
   * Number of rows, once the table is complete; begins anew.
   *
   * @throws Error when the data do not end as `COPY` does.
   */
  public finish(): number {
    const rows = this.lineEnds - END_LINES;
    const tail = this.tail.toString('latin1');
    this.lineEnds = 0;
    this.tail = Buffer.alloc(0);
    if (rows < 0 || tail !== (rows === 0 ? END : `\n${END}`)) {
      throw new Error(`the rows end with ${JSON.stringify(tail)}, must end with ${JSON.stringify(END)}`);
    }
    return rows;
  }
}

const END = '\\.\n\n\n';
const END_LINES = 3;
/** The end, and the line end of the row before it. */
const TAIL_BYTES = END.length + 1;
const LINE_END = 0x0a;

/** Searching in native code is ten times as fast as a loop over the bytes, unless rows are shorter than ten bytes. */
function countLineEnds(bytes: Buffer): number {
  let count = 0;
  let found = bytes.indexOf(LINE_END);
  while (found !== -1) {
    count += 1;
    found = bytes.indexOf(LINE_END, found + 1);
  }
  return count;
}
