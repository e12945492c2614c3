import { openArchive } from '../../../engine/archive/archive-reader';
import type { TocEntry } from '../../../engine/archive/toc';
import { pieces } from './fixtures';

/** The whole table of contents of an archive, each entry with its bytes. */
export async function tocOf(
  bytes: Uint8Array | undefined,
  pieceBytes?: number,
): Promise<(TocEntry & { readonly raw: Buffer })[]> {
  const toc: (TocEntry & { readonly raw: Buffer })[] = [];
  const archive = await openArchive(pieces(bytes ?? Buffer.alloc(0), pieceBytes), (entry, raw) => {
    toc.push({ ...entry, raw: Buffer.from(raw) });
  });
  await archive.close();
  return toc;
}
