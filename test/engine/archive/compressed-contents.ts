import { openArchive } from '../../../engine/archive/archive-reader';
import { fixture, pieces } from './fixtures';

/** What pg_dump compressed in an archive: the compressed bytes of each table and large object. */
export async function compressedContents(name: string): Promise<Buffer[]> {
  const archive = await openArchive(pieces(fixture(name)));
  const contents: Buffer[] = [];
  let current: Buffer[] = [];
  for await (const part of archive.blocks()) {
    if (part.kind === 'data') {
      for (let index = 0; index < part.spans.length; index += 2) {
        current.push(part.raw.subarray(part.spans[index], part.spans[index + 1]));
      }
      if (part.isLast) {
        contents.push(Buffer.concat(current));
        current = [];
      }
    }
  }
  return contents;
}
