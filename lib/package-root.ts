import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of Holdfast's package.json, the same from the sources and from `dist`. */
export const PACKAGE_ROOT = nearestPackage(__dirname);

function nearestPackage(folder: string): string {
  const parent = dirname(folder);
  if (existsSync(join(folder, 'package.json')) || parent === folder) {
    return folder;
  }
  return nearestPackage(parent);
}
