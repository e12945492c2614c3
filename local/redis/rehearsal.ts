import type { RedisManifest } from '../../engine/redis/redis-manifest';
import type { Expectations } from '../expectations';
import type { LocalAws } from '../local-aws';
import type { Note, Progress } from '../progress';
import { type Replication, replicate } from '../replication-stand-in';
import type { RedisBackups } from './backups';
import type { LocalCache } from './cache';

/** What a rehearsal of a cache works with. */
export interface CacheRehearsalContext {
  readonly aws: LocalAws;
  readonly replications: readonly Replication[];
  readonly cache: LocalCache;
  readonly redis: RedisBackups;
  readonly progress: Progress;
  readonly expectations: Expectations;
}

const KEYS = 2000;
/** An export is asked for in one run and kept in another. */
const MOST_EXPORT_RUNS = 5;

/** A cache is saved, exported, copied and proved. */
export async function rehearseCache(context: CacheRehearsalContext): Promise<void> {
  const { cache, redis, progress, expectations } = context;
  await redis.stopSchedules();
  await progress.step(`write ${KEYS} keys into the cache`, () => cache.fill(KEYS));
  await progress.step('look at the cache over TLS, and take a snapshot', async (note) => {
    const { snapshot, changes, bytes } = await redis.probe.run();
    note(`${changes} changes, ${bytes} bytes; snapshot ${snapshot?.name}, saved by the real server`);
    expectations.equal('a snapshot is taken when a save point is due', 'begun', snapshot?.outcome ?? 'none');
  });
  const manifest = await progress.step('export it, and keep it', (note) => exportSnapshot(context, note));
  await progress.step('replication stand-in copies it', async (note) => {
    const copied = await replicate(context.aws, context.replications);
    note(`${copied} objects`);
    expectations.equal(
      'every object of the export is copied to the other Region',
      String(manifest.files.length + 1),
      String(copied),
    );
  });
  await progress.step('verify the cache: all is well', () => expectFound(context, 'the export is proved', 'nothing'));
}

async function exportSnapshot({ redis, expectations }: CacheRehearsalContext, note: Note): Promise<RedisManifest> {
  let outcome = 'never asked';
  for (let run = 0; run < MOST_EXPORT_RUNS && outcome !== 'exported'; run++) {
    outcome = (await redis.exporter.run()).outcome;
  }
  const manifest = await redis.newest();
  if (manifest === undefined) throw new Error(`The export left no manifest; its last answer was "${outcome}".`);
  const { id, tier, totals, files } = manifest;
  const [file] = files;
  note(`${id} (${tier}): ${totals.keys} keys, ${totals.bytes} bytes, written by ${file?.rdb.kind}, read to its end`);
  expectations.equal('every key is in the export', String(KEYS), String(totals.keys));
  expectations.equal('its own checksum is verified', 'verified', file?.rdb.checksum ?? 'no file');
  return manifest;
}

async function expectFound({ redis, expectations }: CacheRehearsalContext, expectation: string, kinds: string) {
  const { caches } = await redis.verifier.run();
  const found = caches.flatMap(({ findings }) => findings);
  const told = found.map(({ kind, detail }) => (kinds === kind ? kind : `${kind}: ${detail}`)).join('; ');
  expectations.equal(expectation, kinds, told || 'nothing');
}
