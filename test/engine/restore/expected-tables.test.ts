import { expectedOfMany, expectedTables, renamedTables } from '../../../engine/restore/expected-tables';

const table = (schema: string, name: string) => ({ schema, table: name, rows: 1 });

test('schemas with tables are looked through, named by the record or not', () => {
  const expected = expectedTables({ schemas: ['a', 'empty'], tables: [table('a', 't'), table('public', 'u')] });
  expect(expected.schemas).toEqual(['a', 'empty', 'public']);
  expect(expected.tables).toHaveLength(2);
});

test('tables are expected in the schema that got another name', () => {
  expect(renamedTables({ schemas: ['a'], tables: [table('a', 't')] }, 'b')).toEqual({
    schemas: ['b'],
    tables: [table('b', 't')],
  });
});

test('of many archives, each is in exactly one portion', () => {
  const names = Array.from({ length: 121 }, (_, index) => `tenant_${index}`);
  const portions = expectedOfMany(names.map((name) => ({ schemas: [name], tables: [table(name, 't')] })));
  expect(portions.map(({ schemas }) => schemas.length)).toEqual([50, 50, 21]);
  expect(portions.flatMap(({ schemas }) => schemas)).toEqual(names);
  expect(portions.flatMap(({ tables }) => tables.map(({ schema }) => schema))).toEqual(names);
});
