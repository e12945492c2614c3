import fc from 'fast-check';
import { type TenantSource, Tenants, tenantsProblem } from '../../../engine/contract/tenants';

test.each<[string, Tenants, TenantSource]>([
  ['a pattern of schemas', Tenants.schemasLike('tenant\\_%'), { kind: 'schemasLike', pattern: 'tenant\\_%' }],
  ['a list of schemas', Tenants.schemas('a', 'B c'), { kind: 'schemas', schemas: ['a', 'B c'] }],
  ['a registry', Tenants.registry('SELECT 1'), { kind: 'registry', query: 'SELECT 1' }],
  ['a pattern of databases', Tenants.databasesLike('app\\_%'), { kind: 'databasesLike', pattern: 'app\\_%' }],
])('%s says where tenants are found', (_, tenants, source) => {
  expect(tenants.source).toEqual(source);
});

test.each<[() => Tenants, string]>([
  [() => Tenants.schemasLike(''), 'schemasLike: the pattern must not be empty'],
  [() => Tenants.databasesLike(''), 'databasesLike: the pattern must not be empty'],
  [() => Tenants.registry(' \n'), 'registry: the query must not be empty'],
  [() => Tenants.schemas(), 'schemas: at least one must be listed'],
  [() => Tenants.schemas('a', ''), 'schemas: a name must have 1 to 63 bytes, got: ""'],
  [() => Tenants.schemas('a', 'b', 'a'), 'schemas: "a" is listed twice'],
])('what finds no tenant for sure is refused: %#', (make, message) => {
  expect(make).toThrow(new RangeError(message));
});

test('a name is as long as PostgreSQL keeps it, in bytes', () => {
  expect(tenantsProblem({ kind: 'schemas', schemas: ['x'.repeat(63)] })).toBeUndefined();
  expect(tenantsProblem({ kind: 'schemas', schemas: ['x'.repeat(64)] })).toContain('1 to 63 bytes');
  expect(tenantsProblem({ kind: 'schemas', schemas: ['ü'.repeat(32)] })).toContain('1 to 63 bytes');
});

test('names that differ in case, in spaces or in quotes are different tenants', () => {
  expect(tenantsProblem({ kind: 'schemas', schemas: ['a', 'A', ' a', '"a"'] })).toBeUndefined();
});

test('any source is made exactly when nothing is wrong with it', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 70 }), { maxLength: 6 }), (schemas) => {
      const problem = tenantsProblem({ kind: 'schemas', schemas });
      const make = () => Tenants.schemas(...schemas);
      if (problem === undefined) {
        expect(make().source).toEqual({ kind: 'schemas', schemas });
      } else {
        expect(make).toThrow(problem);
      }
    }),
  );
});
