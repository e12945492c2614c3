// Bundles each function of lambda/ into dist/lambda/<name>/index.js: minified, AWS SDK included, with a source map.
// Another folder of functions and of bundles can be given: `node build.mjs <functions> <bundles>`.
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'esbuild';

const [source = 'lambda', target = 'dist/lambda'] = process.argv.slice(2);
const functions = readdirSync(source).filter((file) => file.endsWith('.ts'));
await Promise.all(
  functions.map((file) =>
    build({
      entryPoints: [`${source}/${file}`],
      outfile: `${target}/${basename(file, '.ts')}/index.js`,
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
    }),
  ),
);
