import { dumpGroupTask } from '../../../engine/dump/group-task';
import { RunFiles, type RunPlan } from '../../../engine/dump/run-files';
import { ObjectStore } from '../../../engine/objects/object-store';
import { FakeS3Server } from '../../fakes/s3-server';
import { fixture, fixtureNames } from '../archive/fixtures';
import { FakeTools } from '../postgres/fake-tools';
import { dumpContext } from './dump-context';

const [NAME = ''] = fixtureNames('shop');
const PREFIX = 'daily/orders/20261123T020000Z-0f3c9a1e/';
const PLAN: RunPlan = {
  place: {
    id: '20261123T020000Z-0f3c9a1e',
    tier: 'daily',
    prefix: PREFIX,
    startedAt: '2026-11-23T02:00:00.000Z',
    lockedUntil: '2026-12-23T02:00:00.000Z',
  },
  form: { snapshot: '3-1', compression: 'gzip', serverEncoding: 'UTF8' },
  groups: [
    { scope: { withoutSchemas: ['acme'] }, tenants: [], isShared: true },
    {
      scope: { withoutSchemas: ['gone'] },
      tenants: [{ tenant: 'acme', schemas: ['acme'] }],
      isShared: true,
    },
  ],
  survey: [{ schema: 'acme', relations: 9, tables: 4 }],
};
const LATER = Date.now() + 3_600_000;
const never = new AbortController().signal;

describe('a run of several tasks', () => {
  let tools: FakeTools;
  let s3: FakeS3Server;
  beforeAll(async () => {
    [tools, s3] = await Promise.all([FakeTools.create(), FakeS3Server.start()]);
  });
  beforeEach(async () => {
    await tools.write('pg_dump', `exec cat '${await tools.file('archive', fixture(NAME))}'`);
  });
  afterEach(() => s3.reset());
  afterAll(() => Promise.all([tools.remove(), s3.stop()]));

  const files = (): RunFiles => new RunFiles(new ObjectStore(s3.client(), { bucket: 'dumps' }), 'run-1');
  const task = (group: string) => dumpGroupTask(dumpContext(s3, tools.directory), 'run-1', group);

  it('lists its groups where the state machine looks for them, after the plan', async () => {
    await files().announce(PLAN);
    const groups = s3.objects('dumps').get('runs/run-1/groups.json');
    expect(JSON.parse(String(groups?.body))).toEqual([{ group: 0 }, { group: 1 }]);
    expect(s3.calls.map(({ key }) => key)).toEqual(['runs/run-1/plan.json', 'runs/run-1/groups.json']);
    await expect(files().plan()).resolves.toEqual(PLAN);
  });

  it('has one plan only', async () => {
    await files().announce(PLAN);
    await expect(files().announce({ ...PLAN, survey: [] })).rejects.toThrow('other content');
  });

  it('dumps a group as the plan says, and leaves its result', async () => {
    await files().announce(PLAN);
    const dumped = await task('1');
    expect(dumped.tenants.map(({ key }) => key)).toEqual([`${PREFIX}tenants/acme.dump`]);
    await expect(files().result(1)).resolves.toEqual({ dumped });
    await expect(files().result(0)).resolves.toBeUndefined();
  });

  it('leaves the failure of a group, so that nobody waits for it', async () => {
    await files().announce(PLAN);
    await tools.write('pg_dump', 'echo "pg_dump: error: it broke" >&2; exit 1');
    await expect(task('1')).rejects.toThrow('it broke');
    await expect(files().results(2, never, LATER)).rejects.toThrow(/^Group 1 of 2 failed: pg_dump failed .*it broke/);
  });

  it('does not dump a group twice: its archives are written once', async () => {
    await files().announce(PLAN);
    await task('1');
    await tools.write('pg_dump', `exec cat '${await tools.file('other', fixture(fixtureNames('shop')[1] ?? ''))}'`);
    await expect(task('1')).rejects.toThrow('other content');
    await expect(files().result(1)).resolves.toHaveProperty('dumped');
  });

  it.each(['2', '-1', '1.0', 'x', ''])('has no group %j', async (group) => {
    await files().announce(PLAN);
    await expect(task(group)).rejects.toThrow(/must be a number from 0 to 1\. HINT: /);
  });

  it('needs the coordinator to begin', async () => {
    await expect(task('0')).rejects.toThrow(/has no plan\. HINT: start the coordinator/);
  });

  it('gives the results of all groups in their order', async () => {
    const results = [0, 1].map(
      (index) => ({ archive: { version: `1.${index}`, compression: 'gzip' }, tenants: [] }) as const,
    );
    await Promise.all(results.map((dumped, index) => files().report(index, { dumped })));
    await expect(files().results(2, never, LATER)).resolves.toEqual(results);
  });

  it('waits for a result that is not there yet', async () => {
    const waiting = files().results(1, never, LATER);
    const dumped = { archive: { version: '1.16', compression: 'none' }, tenants: [] } as const;
    await files().report(0, { dumped });
    await expect(waiting).resolves.toEqual([dumped]);
  });

  it('does not wait beyond its deadline', async () => {
    await expect(files().results(1, never, Date.now() - 1)).rejects.toThrow(
      /Group 0 of 1 has left no result in time\. HINT: /,
    );
  });

  it('does not wait for a group that was killed', async () => {
    await files().report(0, { dumped: { archive: { version: '1.16', compression: 'none' }, tenants: [] } });
    await files().beat(1, 0);
    const realNow = Date.now;
    let passedMs = 0;
    const now = jest.spyOn(Date, 'now').mockImplementation(() => realNow() + passedMs);
    s3.fault = ({ key }) => {
      if (key.endsWith('/beats/1/1.json')) passedMs = 16 * 60_000;
      return undefined;
    };
    try {
      await expect(files().results(3, never, LATER)).rejects.toThrow('Group 1 has begun, and given no sign of life');
    } finally {
      now.mockRestore();
    }
  });

  it('tells that it dumps a group, for as long as it does', async () => {
    await files().announce(PLAN);
    await task('1');
    expect([...s3.objects('dumps').keys()].filter((key) => key.startsWith('runs/run-1/beats/'))).toEqual([
      'runs/run-1/beats/1/0.json',
    ]);
  });

  it('dumps a group although it cannot tell that it does', async () => {
    await files().announce(PLAN);
    s3.fault = ({ key }) => (key.includes('/beats/') ? { status: 403, code: 'AccessDenied' } : undefined);
    await expect(task('1')).resolves.toHaveProperty('tenants');
  });

  it('does not wait when it is stopped', async () => {
    await expect(files().results(1, AbortSignal.abort(new Error('SIGTERM')), LATER)).rejects.toThrow('SIGTERM');
  });
});
