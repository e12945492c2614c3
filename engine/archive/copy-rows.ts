import type { Spans } from './blocks';

/**
 * Counts the rows of a table's data as they stream by.
 *
 * `COPY` in text format writes one line a row, line ends within a value being escaped, and `pg_dump` ends the table
 * with a line `\.` and two empty lines (`dumpTableData_copy` in pg_dump.c). So the rows are the line ends less three,
 * and data that end otherwise are incomplete.
 */
export class CopyRows {
  private lineEnds = 0;
  private tail = '';

  /** Takes the next bytes of the table, those within `spans`; they are not kept. */
  public write(bytes: Buffer, spans: Spans = [0, bytes.length]): void {
    // A search through the whole, less what was found in between, is faster than one search for each span.
    this.lineEnds += countLineEnds(bytes) - countLineEndsBetween(bytes, spans);
    this.tail = (this.tail + lastBytes(bytes, spans)).slice(-TAIL_BYTES);
  }

  /**
   * Number of rows, once the table is complete; begins anew.
   *
   * @throws Error when the data do not end as `COPY` does.
   */
  public finish(): number {
    const rows = this.lineEnds - END_LINES;
    const { tail } = this;
    this.lineEnds = 0;
    this.tail = '';
    if (rows < 0 || tail !== (rows === 0 ? END : `\n${END}`)) {
      throw new Error(`the data of the table do not end with ${JSON.stringify(END)}`);
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

function countLineEndsBetween(bytes: Buffer, spans: Spans): number {
  let count = 0;
  let from = 0;
  for (let index = 0; index <= spans.length; index += 2) {
    const to = spans[index] ?? bytes.length;
    for (; from < to; from += 1) {
      if (bytes[from] === LINE_END) {
        count += 1;
      }
    }
    from = spans[index + 1] ?? to;
  }
  return count;
}

/** The last {@link TAIL_BYTES} within the spans, or all if they are fewer. */
function lastBytes(bytes: Buffer, spans: Spans): string {
  let tail = '';
  for (let index = spans.length - 2; index >= 0 && tail.length < TAIL_BYTES; index -= 2) {
    const [from = 0, to = 0] = [spans[index], spans[index + 1]];
    tail = bytes.toString('latin1', Math.max(from, to - TAIL_BYTES), to) + tail;
  }
  return tail;
}
