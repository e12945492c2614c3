import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadArchives } from '../../../engine/restore/load-archives';
import { FakeTools } from '../postgres/fake-tools';

const ARCHIVE = join(__dirname, '../archive/fixtures/pg15-tiny-gzip.dump');

let tools: FakeTools;
beforeEach(async () => {
  tools = await FakeTools.create();
});
afterEach(() => tools.remove());

const load = async (script: string, isPartial = false) => {
  const said = join(tools.directory, 'said');
  let asked = 0;
  const { directory } = await tools.write('pg_restore', `echo "$TOKEN $*" >> '${said}'\n${script}`);
  const leftOut = await loadArchives([{ name: 'shared.dump', path: ARCHIVE, isShared: true }], {
    tools: async () => {
      asked += 1;
      return { directory, environment: { PATH: process.env.PATH, TOKEN: `token-${asked}` } };
    },
    database: 'copy',
    jobs: 1,
    scratchFolder: tools.directory,
    isPartial,
    onProgress: () => undefined,
  });
  return { leftOut, runs: (await readFile(said, 'utf8')).trimEnd().split('\n') };
};

/** What a `pg_restore` says that could not restore the first entry of its list. */
const failing = (
  error: string,
) => `for argument; do case $argument in --use-list=*) list=\${argument#--use-list=};; esac; done
  first=$(head -n 1 "$list")
  echo "pg_restore: from TOC entry \${first%;}; 1 2 TABLE t" >&2
  echo "pg_restore: error: could not execute query: ERROR:  ${error}" >&2
  echo 'pg_restore: warning: errors ignored on restore: 1' >&2
  exit 1`;

test('each pg_restore signs in anew: a token does not last as long as a restore may', async () => {
  const { runs, leftOut } = await load('exit 0');
  expect(leftOut).toEqual([]);
  expect(runs.map((run) => run.split(' ')[0])).toEqual(['token-1', 'token-2', 'token-3']);
  expect(runs.map((run) => /--section=(\S+)/.exec(run)?.[1])).toEqual(['pre-data', 'data', 'post-data']);
});

test('an entry that cannot be restored is tried again once it alone is left, and then a failure', async () => {
  await expect(load(failing('permission denied for schema a'))).rejects.toThrow(
    /^1 of the entries of shared\.dump cannot be restored; entry \d+: .*permission denied for schema a\. HINT: /,
  );
});

test('what is shared may lack what other tenants would be needed for, where not all of them are restored', async () => {
  const missing = failing('relation "tenant_b.t" does not exist');
  await expect(load(missing)).rejects.toThrow(/does not exist/);
  const { leftOut } = await load(missing, true);
  expect(leftOut).toHaveLength(3);
});
