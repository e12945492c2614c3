import fc from 'fast-check';
import { EntryFailures } from '../../../engine/restore/entry-failures';

/** As `pg_restore --verbose` of PostgreSQL 15 to 17 writes. */
const WENT_ON = 'pg_restore: warning: errors ignored on restore: 3\n';
const TWO_ENTRIES = `pg_restore: creating VIEW "billing.all"
pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 279; 1259 17729 VIEW all postgres
pg_restore: error: could not execute query: ERROR:  relation "a.customers" does not exist
LINE 5:    FROM a.customers
                ^
Command was: CREATE VIEW billing.all AS
 SELECT 'pg_restore: error: no error' AS tenant


pg_restore: error: could not execute query: ERROR:  relation "billing.all" does not exist
Command was: ALTER TABLE billing.all OWNER TO postgres;

pg_restore: creating TABLE "billing.credits"
pg_restore: from TOC entry 280; 1259 17734 TABLE credits postgres
pg_restore: error: could not execute query: ERROR:  schema "a" does not exist
`;
const TIMEOUT = `pg_restore: while INITIALIZING:
pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"
Command was: SET transaction_timeout = 0;
`;

function read(text: string): EntryFailures {
  const failures = new EntryFailures();
  failures.write(Buffer.from(text));
  failures.end();
  return failures;
}

test('each entry that failed is known with its first error', () => {
  const failures = read(TWO_ENTRIES + WENT_ON);
  expect([...failures.byEntry]).toEqual([
    [279, expect.stringContaining('relation "a.customers" does not exist')],
    [280, expect.stringContaining('schema "a" does not exist')],
  ]);
  expect(failures.isAll).toBe(true);
});

test('pieces are put together, wherever they are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(TWO_ENTRIES.length), { maxLength: 5 }), (cuts) => {
      const failures = new EntryFailures();
      const edges = [0, ...cuts.sort((a, b) => a - b), TWO_ENTRIES.length];
      edges.slice(1).forEach((end, index) => {
        failures.write(Buffer.from(TWO_ENTRIES.slice(edges[index], end)));
      });
      failures.end();
      expect([...failures.byEntry]).toEqual([...read(TWO_ENTRIES).byEntry]);
    }),
  );
});

test('not all is known when pg_restore gave up', () => {
  expect(read(TWO_ENTRIES).isAll).toBe(false);
});

test('not all is known when something failed before any entry', () => {
  const failures = read(`pg_restore: error: connection to server failed\n${WENT_ON}`);
  expect(failures.isAll).toBe(false);
  expect(failures.errors).toEqual(['pg_restore: error: connection to server failed']);
});

test('a setting that an older server does not know does no harm', () => {
  const failures = read(TIMEOUT + WENT_ON);
  expect(failures.isAll).toBe(true);
  expect(failures.byEntry.size).toBe(0);
});

test('nor does it in a worker, which names an entry that has not failed', () => {
  const failures = read(`pg_restore: from TOC entry 7; 0 0 TABLE DATA t o\n${TIMEOUT}${TWO_ENTRIES}${WENT_ON}`);
  expect([...failures.byEntry.keys()]).toEqual([279, 280]);
});

test('an entry whose error two workers wrote in another order has failed all the same', () => {
  const failures = read(`pg_restore: from TOC entry 1; 0 0 TABLE DATA a o
pg_restore: from TOC entry 2; 0 0 TABLE DATA b o
pg_restore: error: could not execute query: ERROR:  one
pg_restore: error: could not execute query: ERROR:  two
${WENT_ON}`);
  expect([...failures.byEntry.keys()]).toEqual([1, 2]);
});

test('values of rows are in none of the errors', () => {
  const failures = read(`pg_restore: from TOC entry 3; 0 0 TABLE DATA t o
pg_restore: error: COPY failed for table "t": ERROR:  invalid input syntax for type integer: "alice@example.com"
CONTEXT:  COPY t, line 1, column a: "alice@example.com"
${WENT_ON}`);
  expect(JSON.stringify([[...failures.byEntry], failures.errors])).not.toContain('alice');
});
