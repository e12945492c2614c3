/**
 * Dumps and restores whole databases with the jobs' own program, a real PostgreSQL of two versions, and a bucket in memory:
 * what comes back equals what was there.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BackupManifest } from '../../engine/catalog/manifest';
import type { Compression } from '../../engine/contract/tenant-dumps';
import { compareDatabases } from '../postgres/compare-databases';
import type { Fixture } from '../postgres/fixtures';
import { RoundTrip } from './round-trip';

const FIRST_INSTALLATION_MS = 300_000;
jest.setTimeout(FIRST_INSTALLATION_MS);

describe.each<[string, number | undefined, Compression[]]>([
  ['the PostgreSQL of the machine', undefined, ['gzip', 'none']],
  ['PostgreSQL 17', 17, ['gzip', 'none', 'lz4', 'zstd']],
])('%s', (_, major, compressions) => {
  let trip: RoundTrip;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-round-trip-'));
    trip = await RoundTrip.start(major);
  });
  afterEach(() => trip.environment.reset());
  afterAll(async () => {
    await trip.environment.stop();
    await rm(folder, { recursive: true, force: true });
  });

  describe.each(compressions)('with %s', (compression) => {
    test.each<Fixture>(['realistic', 'odd-names'])('all of %s comes back', async (fixture) => {
      const source = await trip.load(fixture);
      const manifest = await trip.dump(source, fixture, { compression, groups: 1 });
      await acceptedByPgRestore(manifest);

      const copy = trip.newName();
      await trip.restore(source, 'database', '--into', copy, '--create', '--jobs', '3');
      await compareDatabases(trip.at(source), trip.at(copy));
    });
  });

  test('all comes back from a backup in groups', async () => {
    const source = await trip.load('realistic');
    // Which tenants are in it would be lost in groups.
    await trip.environment.sql('DROP PUBLICATION changes', source);
    await trip.dump(source, 'realistic', { groups: 3, parallelism: 2 });
    const copy = trip.newName();
    await trip.restore(source, 'database', '--into', copy, '--create', '--jobs', '2');
    await compareDatabases(trip.at(source), trip.at(copy));
  });

  /** List and full read; loading is what the tests do. */
  async function acceptedByPgRestore(manifest: BackupManifest): Promise<void> {
    const pgRestore = join(trip.environment.postgres.binDirectory, 'pg_restore');
    const records = [...trip.environment.tenants(manifest), ...(manifest.shared ? [manifest.shared] : [])];
    for (const { key } of records) {
      const file = join(folder, 'archive.dump');
      await writeFile(file, trip.environment.s3.objects('dumps').get(key)?.body ?? '');
      await promisify(execFile)(pgRestore, ['--list', file]);
      await promisify(execFile)(pgRestore, ['--file=/dev/null', file]);
    }
    expect(records.length).toBe(manifest.totals.tenants + 1);
  }
});
