import { cacheService } from '../../../engine/redis/cache-service';
import { expireSnapshots } from '../../../engine/redis/expire-snapshots';
import { eventOf, FakeElastiCache, type FakeSnapshot, NOW } from './fake-elasticache';

const DAY = 86_400_000;
const TAGS = [{ Key: 'holdfast:save-point', Value: 'sessions' }];
const own = (day: number, differs: Partial<FakeSnapshot> = {}): FakeSnapshot => ({
  name: `redis-202611${String(day).padStart(2, '0')}-000000`,
  at: Date.UTC(2026, 10, day),
  tags: TAGS,
  ...differs,
});

const expire = (...snapshots: FakeSnapshot[]) => expireAt(NOW, snapshots);

async function expireAt(now: number, snapshots: FakeSnapshot[]): Promise<string[]> {
  const cache = new FakeElastiCache();
  cache.snapshots = snapshots;
  const { target } = eventOf();
  const service = cacheService(cache.client, target);
  const deleted = await expireSnapshots(cache.client, service, target, await service.snapshots(), now);
  expect(cache.snapshots.map(({ name }) => name)).not.toContain(deleted[0]);
  return deleted;
}

test('those older than automatic ones are kept', async () => {
  await expect(expire(own(15), own(16, { at: NOW - 7 * DAY }), own(23))).resolves.toEqual(['redis-20261115-000000']);
});

test.each([
  ['the newest, however old', own(1)],
  ['automatic ones', own(1, { source: 'automated' })],
  ['those of people', own(1, { name: 'before-the-release' })],
  ['those with the name and no tag', own(1, { tags: [] })],
  ['those of another cache', own(1, { tags: [{ Key: 'holdfast:save-point', Value: 'carts' }] })],
  ['those that are being exported', own(1, { status: 'exporting' })],
])('never %s', async (what, snapshot) => {
  await expect(expire(snapshot, ...(what.startsWith('the newest') ? [] : [own(23)]))).resolves.toEqual([]);
});

test('a few in each run', async () => {
  const old = Array.from({ length: 9 }, (_, index) => own(index + 1));
  await expect(expire(...old, own(23))).resolves.toHaveLength(5);
});

test('others that stay do not keep own ones from their turn', async () => {
  const others = Array.from({ length: 7 }, (_, index) => own(index + 1, { tags: [] }));
  const snapshots = [...others, own(8), own(23)];
  const runs = [0, 1, 2].map((minute) => expireAt(NOW + minute * 60_000, [...snapshots]));
  expect((await Promise.all(runs)).flat()).toContain('redis-20261108-000000');
});
