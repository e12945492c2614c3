import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyArchive } from '../../../engine/archive/verify';
import type { DumpContext } from '../../../engine/dump/context';
import { dumpGroup, type GroupRequest } from '../../../engine/dump/group-dump';
import type { DumpGroup } from '../../../engine/dump/groups';
import { ProgressCounter } from '../../../engine/dump/progress';
import { Undertaking } from '../../../engine/dump/undertaking';
import { FakeS3Server } from '../../fakes/s3-server';
import { fixture, fixtureNames, pieces } from '../archive/fixtures';
import { FakeTools } from '../postgres/fake-tools';
import { dumpContext } from './dump-context';

const [NAME = ''] = fixtureNames('shop');
const UNTIL = new Date('2026-12-23T02:00:00Z');
const PREFIX = 'daily/orders/20261123T020000Z-0f3c9a1e/';
const WHOLE: DumpGroup = {
  scope: { withoutSchemas: [] },
  tenants: [
    { tenant: 'acme', schemas: ['acme'] },
    { tenant: 'nobody', schemas: ['empty'] },
  ],
  isShared: true,
};

describe('the dump of a group', () => {
  let tools: FakeTools;
  let s3: FakeS3Server;
  beforeAll(async () => {
    [tools, s3] = await Promise.all([FakeTools.create(), FakeS3Server.start()]);
    const file = await tools.file('archive', fixture(NAME));
    await tools.write('pg_dump', `printf '%s\\n' "$@" > '${join(tools.directory, 'arguments')}'; exec cat '${file}'`);
  });
  afterEach(() => s3.reset());
  afterAll(() => Promise.all([tools.remove(), s3.stop()]));

  const request = (overrides: Partial<GroupRequest> = {}): GroupRequest => ({
    group: WHOLE,
    form: { snapshot: '3-1', compression: 'gzip', serverEncoding: 'UTF8' },
    survey: [
      { schema: 'acme', relations: 9, tables: 4 },
      { schema: 'empty', relations: 0, tables: 0 },
      { schema: 'public', relations: 2, tables: 1 },
    ],
    place: async () => ({
      id: '20261123T020000Z-0f3c9a1e',
      tier: 'daily',
      prefix: PREFIX,
      startedAt: new Date('2026-11-23T02:00:00Z'),
      lock: { mode: 'governance', until: UNTIL },
    }),
    ...overrides,
  });
  const dump = (wanted = request(), context: Partial<DumpContext> = {}) => {
    const whole = dumpContext(s3, tools.directory, context);
    const run = new Undertaking(whole.signal);
    return run.finish(dumpGroup(whole, run, wanted));
  };

  it('stores an archive for each tenant, also an empty one, and one for the rest', async () => {
    const { shared, tenants, archive } = await dump();
    expect([...s3.objects('dumps').keys()].sort()).toEqual(
      ['shared.dump', 'tenants/acme.dump', 'tenants/nobody.dump'].map((name) => `${PREFIX}${name}`),
    );
    expect(archive.version).toMatch(/^1\.1[456]$/);
    expect(shared?.schemas).toEqual(['public']);
    expect(tenants.map(({ tenant, schemas }) => [tenant, schemas])).toEqual([
      ['acme', ['acme']],
      ['nobody', ['empty']],
    ]);
  });

  it('records of each archive what S3 holds, and what is in it', async () => {
    const { tenants } = await dump();
    const [acme] = tenants;
    const stored = s3.objects('dumps').get(`${PREFIX}tenants/acme.dump`);
    expect(acme).toMatchObject({ versionId: stored?.versionId, crc64nvme: stored?.crc64nvme });
    const { tables } = await verifyArchive(pieces(stored?.body ?? Buffer.alloc(0)));
    expect(tables.length).toBeGreaterThan(0);
    expect(acme?.tables).toEqual(tables.map(({ schema, table, rows }) => ({ schema, table, rows })));
  });

  it('locks each archive until the backup expires', async () => {
    await dump();
    for (const { headers } of s3.objects('dumps').values()) {
      expect(JSON.stringify(headers)).toContain('GOVERNANCE');
      expect(JSON.stringify(headers)).toContain('2026-12-23T02:00:00');
    }
  });

  it('asks pg_dump for the snapshot', async () => {
    await dump();
    const args = await readFile(join(tools.directory, 'arguments'), 'utf8');
    expect(args.split('\n')).toContain('--snapshot=3-1');
  });

  it('counts its progress', async () => {
    const progress = new ProgressCounter();
    await dump(request(), { progress });
    expect(progress).toMatchObject({ tables: 5, tablesDone: 5, tenants: 2, tenantsDone: 2 });
    const stored = [...s3.objects('dumps').values()].reduce((total, { body }) => total + body.length, 0);
    expect(progress.bytes).toBe(stored);
  });

  it('fails when a tenant got no archive', async () => {
    const group = { ...WHOLE, tenants: [...WHOLE.tenants, { tenant: 'new', schemas: ['new'] }] };
    await expect(dump(request({ group }))).rejects.toThrow(
      /wrote nothing of 1 of 3 tenants, the first is "new"\. HINT: /,
    );
  });

  it('fails when a group of schemas holds what lies in none of them: it would be in no archive', async () => {
    const group = { ...WHOLE, isShared: false };
    await expect(dump(request({ group }))).rejects.toThrow(
      /\d+ objects that lie in none of them, the first is of kind SCHEMA\. HINT: set groups to 1/,
    );
  });

  it('fails of an upload that fails after pg_dump has ended, and leaves no other open', async () => {
    s3.fault = ({ key, operation }) =>
      operation === 'PutObject' && key.endsWith('nobody.dump') ? { status: 403, code: 'AccessDenied' } : undefined;
    await expect(dump()).rejects.toThrow(/AccessDenied/);
  });

  it('fails when no place for the backup can be had', async () => {
    const place = () => Promise.reject(new Error('no catalogue'));
    await expect(dump(request({ place }))).rejects.toThrow('no catalogue');
  });

  it('is stopped from outside', async () => {
    await expect(dump(request(), { signal: AbortSignal.abort(new Error('SIGTERM')) })).rejects.toThrow('SIGTERM');
    expect(s3.objects('dumps').size).toBe(0);
  });
});
