/** Transactions that a real server has to judge. */
import type { Client } from 'pg';
import type { DatabaseAccess } from '../../../engine/postgres/connection';
import { startTool, type ToolOptions } from '../../../engine/postgres/tool';
import { createDatabase, serverMajor } from '../../../engine/restore/databases';
import { lockTables, refuseNewTables } from '../../../engine/restore/lock-tables';
import { type Hold, restoreInTransaction } from '../../../engine/restore/transaction';
import { Teardown } from '../../../local/teardown';
import { startServer } from './test-server';

jest.setTimeout(300_000);

const teardown = new Teardown();
let access: DatabaseAccess;
let tools: ToolOptions;
let client: Client;
let databases = 0;
let database: string;

beforeAll(async () => {
  ({ access, tools } = await startServer(teardown));
});
beforeEach(async () => {
  databases += 1;
  database = `database "${databases}" = \\'x`;
  await createDatabase(access, database);
  client = await access.connect(database);
});
afterEach(() => client.end());
afterAll(() => teardown.run());

describe('a transaction', () => {
  const script = (text: string) => () =>
    startTool('psql', ['--no-psqlrc', '--tuples-only', '--no-align', `--command=${text}`], tools);
  const run = async (text: string, changes: { hold?: Hold; before?: string[]; after?: string[] } = {}) =>
    restoreInTransaction(
      { database, serverMajor: await serverMajor(access), before: [], after: [], script: script(text), ...changes },
      tools,
    );
  const tables = async () =>
    (await client.query(`SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace`)).rows
      .length;

  test('does what comes before, the script and what comes after', async () => {
    await run(`SELECT 'CREATE TABLE b (); '`, { before: ['CREATE TABLE a ()'], after: ['CREATE TABLE c ()'] });
    expect(await tables()).toBe(3);
  });

  test.each([
    [
      'the script fails',
      `SELECT 'CREATE TABLE b (); SELECT 1/0; CREATE TABLE c ();'`,
      {},
      /psql failed .*division by zero/,
    ],
    ['what comes after fails', `SELECT 'CREATE TABLE b ();'`, { after: ['SELECT 1/0'] }, /division by zero/],
    ['what comes before fails', `SELECT 'CREATE TABLE b ();'`, { before: ['SELECT 1/0'] }, /division by zero/],
    [
      'the tool fails that writes the script',
      `SELECT 'CREATE TABLE b ();'; SELECT nothing`,
      {},
      /^psql failed with exit code 1\./,
    ],
  ])('does nothing when %s', async (_, text, changes, problem) => {
    await expect(run(text, { before: ['CREATE TABLE a ()'], ...changes })).rejects.toThrow(problem);
    expect(await tables()).toBe(0);
  });

  test('ends although most of a long script was not read', async () => {
    const long = `SELECT 'SELECT 1/0;' UNION ALL SELECT repeat('-- comment', 100) FROM generate_series(1, 50000)`;
    await expect(run(long)).rejects.toThrow(/division by zero/);
  });

  describe('that holds locks for work elsewhere', () => {
    const ODD = 'odd "name"';
    const odd = '"odd ""name"""';
    const locks = [`SET LOCAL lock_timeout = '200ms'`, lockTables(['a', ODD])];

    beforeEach(() =>
      client.query(`CREATE SCHEMA a; CREATE TABLE a.t (n int) PARTITION BY RANGE (n); CREATE TABLE a.part PARTITION OF a.t DEFAULT;
        CREATE TABLE public.u (n int); CREATE VIEW a.v AS SELECT * FROM public.u;
        CREATE SCHEMA ${odd}; CREATE TABLE ${odd}."T 1" (n int)`),
    );

    test('begins it when they are held, and goes on when it is done', async () => {
      const steps: string[] = [];
      const work = async () => {
        const blocked = async (command: string) =>
          client.query(`BEGIN; SET LOCAL lock_timeout = '50ms'; ${command}; ROLLBACK`).then(
            () => steps.push(`done: ${command}`),
            async ({ message }: Error) => {
              await client.query('ROLLBACK');
              steps.push(message);
            },
          );
        for (const table of ['a.t', 'a.part', `${odd}."T 1"`, 'public.u']) {
          await blocked(`LOCK TABLE ONLY ${table} IN ROW EXCLUSIVE MODE`);
          await blocked(`LOCK TABLE ONLY ${table} IN ACCESS SHARE MODE`);
        }
      };
      await run(`SELECT 'INSERT INTO a.t VALUES (2);'`, { hold: { locks, work } });
      const timeout = 'canceling statement due to lock timeout';
      expect(steps).toEqual([
        timeout,
        'done: LOCK TABLE ONLY a.t IN ACCESS SHARE MODE',
        timeout,
        'done: LOCK TABLE ONLY a.part IN ACCESS SHARE MODE',
        timeout,
        `done: LOCK TABLE ONLY ${odd}."T 1" IN ACCESS SHARE MODE`,
        'done: LOCK TABLE ONLY public.u IN ROW EXCLUSIVE MODE',
        'done: LOCK TABLE ONLY public.u IN ACCESS SHARE MODE',
      ]);
      expect((await client.query('SELECT n FROM a.t')).rows).toEqual([{ n: 2 }]);
    });

    test('does neither the work nor anything else when it does not get them', async () => {
      const work = jest.fn();
      await client.query(`BEGIN; INSERT INTO ${odd}."T 1" VALUES (1)`);
      await expect(run(`SELECT 'CREATE TABLE b ();'`, { hold: { locks, work } })).rejects.toThrow(
        /lock timeout\. HINT: /,
      );
      await client.query('ROLLBACK');
      expect(work).not.toHaveBeenCalled();
      expect(await tables()).toBe(1);
    });

    test('does nothing when the work fails', async () => {
      const work = () => Promise.reject(new Error('no room'));
      await expect(run(`SELECT 'CREATE TABLE b ();'`, { hold: { locks, work } })).rejects.toThrow('no room');
      expect(await tables()).toBe(1);
    });

    test('does nothing when they are lost before the work is done', async () => {
      const work = async () => {
        const holder = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()`;
        expect((await client.query(holder)).rowCount).toBe(1);
      };
      await expect(run(`SELECT 'CREATE TABLE b ();'`, { hold: { locks, work } })).rejects.toThrow(
        /^psql failed .*terminating connection/,
      );
      expect(await tables()).toBe(1);
    });

    test('is not ended for being idle', async () => {
      await client.query(
        `ALTER DATABASE ${client.escapeIdentifier(database)} SET idle_in_transaction_session_timeout = 50`,
      );
      const work = () => new Promise<void>((resolve) => setTimeout(resolve, 200));
      await run(`SELECT 'CREATE TABLE b ();'`, { hold: { locks, work } });
      expect(await tables()).toBe(2);
    });

    test.each(['a.made', `${odd}.made`])('refuses %s, a table that was made meanwhile', async (made) => {
      const work = async () => {
        await client.query(`CREATE TABLE ${made} (); CREATE TABLE public.other ()`);
        // Somebody else's lock is no reason to take it for one that was there.
        await client.query(`BEGIN; LOCK TABLE ${made} IN ACCESS SHARE MODE`);
      };
      const before = [refuseNewTables(['a', ODD])];
      await expect(run(`SELECT 'CREATE TABLE b ();'`, { hold: { locks, work }, before })).rejects.toThrow(
        /ERROR: {2}table "made" was made in schema "/,
      );
      await client.query('ROLLBACK');
      expect(await tables()).toBe(2);
    });

    test('finds nothing new where nothing was made', async () => {
      const before = [refuseNewTables(['a', ODD])];
      await run(`SELECT 'CREATE TABLE b ();'`, { hold: { locks, work: async () => undefined }, before });
      expect(await tables()).toBe(2);
    });
  });

  test('is undone when it is stopped', async () => {
    const controller = new AbortController();
    const stopping = restoreInTransaction(
      {
        database,
        serverMajor: await serverMajor(access),
        before: ['CREATE TABLE a ()'],
        after: [],
        script: () => {
          setTimeout(() => controller.abort(new Error('asked to')), 100);
          return script('SELECT pg_sleep(60)')();
        },
      },
      { ...tools, signal: controller.signal },
    );
    await expect(stopping).rejects.toThrow('asked to');
    expect(await tables()).toBe(0);
  });
});
