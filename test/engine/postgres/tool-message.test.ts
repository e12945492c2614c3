import * as fc from 'fast-check';
import { cleanToolMessage } from '../../../engine/postgres/tool-message';

const clean = (text: string): string => cleanToolMessage(text, 2048);

describe('the messages of a tool', () => {
  it.each([
    'pg_dump: error: query failed: ERROR:  relation "tenant_1.orders" does not exist',
    'pg_dump: error: connection to server at "127.0.0.1", port 5432 failed: FATAL:  role "backup" does not exist',
    'pg_restore: error: could not execute query: ERROR:  schema "tenant_1" already exists',
    'psql:<stdin>:12: ERROR:  permission denied for table orders',
    'pg_dump: error: Dumping the contents of table "orders" failed: PQgetResult() failed.',
  ])('keep what is wrong and where: %s', (line) => {
    expect(clean(line)).toBe(line);
  });

  it.each([
    ['pg_restore: error: COPY failed for table "t": ERROR:  invalid input syntax for type integer: "4111"', '4111'],
    ['pg_restore: error: ERROR:  malformed array literal: "a "quoted" 4111"', '4111'],
    ['pg_restore: error: ERROR:  invalid input value for enum mood: "4111', '4111'],
    ['pg_restore: error: x\nCONTEXT:  COPY t, line 1, column a: "4111"', '4111'],
    ['pg_restore: error: x\nDETAIL:  Key (card)=(4111) already exists.', '4111'],
    ['pg_restore: error: x\nLINE 1: INSERT INTO t VALUES (4111)', '4111'],
    ['pg_restore: error: x\nCommand was: INSERT INTO t VALUES (\n4111\n);', '4111'],
    ['pg_dump: detail: Query was: SELECT 4111', '4111'],
    ['pg_restore: detail: Command was: INSERT INTO t VALUES (4111)', '4111'],
  ])('do not quote rows: %s', (text, value) => {
    expect(clean(text)).not.toContain(value);
    expect(clean('pg_dump: error: before\n'.concat(text))).toContain('pg_dump: error: before');
  });

  it('never let a quoted value through, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 3, unit: 'grapheme' }), (value) => {
        const marked = `<<${value.replaceAll('\n', ' ')}>>`;
        const text = clean(`pg_restore: error: COPY failed: ERROR:  invalid input syntax for type uuid: "${marked}"`);
        expect(text).not.toContain('>>');
        expect(text).not.toContain('<<');
      }),
    );
  });

  it('are cut at the front when they are long: the last ones say why the tool ended', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `pg_dump: error: number ${index}`);
    const text = cleanToolMessage(lines.join('\n'), 200);
    expect(text).toMatch(/^….*number 99$/s);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(200 + Buffer.byteLength('…'));
    expect(text).not.toContain('number 1\n');
  });
});
