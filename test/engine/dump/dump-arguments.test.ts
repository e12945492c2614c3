import * as fc from 'fast-check';
import { dumpArguments } from '../../../engine/dump/dump-arguments';
import { namePatterns } from '../../../engine/dump/pattern';

const FORM = { snapshot: '00000003-0000001B-1', compression: 'gzip', serverEncoding: 'UTF8' } as const;

describe('the arguments of pg_dump', () => {
  it('dump the whole database on the snapshot into an archive', () => {
    expect(dumpArguments({ withoutSchemas: [] }, FORM)).toEqual([
      '--format=custom',
      '--no-password',
      '--snapshot=00000003-0000001B-1',
      '--lock-wait-timeout=600000',
      '--encoding=UTF8',
    ]);
  });

  it.each([
    ['none', '--compress=0'],
    ['lz4', '--compress=lz4'],
    ['zstd', '--compress=zstd'],
  ] as const)('compress with %s', (compression, argument) => {
    expect(dumpArguments({ withoutSchemas: [] }, { ...FORM, compression })).toContain(argument);
  });

  it('convert nothing of a database that names no encoding', () => {
    const args = dumpArguments({ withoutSchemas: [] }, { ...FORM, serverEncoding: 'SQL_ASCII' });
    expect(args.join(' ')).not.toContain('encoding');
  });

  it('name schemas to dump and to leave out', () => {
    const args = dumpArguments({ onlySchemas: ['a', 'b'], withoutSchemas: ['c'] }, FORM);
    expect(args.slice(-2)).toEqual(['--schema="a"|"b"', '--exclude-schema="c"']);
  });
});

describe('patterns of names', () => {
  it('put every name in quotes, and double those within', () => {
    expect(namePatterns(['a.b', 'c"d', 'E*?$|'])).toEqual(['"a.b"|"c""d"|"E*?$|"']);
  });

  it('are none for no names', () => {
    expect(namePatterns([])).toEqual([]);
  });

  it('name each name once, in order, and stay below the longest argument of Linux', () => {
    const name = fc.string({ minLength: 1, maxLength: 63, unit: 'binary' });
    fc.assert(
      fc.property(fc.array(name, { maxLength: 200 }), (names) => {
        const patterns = namePatterns(names);
        expect(patterns.flatMap(namesOf)).toEqual(names);
        expect(Math.max(0, ...patterns.map((pattern) => Buffer.byteLength(pattern)))).toBeLessThan(128 * 1024);
      }),
    );
  });
});

/** Reads a pattern back, as psql's rules say. */
function namesOf(pattern: string): string[] {
  const names: string[] = [];
  for (const [, name = ''] of pattern.matchAll(/"((?:[^"]|"")*)"(?:\||$)/g)) {
    names.push(name.replaceAll('""', '"'));
  }
  return names;
}
