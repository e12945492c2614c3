import fc from 'fast-check';
import { type ChangeCount, countChanges, countUnknown } from '../../../engine/redis/change-count';

const server = (runId: string, changes: number | undefined) => ({ runId, changes, bytes: 0 });
const before: ChangeCount = { servers: { a: 10, b: 5 }, total: 100 };

test('at first everything that the servers tell counts', () => {
  expect(countChanges(undefined, [server('a', 7), server('b', 2)])).toEqual({ servers: { a: 7, b: 2 }, total: 9 });
});

test('then the differences of all shards are added', () => {
  expect(countChanges(before, [server('a', 13), server('b', 5)])).toEqual({ servers: { a: 13, b: 5 }, total: 103 });
});

test.each([
  ['a save of the server, and changes since', server('a', 4), 4],
  ['a save of the server, and none since', server('a', 0), 1],
  ['a failover or restart', server('new', 50_000), 1],
  ['a server that does not tell', server('a', undefined), 1],
])('%s', (_, told, added) => {
  expect(countChanges(before, [told]).total).toBe(100 + added);
});

test('a probe that failed counts as one change, and forgets no server', () => {
  expect(countUnknown(before)).toEqual({ servers: before.servers, total: 101 });
  expect(countUnknown(undefined)).toEqual({ servers: {}, total: 1 });
});

test('while servers run on and do not save, not a change is lost', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(1000), { minLength: 2, maxLength: 2 }), { minLength: 1 }), (rounds) => {
      const [totals, counts] = [[0, 0], [] as ChangeCount[]];
      for (const round of rounds) {
        round.forEach((changes, index) => {
          totals[index] = (totals[index] ?? 0) + changes;
        });
        counts.push(
          countChanges(
            counts.at(-1),
            totals.map((total, index) => server(`${index}`, total)),
          ),
        );
      }
      expect(counts.at(-1)?.total).toBe(totals.reduce((left, right) => left + right));
    }),
  );
});
