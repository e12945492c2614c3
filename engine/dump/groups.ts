import type { DumpScope } from './dump-arguments';
import type { ResolvedTenants, TenantSchemas } from './resolved-tenants';

/** What one `pg_dump` dumps. */
export interface DumpGroup {
  readonly scope: DumpScope;
  readonly tenants: readonly TenantSchemas[];
  /** Whether it dumps what belongs to no tenant. */
  readonly isShared: boolean;
}

/**
 * Divides the tenants of a database. One group is the whole database. Of several, the first dumps what belongs to no
 * tenant, and the others about the same number of bytes each.
 *
 * @param groups number of groups of tenants that are wanted.
 * @param sizes bytes of a schema; only read when several groups are wanted.
 */
export function planGroups(
  { tenants, leftOut }: ResolvedTenants,
  groups: number,
  sizes: ReadonlyMap<string, number>,
): DumpGroup[] {
  const withoutSchemas = leftOut.flatMap(schemasOf);
  if (groups === 1) {
    return [{ scope: { withoutSchemas }, tenants, isShared: true }];
  }
  const rest: DumpGroup = {
    scope: { withoutSchemas: [...withoutSchemas, ...tenants.flatMap(schemasOf)] },
    tenants: [],
    isShared: true,
  };
  const balanced = balance(tenants, groups, ({ schemas }) => sum(schemas.map((schema) => sizes.get(schema) ?? 0)));
  return [rest, ...balanced.map(toGroup)];
}

const schemasOf = ({ schemas }: { readonly schemas: readonly string[] }): readonly string[] => schemas;

const toGroup = (tenants: readonly TenantSchemas[]): DumpGroup => ({
  scope: { onlySchemas: tenants.flatMap(schemasOf), withoutSchemas: [] },
  tenants,
  isShared: false,
});

/** The largest first, each into the group that has least: no group is above 4/3 of the best possible (Graham, 1969). */
function balance<Item>(items: readonly Item[], groups: number, sizeOf: (item: Item) => number): Item[][] {
  const bins = Array.from({ length: Math.min(groups, items.length) }, () => ({ size: 0, items: [] as Item[] }));
  const sized = items.map((item) => ({ item, size: sizeOf(item) + SIZE_OF_AN_ITEM }));
  for (const { item, size } of sized.sort((a, b) => b.size - a.size)) {
    const least = bins.reduce((best, bin) => (bin.size < best.size ? bin : best));
    least.items.push(item);
    least.size += size;
  }
  return bins.map((bin) => bin.items);
}

/** Even an empty tenant costs as much time as some bytes: otherwise all empty ones would come into one group. */
const SIZE_OF_AN_ITEM = 64 * 1024;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
