import fc from 'fast-check';
import { CatalogError } from '../../../engine/catalog/catalog-error';
import { linesOf } from '../../../engine/catalog/lines';
import { allOf } from './backup';

async function* piecesOf(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    yield bytes.subarray(start, start + pieceBytes);
  }
}

test('are the same however the stream is cut, in the middle of a character too', async () => {
  const line = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll('\n', ''));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 40 }), async (lines, pieceBytes) => {
      const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
      expect(await allOf(linesOf(piecesOf(bytes, pieceBytes), 1000))).toEqual(
        lines.map((each) => Buffer.from(each).toString()),
      );
    }),
  );
});

test('end with the stream', async () => {
  expect(await allOf(linesOf(piecesOf(Buffer.from('a\n\nb'), 1), 10))).toEqual(['a', '', 'b']);
  expect(await allOf(linesOf(piecesOf(Buffer.alloc(0), 1), 10))).toEqual([]);
});

test('are no longer than they may be', async () => {
  const lines = linesOf(piecesOf(Buffer.from('short\nmuch too long'), 3), 8);
  await expect(allOf(lines)).rejects.toThrow(CatalogError);
  await expect(allOf(linesOf(piecesOf(Buffer.from('much too long'), 3), 8))).rejects.toThrow(
    'A line of tenants.jsonl has more than 8 bytes. HINT: ',
  );
});
