import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

const REPOSITORY = resolve(__dirname, '..');
const BIOME = join(dirname(require.resolve('@biomejs/biome/package.json')), 'bin', 'biome');

/** Who may import whom, as the architecture says it: a file of each room, and modules it may not or may import. */
const FORBIDDEN: Record<string, readonly string[]> = {
  'bin/x.ts': ['../local/main', '../lambda/verify-files', '../jobs/dump', '../test/bench/main'],
  'local/x.ts': ['../bin/app', '../lambda/verify-files', '../jobs/dump', '../test/bench/main'],
  'lambda/x.ts': ['../lib', '../lib/files/replicated', '../bin/app', '../local/main', '../jobs/dump', '../test/x'],
  'lambda/y.ts': ['aws-cdk-lib', 'aws-cdk-lib/aws-s3', 'constructs'],
  'jobs/x.ts': ['../lib', '../bin/app', '../local/main', '../lambda/verify-files', 'aws-cdk-lib', 'constructs'],
  'lib/x.ts': ['../engine', '../engine/paging/topics', '../bin', '../lambda/x', '../jobs/x', '../local/x', '../test/x'],
  'lib/files/x.ts': ['../../engine', '../../engine/files/merge-join', '../../local', '../../test/lib/deployment'],
  'lib/files/deeper/x.ts': ['../../../engine/files/merge-join', '../../../engine/paging/topics'],
  'lib/y.ts': ['@aws-sdk/client-s3', '@aws-sdk/lib-storage', '@smithy/types', 'aws-sdk'],
  'engine/x.ts': ['../lib', '../bin/app', '../lambda/x', '../jobs/x', '../local/x', '../test/x'],
  'engine/files/x.ts': ['../../lib', '../../lib/files/replicated', '../../lambda/verify-files'],
  'engine/y.ts': ['aws-cdk-lib', 'aws-cdk-lib/aws-s3', 'constructs', 'aws-lambda'],
};

const ALLOWED: Record<string, readonly string[]> = {
  'bin/x.ts': ['../lib', '../lib/configuration', '../engine/paging/topics', 'aws-cdk-lib', '@aws-sdk/client-sns'],
  'local/x.ts': ['../lib', '../engine/files/merge-join', './seed', '@aws-sdk/client-s3'],
  'lambda/x.ts': ['../engine/contract/verify-files', '../engine/files/merge-join', '@aws-sdk/client-s3', 'aws-lambda'],
  'jobs/x.ts': ['../engine/contract/layout', '../engine/files/merge-join', '@aws-sdk/client-s3'],
  'lib/x.ts': ['../engine/contract', '../engine/contract/signals', './files/replicated', 'aws-cdk-lib', 'constructs'],
  'lib/files/x.ts': ['../../engine/contract/signals', '../platform/recovery-region', 'aws-cdk-lib/aws-s3', 'zod'],
  'engine/x.ts': ['./contract/signals', '../engine/paging/topics', '@aws-sdk/client-s3', 'node:fs'],
  'test/x.ts': ['../lib', '../engine/files/merge-join', '../lambda/x', '../local/seed', 'aws-cdk-lib'],
};

/** Every way to import a module, with a file that may not import it. */
const WAYS: readonly string[] = [
  "import { x } from '../engine/files/x'; export const y = x;",
  "import '../engine/files/x';",
  "import type { X } from '../engine/files/x'; export type Y = X;",
  "export { x } from '../engine/files/x';",
  "export * from '../engine/files/x';",
  "export type { X } from '../engine/files/x';",
  "export const x = import('../engine/files/x');",
  "export const x = require('../engine/files/x');",
  "import x = require('../engine/files/x'); export const y = x;",
  "export type X = import('../engine/files/x').X;",
];

const folder = mkdtempSync(join(tmpdir(), 'holdfast-import-rule-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  for (const file of ['biome.json', 'import-types.grit']) {
    cpSync(join(REPOSITORY, file), join(folder, file));
  }
});

test.each(Object.entries(FORBIDDEN))('refuses forbidden imports of %s', (path, modules) => {
  expect(refused(modules.map((module) => at(path, `export * from '${module}';`)))).toEqual(modules.map(() => true));
});

test.each(Object.entries(ALLOWED))('takes allowed imports of %s', (path, modules) => {
  expect(refused(modules.map((module) => at(path, `export * from '${module}';`)))).toEqual(modules.map(() => false));
});

test('sees every way to import', () => {
  expect(refused(WAYS.map((code) => at('lib/x.ts', code)))).toEqual(WAYS.map(() => true));
});

interface Snippet {
  readonly path: string;
  readonly code: string;
}

function at(path: string, code: string): Snippet {
  return { path, code };
}

/** For each snippet, whether the linter refuses its import; each becomes a file of its own beside the given path. */
function refused(snippets: readonly Snippet[]): boolean[] {
  const paths = snippets.map(({ path, code }, index) => {
    const file = join(dirname(path), `${index}-${basename(path)}`);
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${code}\n`);
    return file;
  });
  const { stdout, error } = spawnSync(
    process.execPath,
    [BIOME, 'lint', '--vcs-enabled=false', '--reporter=github', ...paths],
    { cwd: folder, encoding: 'utf8' },
  );
  if (error) {
    throw error;
  }
  const refusals = stdout
    .split('\n')
    .filter((line) => /title=(lint\/style\/(noRestrictedImports|noCommonJs)|plugin),/.test(line));
  return paths.map((path) => refusals.some((line) => line.includes(`${path},`)));
}
