import fc from 'fast-check';
import type { ObjectVersion } from '../../../engine/files/listing-page';
import { type JoinVisitor, joinByContent, joinByVersionId } from '../../../engine/files/merge-join';
import { version, walk } from './histories';

/** Writes down what a join tells. */
class Notes implements JoinVisitor {
  public readonly lines: string[] = [];

  public constructor(private readonly stopAfter?: string) {}

  public matched(source: ObjectVersion, replica: ObjectVersion) {
    this.lines.push(`${source.key} ${source.versionId}=${replica.versionId}`);
    return undefined;
  }

  public async unmatched({ sourceLatest, sourceOnly, replicaOnly }: Parameters<JoinVisitor['unmatched']>[0]) {
    this.lines.push(...sourceOnly.map(({ key, versionId }) => `${key} ${versionId}<`));
    this.lines.push(...replicaOnly.map(({ key, versionId }) => `${key} >${versionId} (${sourceLatest?.versionId})`));
  }

  public keyDone(key: string) {
    return key === this.stopAfter;
  }
}

const history = (key: string, ...ids: string[]) => ids.map((id) => version(id, { key }));

test('joins by key and version id', async () => {
  const notes = new Notes();
  const source = [...history('a', '2', '1'), ...history('b', '1'), ...history('d', '3', '2', '1')];
  const replica = [...history('a', '2', '1'), ...history('c', '1'), ...history('d', '4', '3', '1')];
  expect(await joinByVersionId(walk(source), walk(replica), notes)).toBe(true);
  expect(notes.lines).toEqual(['a 2=2', 'a 1=1', 'b 1<', 'c >1 (undefined)', 'd 3=3', 'd 1=1', 'd 2<', 'd >4 (3)']);
});

test('stops behind a key, and knows when nothing is left', async () => {
  const source = walk([...history('a', '2', '1'), ...history('b', '1')]);
  const replica = walk([...history('a', '2', '1'), ...history('b', '1')]);
  expect(await joinByVersionId(source, replica, new Notes('a'))).toBe(false);
  expect([source.steps(), replica.steps()]).toEqual([2, 2]);
  expect(await joinByVersionId(source, replica, new Notes('b'))).toBe(true);
});

test('joins by content where copies have ids of their own', async () => {
  const notes = new Notes();
  const source = [version('3', { etag: 'z' }), version('2', { etag: 'y' }), version('1', { etag: 'x' })];
  const replica = [version('c3', { etag: 'z' }), version('c1', { etag: 'x' })];
  await joinByContent(walk(source), walk(replica), notes);
  expect(notes.lines).toEqual(['key 3=c3', 'key 1=c1', 'key 2<']);
});

test('tells each version once, in whatever order the versions of a key come', async () => {
  const ids = fc.uniqueArray(fc.nat(12).map(String), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(ids, ids, async (source, replica) => {
      const notes = new Notes();
      await joinByVersionId(walk(history('k', ...source)), walk(history('k', ...replica)), notes);
      const expected = [
        ...source.map((id) => (replica.includes(id) ? `k ${id}=${id}` : `k ${id}<`)),
        ...replica.filter((id) => !source.includes(id)).map((id) => `k >${id} (${source[0]})`),
      ];
      expect(notes.lines.sort()).toEqual(expected.sort());
    }),
  );
});

test('joins a key with a hundred thousand versions', async () => {
  const ids = Array.from({ length: 100_000 }, (_, place) => String(place));
  const notes = new Notes();
  await joinByVersionId(walk(history('k', ...ids)), walk(history('k', ...ids.slice(1))), notes);
  expect(notes.lines).toHaveLength(100_000);
  expect(notes.lines.at(-1)).toBe('k 0<');
});
