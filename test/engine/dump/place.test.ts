import { BACKUP_ID_FORM } from '../../../engine/contract/backup-layout';
import { choosePlace } from '../../../engine/dump/place';
import { FakeS3Server } from '../../fakes/s3-server';
import { dumpContext } from './dump-context';
import { dumpSettings } from './dump-settings';

describe('the place of a backup', () => {
  let s3: FakeS3Server;
  beforeAll(async () => {
    s3 = await FakeS3Server.start();
  });
  afterEach(() => s3.reset());
  afterAll(() => s3.stop());

  const place = (at: string, settings = dumpSettings()) => choosePlace(dumpContext(s3, '', { settings }), new Date(at));

  it('is below its tier and the database, under an id of its own', async () => {
    const [one, two] = await Promise.all([place('2026-11-24T02:00:00Z'), place('2026-11-24T02:00:00Z')]);
    expect(one?.id).toMatch(BACKUP_ID_FORM);
    expect(one?.id.startsWith('20261124T020000Z-')).toBe(true);
    expect(one?.prefix).toBe(`daily/orders/${one?.id}/`);
    expect(two?.id).not.toBe(one?.id);
  });

  it('is locked for as long as its tier is kept', async () => {
    const daily = await place('2026-11-24T02:00:00Z', dumpSettings({ lockMode: 'compliance' }));
    expect(daily.lock).toEqual({ mode: 'compliance', until: new Date('2026-12-24T02:00:00Z') });
    const yearly = await place('2027-01-01T02:00:00Z');
    expect(yearly.tier).toBe('yearly');
    expect(yearly.lock.until).toEqual(new Date('2034-01-01T02:00:00Z'));
  });

  it('takes the backups that are there into account', async () => {
    const context = dumpContext(s3, '');
    const { objects } = await context.stores();
    await objects.put('yearly/orders/20270101T010000Z-0f3c9a1e/manifest.json', Buffer.from('{}'));
    const second = await choosePlace(context, new Date('2027-01-01T02:00:00Z'));
    expect(second.tier).toBe('daily');
  });
});
