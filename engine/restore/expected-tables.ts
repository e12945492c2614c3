import type { ArchiveRecord } from '../catalog/manifest';
import type { ExpectedTables } from './row-check';

/** The tables that an archive is to have brought, and the schemas in which there are no others. */
export function expectedTables({ schemas, tables }: Pick<ArchiveRecord, 'schemas' | 'tables'>): ExpectedTables {
  return { schemas: [...new Set([...schemas, ...tables.map(({ schema }) => schema)])], tables };
}

/** The same in a schema that got another name. */
export function renamedTables(record: Pick<ArchiveRecord, 'schemas' | 'tables'>, schema: string): ExpectedTables {
  return { schemas: [schema], tables: record.tables.map((table) => ({ ...table, schema })) };
}

/** What several archives are to have brought, in portions that one check compares at once. */
export function expectedOfMany(records: readonly Pick<ArchiveRecord, 'schemas' | 'tables'>[]): ExpectedTables[] {
  const portions: ExpectedTables[] = [];
  for (let start = 0; start < records.length; start += RECORDS_OF_A_CHECK) {
    const some = records.slice(start, start + RECORDS_OF_A_CHECK);
    portions.push(
      expectedTables({
        schemas: some.flatMap(({ schemas }) => schemas),
        tables: some.flatMap(({ tables }) => tables),
      }),
    );
  }
  return portions;
}

/** A check looks through the whole catalogue once, which takes longer than counting the rows of a small tenant. */
const RECORDS_OF_A_CHECK = 50;
