import fc from 'fast-check';
import { alignHistories } from '../../../engine/files/content-alignment';
import { version } from './histories';

const ids = (versions: readonly { versionId: string }[]) => versions.map(({ versionId }) => versionId);
const align = (...[source, replica]: Parameters<typeof alignHistories>) => {
  const { matched, sourceOnly, replicaOnly } = alignHistories(source, replica);
  return {
    matched: matched.map(([left, right]) => `${left.versionId}=${right.versionId}`),
    sourceOnly: ids(sourceOnly),
    replicaOnly: ids(replicaOnly),
  };
};
const copy = (of: string, more = {}) => version(`copy-${of}`, { etag: of, ...more });

test('finds exactly the versions that are missing, wherever they are', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 12 }), (kept) => {
      const source = kept.map((_, place) => version(`${place}`));
      const replica = kept.flatMap((isKept, place) => (isKept ? [copy(`${place}`)] : []));
      const { sourceOnly, replicaOnly } = align(source, replica);
      expect(sourceOnly).toEqual(kept.flatMap((isKept, place) => (isKept ? [] : [`${place}`])));
      expect(replicaOnly).toEqual([]);
    }),
  );
});

test('keeps a version whose bytes were replaced in its place', () => {
  const source = [version('3'), version('2'), version('1')];
  expect(align(source, [copy('3'), version('bad'), copy('1')])).toEqual({
    matched: ['3=copy-3', '2=bad', '1=copy-1'],
    sourceOnly: [],
    replicaOnly: [],
  });
});

test('keeps a version whose size differs in its place', () => {
  const source = [version('2'), version('1')];
  expect(align(source, [copy('2'), version('bad', { size: 9 })]).matched).toEqual(['2=copy-2', '1=bad']);
});

test('never takes a delete marker for an object', () => {
  expect(align([version('1', { isDeleteMarker: true, size: 0 })], [version('c', { size: 0 })])).toEqual({
    matched: [],
    sourceOnly: ['1'],
    replicaOnly: ['c'],
  });
});

test('takes the newest for missing where content cannot tell', () => {
  const same = { etag: '' };
  const source = ['3', '2', '1'].map((id) => version(id, same));
  const replica = ['b', 'a'].map((id) => version(id, same));
  expect(align(source, replica)).toMatchObject({ matched: ['2=b', '1=a'], sourceOnly: ['3'] });
});

test('compares very long histories place by place from the oldest on', () => {
  const source = Array.from({ length: 2_101 }, (_, place) => version(`${place}`, { isDeleteMarker: place === 7 }));
  const replica = source.slice(1).map(({ versionId }) => version(`c${versionId}`));
  const { matched, sourceOnly, replicaOnly } = align(source, replica);
  expect(matched).toHaveLength(2_099);
  expect(sourceOnly).toEqual(['0', '7']);
  expect(replicaOnly).toEqual(['c7']);
});
