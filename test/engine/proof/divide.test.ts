import fc from 'fast-check';
import type { PlannedPart, TenantsBatch } from '../../../engine/contract/verify-tenants';
import { LARGE_ARCHIVE_BYTES, MOST_LINES, partsOf } from '../../../engine/proof/divide';
import { allOf } from '../catalog/backup';

/** A line of `tenants.jsonl`, as far as dividing goes. */
interface Line {
  readonly bytes: number;
  readonly record: { readonly bytes: number };
}

const line = (archiveBytes: number, bytes = 500): Line => ({ bytes, record: { bytes: archiveBytes } });

async function* inTurn(lines: readonly Line[]): AsyncGenerator<Line> {
  yield* lines;
}

const divide = (lines: readonly Line[]): Promise<PlannedPart[]> => allOf(partsOf(inTurn(lines)));
const batchesOf = (parts: readonly PlannedPart[]): TenantsBatch[] =>
  parts.flatMap((part) => (part.kind === 'tenants' ? [part.batch] : []));

test('so many small archives make a part', async () => {
  const parts = await divide(Array.from({ length: 2 * MOST_LINES + 1 }, () => line(1_000)));
  expect(batchesOf(parts)).toEqual([
    { first: 0, lines: 48, offset: 0, bytes: 24_000 },
    { first: 48, lines: 48, offset: 24_000, bytes: 24_000 },
    { first: 96, lines: 1, offset: 48_000, bytes: 500 },
  ]);
});

test('a large archive is a part of its own, for the job', async () => {
  const parts = await divide([line(1), line(LARGE_ARCHIVE_BYTES + 1), line(1)]);
  expect(parts.map(({ isLarge }) => isLarge)).toEqual([false, true, false]);
});

test('archives that are large together are divided, and none is for the job', async () => {
  const parts = await divide([line(LARGE_ARCHIVE_BYTES), line(1), line(LARGE_ARCHIVE_BYTES - 1), line(1)]);
  expect(batchesOf(parts).map(({ lines }) => lines)).toEqual([1, 2, 1]);
  expect(parts.some(({ isLarge }) => isLarge)).toBe(false);
});

test('long lines make parts of few tenants, so that none is long', async () => {
  const parts = await divide([line(1, 3_000_000), line(1, 3_000_000), line(1, 9_000_000)]);
  expect(batchesOf(parts).map(({ bytes }) => bytes)).toEqual([3_000_000, 3_000_000, 9_000_000]);
});

test('no tenants make no part', async () => {
  await expect(divide([])).resolves.toEqual([]);
});

test('parts cover every line once, in their order', async () => {
  const aLine = fc.record({
    bytes: fc.integer({ min: 1, max: 6_000_000 }),
    record: fc.record({ bytes: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 2 ** 32 })) }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(aLine, { maxLength: 150 }), async (lines) => {
      let [first, offset] = [0, 0];
      for (const batch of batchesOf(await divide(lines))) {
        expect(batch).toMatchObject({ first, offset });
        expect(batch.lines).toBeGreaterThan(0);
        const covered = lines.slice(first, first + batch.lines);
        expect(batch.bytes).toBe(covered.reduce((sum, { bytes }) => sum + bytes, 0));
        first += batch.lines;
        offset += batch.bytes;
      }
      expect(first).toBe(lines.length);
    }),
  );
});
