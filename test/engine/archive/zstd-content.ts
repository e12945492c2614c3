/** Levels of compression that the archives in fixtures/zstd have: each uses other features of the format. */
export const ZSTD_LEVELS = [1, 3, 7, 12, 19] as const;

/** What is compressed in each file of fixtures/zstd: rows as `COPY` writes them, the same in every run. */
export function zstdContent(): Buffer {
  const rows: string[] = [];
  let state = 1;
  const next = (most: number): number => {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % most;
  };
  for (let id = 1; id <= 4000; id += 1) {
    const words = Array.from({ length: 1 + next(6) }, () => WORDS[next(WORDS.length)]);
    rows.push(`${id}\t2026-${1 + next(12)}-${1 + next(28)}\t${next(100_000) / 100}\t${words.join(' ')}\t\\N\n`);
  }
  // Long repetitions, bytes of every value, and the rows again from far back.
  const noise = Buffer.from(Array.from({ length: 3000 }, () => next(256)));
  return Buffer.concat([
    Buffer.from(rows.join('')),
    Buffer.alloc(5000, 'ab'),
    noise,
    Buffer.from(rows.slice(500, 900).join('')),
  ]);
}

const WORDS = [
  'paid',
  'open',
  'shipped',
  'returned',
  'invoice',
  'order',
  'customer',
  'note',
  'Größe',
  'late',
  'gift',
  'refund',
];
