import { CatalogError } from './catalog-error';

/** Longest line of `tenants.jsonl`: one tenant with 20,000 tables needs 3 MB; 64 MiB. */
export const LONGEST_RECORD_BYTES = 64 * 1024 * 1024;

/**
 * Divides a stream of UTF-8 into its lines, without their ends; what follows the last end of line is a line if there is
 * anything.
 *
 * @param mostBytes of one line, so that a stream without any end of line is not held in memory.
 * @throws CatalogError when a line is longer.
 */
export async function* linesOf(source: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<string, void> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const piece of source) {
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, start)) {
      yield Buffer.concat([...begun, piece.subarray(start, end)]).toString();
      [begun, begunBytes, start] = [[], 0, end + 1];
    }
    begun.push(piece.subarray(start));
    begunBytes += piece.length - start;
    if (begunBytes > mostBytes) {
      throw new CatalogError(
        `A line of tenants.jsonl has more than ${mostBytes} bytes. HINT: it is none that Holdfast wrote; use another backup.`,
      );
    }
  }
  if (begunBytes > 0) {
    yield Buffer.concat(begun).toString();
  }
}

const LINE_FEED = 0x0a;
