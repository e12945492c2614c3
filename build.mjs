// Bundles each function of lambda/ into dist/lambda/<name>/index.js, and all jobs of the container, jobs/main.ts, into
// dist/jobs/index.js: minified, AWS SDK included, with a source map. dist/jobs is what the image is built from.
// Another folder of functions and of bundles can be given: `node build.mjs <functions> <bundles>`; then there are no jobs.
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

// What was made by which version, backups say.
const define = { 'process.env.HOLDFAST_VERSION': JSON.stringify(version) };

const bundle = (entryPoint, outfile, options = {}) =>
  build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    define,
    ...options,
  });

const [source, target] = process.argv.slice(2);
const folder = source ?? 'lambda';
const functions = readdirSync(folder).filter((file) => file.endsWith('.ts'));
const bundles = functions.map((file) =>
  bundle(`${folder}/${file}`, `${target ?? 'dist/lambda'}/${basename(file, '.ts')}/index.js`),
);
if (source === undefined) {
  // pg-native is an option of pg that nobody installs here.
  bundles.push(bundle('jobs/main.ts', 'dist/jobs/index.js', { external: ['pg-native'] }));
}
await Promise.all(bundles);
if (source === undefined) {
  copyFileSync('jobs/Dockerfile', 'dist/jobs/Dockerfile');
}
