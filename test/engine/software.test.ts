import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { SOFTWARE_VERSION } from '../../engine/software';

const ROOT = join(__dirname, '..', '..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

test('the version is that of the package', () => {
  expect(SOFTWARE_VERSION).toBe(version);
});

test('a bundle has its version written into it and looks for no package', () => {
  const [file] = buildSync({
    entryPoints: [join(ROOT, 'engine', 'software.ts')],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    write: false,
    define: { 'process.env.HOLDFAST_VERSION': '"1.2.3"' },
  }).outputFiles;
  expect(file?.text).toContain('"1.2.3"');
  expect(file?.text).not.toContain('package.json');
});

test('the build defines what the version is taken from', () => {
  expect(readFileSync(join(ROOT, 'build.mjs'), 'utf8')).toContain("'process.env.HOLDFAST_VERSION'");
});
