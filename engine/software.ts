import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Version of Holdfast that is running, such as `0.1.0`: what backups and proof records say they were made by. Bundles have it written
 * into them when they are built; elsewhere the package says it.
 */
export const SOFTWARE_VERSION: string = process.env.HOLDFAST_VERSION ?? packageVersion();

/** The package lies above this folder, or, once compiled, above `dist`. */
function packageVersion(): string {
  const above = join(__dirname, '..', 'package.json');
  const path = existsSync(above) ? above : join(__dirname, '..', '..', 'package.json');
  return JSON.parse(readFileSync(path, 'utf8')).version;
}
