import * as fc from 'fast-check';
import { type DumpGroup, planGroups } from '../../../engine/dump/groups';
import type { ResolvedTenants } from '../../../engine/dump/resolved-tenants';

const resolved = (names: readonly string[], leftOut: readonly string[] = []): ResolvedTenants => ({
  tenants: names.map((tenant) => ({ tenant, schemas: [`${tenant}_1`, `${tenant}_2`] })),
  leftOut: leftOut.map((tenant) => ({ tenant, reason: 'suspended', schemas: [tenant] })),
});

const names = (group: DumpGroup | undefined): string[] => (group?.tenants ?? []).map(({ tenant }) => tenant);

describe('groups of tenants', () => {
  it('are the whole database when one is wanted, without the schemas that are left out', () => {
    const { tenants } = resolved(['a', 'b']);
    expect(planGroups(resolved(['a', 'b'], ['gone']), 1, new Map())).toEqual([
      { scope: { withoutSchemas: ['gone'] }, tenants, isShared: true },
    ]);
  });

  it('are one more when several are wanted: the first has what belongs to no tenant', () => {
    const [rest, ...groups] = planGroups(resolved(['a', 'b', 'c'], ['gone']), 2, new Map());
    expect(rest).toEqual({
      scope: { withoutSchemas: ['gone', 'a_1', 'a_2', 'b_1', 'b_2', 'c_1', 'c_2'] },
      tenants: [],
      isShared: true,
    });
    expect(groups).toHaveLength(2);
    expect(groups.map(({ isShared }) => isShared)).toEqual([false, false]);
  });

  it('are balanced by size', () => {
    const sizes = new Map([
      ['a_1', 9e9],
      ['b_1', 5e9],
      ['c_2', 4e9],
    ]);
    const [, one, two] = planGroups(resolved(['a', 'b', 'c']), 2, sizes);
    expect([names(one), names(two)]).toEqual([['a'], ['b', 'c']]);
    expect(one?.scope).toEqual({ onlySchemas: ['a_1', 'a_2'], withoutSchemas: [] });
  });

  it('are spread evenly when all tenants are empty', () => {
    const [, ...groups] = planGroups(resolved(['a', 'b', 'c', 'd']), 2, new Map());
    expect(groups.map((group) => names(group).length)).toEqual([2, 2]);
  });

  it('are never empty and hold each tenant once, whatever their sizes', () => {
    const tenants = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 50 });
    const sizes = fc.array(fc.double({ min: 0, max: 1e15, noNaN: true }), { maxLength: 50 });
    fc.assert(
      fc.property(tenants, sizes, fc.integer({ min: 2, max: 100 }), (all, bytes, wanted) => {
        const bySchema = new Map(bytes.map((size, index) => [`${all[index]}_1`, size]));
        const [, ...groups] = planGroups(resolved(all), wanted, bySchema);
        expect(groups).toHaveLength(Math.min(wanted, all.length));
        expect(groups.every((group) => group.tenants.length > 0)).toBe(true);
        expect(groups.flatMap(names).sort()).toEqual([...all].sort());
      }),
    );
  });
});
