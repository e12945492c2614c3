import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCAL_STATE } from '../../local/local-state';
import type { Teardown } from '../../local/teardown';

/** Makes a new folder for what a benchmark writes, whose name begins so. The teardown removes it. */
export async function makeBenchFolder(teardown: Teardown, prefix: string): Promise<string> {
  const parent = join(LOCAL_STATE, 'bench');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, prefix));
  teardown.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
