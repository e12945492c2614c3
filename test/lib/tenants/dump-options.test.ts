import * as fc from 'fast-check';
import { COMPRESSIONS } from '../../../engine/contract/tenant-dumps';
import type { TenantSource } from '../../../engine/contract/tenants';
import { completeDumpOptions, type DumpOptions, dumpOptionsProblems } from '../../../lib/tenants/dump-options';

const SCHEMAS: TenantSource = { kind: 'schemasLike', pattern: 'tenant\\_%' };
const DATABASES: TenantSource = { kind: 'databasesLike', pattern: 'tenant\\_%' };

describe('defaults', () => {
  test('are one task with 1 vCPU and 2 GiB, half a day, and a disk of 50 GiB for restores', () => {
    expect(completeDumpOptions({ postgresMajor: 17 }, SCHEMAS)).toEqual({
      postgresMajor: 17,
      leaveOut: {},
      compression: 'zstd',
      groups: 1,
      parallelism: 1,
      schedule: undefined,
      timeoutHours: 12,
      cpu: 1024,
      memoryMiB: 2048,
      scratchGiB: 50,
    });
  });

  test('compress with gzip where the client tools know nothing newer', () => {
    expect(completeDumpOptions({ postgresMajor: 15 }, SCHEMAS).compression).toBe('gzip');
    expect(completeDumpOptions({ postgresMajor: 16 }, SCHEMAS).compression).toBe('zstd');
  });

  test('dump all groups at once, and four databases', () => {
    expect(completeDumpOptions({ postgresMajor: 17, groups: 8 }, SCHEMAS).parallelism).toBe(8);
    expect(completeDumpOptions({ postgresMajor: 17 }, DATABASES).parallelism).toBe(4);
  });

  test('give twice as much memory as computing power', () => {
    expect(completeDumpOptions({ postgresMajor: 17, cpu: 4096 }, SCHEMAS).memoryMiB).toBe(8192);
  });

  test('are never refused', () => {
    const options = fc.record(
      {
        postgresMajor: fc.constantFrom(15 as const, 16 as const, 17 as const, 18 as const),
        groups: fc.integer({ min: 1, max: 100 }),
        cpu: fc.constantFrom(512, 1024, 2048, 4096, 8192),
      },
      { requiredKeys: ['postgresMajor'] },
    );
    fc.assert(
      fc.property(options, (given) => {
        expect(dumpOptionsProblems(given, SCHEMAS)).toEqual([]);
        expect(dumpOptionsProblems(completeDumpOptions(given, SCHEMAS), SCHEMAS)).toEqual([]);
      }),
    );
  });
});

/** Options that are refused: what they say beside major 17, and the whole line. */
const WRONG: readonly (readonly [options: object, line: string])[] = [
  [{ postgresMajor: 14 }, 'postgresMajor: must be one of 15, 16, 17, 18, got: 14'],
  [
    { leaveOut: { 'tenant "1"': ' ' } },
    'leaveOut["tenant \\"1\\""]: must say why the tenant is not backed up, got: ""',
  ],
  [{ compression: 'bzip2' }, 'compression: must be one of none, gzip, lz4, zstd, got: bzip2'],
  [
    { postgresMajor: 15, compression: 'lz4' },
    'compression: must be none or gzip with client tools older than 16 (postgresMajor 15), got: lz4',
  ],
  [{ groups: 0 }, 'groups: must be a whole number from 1 to 100, got: 0'],
  [{ groups: 101 }, 'groups: must be a whole number from 1 to 100, got: 101'],
  [{ groups: 1.5 }, 'groups: must be a whole number from 1 to 100, got: 1.5'],
  [{ groups: 4, parallelism: 5 }, 'parallelism: must be a whole number from 1 to the number of groups (4), got: 5'],
  [{ groups: 4, parallelism: 0 }, 'parallelism: must be a whole number from 1 to the number of groups (4), got: 0'],
  [{ schedule: { hour: 24 } }, 'schedule.hour: must be a whole number from 0 to 23, got: 24'],
  [{ schedule: { hour: 2, minute: 60 } }, 'schedule.minute: must be a whole number from 0 to 59, got: 60'],
  [
    { schedule: { hour: 2, timeZone: 'Berlin' } },
    'schedule.timeZone: must be the IANA name of a time zone such as "Europe/Berlin", got: "Berlin"',
  ],
  [
    { schedule: { hour: 2, timeZone: '+02:00' } },
    'schedule.timeZone: must be the IANA name of a time zone such as "Europe/Berlin", got: "+02:00"',
  ],
  [
    { schedule: { hour: 2, timeZone: 'europe/berlin' } },
    'schedule.timeZone: must be the IANA name of a time zone such as "Europe/Berlin", got: "europe/berlin"',
  ],
  [{ timeoutHours: 24 }, 'timeoutHours: must be a whole number from 1 to 23, got: 24'],
  [{ cpu: 256 }, 'cpu: must be one of 512, 1024, 2048, 4096, 8192, got: 256'],
  [
    { memoryMiB: 1024 },
    'memoryMiB: must be a multiple of 1024 from 2048 to 8192 with 1024 units of computing power, got: 1024',
  ],
  [
    { cpu: 8192, memoryMiB: 17_408 },
    'memoryMiB: must be a multiple of 4096 from 16384 to 61440 with 8192 units of computing power, got: 17408',
  ],
  [{ scratchGiB: 20 }, 'scratchGiB: must be a whole number from 21 to 200, got: 20'],
  [{ scratchGiB: 201 }, 'scratchGiB: must be a whole number from 21 to 200, got: 201'],
];

