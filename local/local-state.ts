import { join } from 'node:path';
import { PACKAGE_ROOT } from '../lib/package-root';

/** What local runs leave behind: the Python environments and the folders of runs. Ignored by git. */
export const LOCAL_STATE = join(PACKAGE_ROOT, '.holdfast');
