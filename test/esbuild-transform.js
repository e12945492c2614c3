const { transformSync } = require('esbuild');

/** Compiles one TypeScript file for Jest; types are checked by `npm run types`, not here. */
module.exports = {
  process(source, filename) {
    const { code, map } = transformSync(source, {
      loader: 'ts',
      format: 'cjs',
      target: 'node20',
      // Jest runs CommonJS, where import() would need a flag of Node; it becomes require().
      supported: { 'dynamic-import': false },
      sourcemap: 'external',
      sourcefile: filename,
    });
    return { code, map };
  },
};