test.each(WRONG)('refuses %j', (options, line) => {
  expect(lines({ postgresMajor: 17, ...options } as DumpOptions, SCHEMAS)).toEqual([line]);
});

test('refuses groups and many at once with a database for each tenant', () => {
  expect(lines({ postgresMajor: 17, groups: 2, parallelism: 17 }, DATABASES)).toEqual([
    'groups: must be 1 with a database for each tenant, got: 2',
    'parallelism: must be a whole number from 1 to 16, got: 17',
  ]);
  expect(lines({ postgresMajor: 17, parallelism: 16 }, DATABASES)).toEqual([]);
});

test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Calcutta', 'Etc/GMT+5'])(
  'takes the time zone %s',
  (timeZone) => {
    expect(lines({ postgresMajor: 17, schedule: { hour: 2, timeZone } }, SCHEMAS)).toEqual([]);
  },
);

describe('names of tenants', () => {
  const named = (count: number) =>
    Array.from({ length: count }, (_, index) => `tenant_${String(index).padStart(5, '0')}`);
  const listed = (count: number): TenantSource => ({ kind: 'schemas', schemas: named(count) });

  test('are taken as far as the definition of a task has room for them', () => {
    expect(lines({ postgresMajor: 17 }, listed(3000))).toEqual([]);
    expect(lines({ postgresMajor: 17 }, listed(4000))).toEqual([
      expect.stringMatching(
        /^tenants: must take at most 57344 bytes .* got: 68\d{3}\. HINT: let a query of your registry/,
      ),
    ]);
  });

  test('count with those that are left out', () => {
    const leaveOut = Object.fromEntries(named(2500).map((name) => [name, 'suspended']));
    expect(lines({ postgresMajor: 17, leaveOut }, SCHEMAS)).toEqual([
      expect.stringMatching(
        /^tenants: must take at most 57344 bytes .* with leaveOut, got: \d+\. HINT: let a query of your/,
      ),
    ]);
  });
});

test('tells all mistakes at once, with the path that it is given', () => {
  expect(dumpOptionsProblems({ postgresMajor: 17, cpu: 1, scratchGiB: 1 }, SCHEMAS, 'databases[0]')).toEqual([
    expect.objectContaining({ path: 'databases[0].cpu' }),
    expect.objectContaining({ path: 'databases[0].scratchGiB' }),
  ]);
});

test.each(COMPRESSIONS)('takes %s with new client tools', (compression) => {
  expect(lines({ postgresMajor: 18, compression }, SCHEMAS)).toEqual([]);
});

function lines(options: DumpOptions, source: TenantSource): string[] {
  return dumpOptionsProblems(options, source).map(({ path, message }) => `${path}: ${message}`);
}
