import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

/** Whether the Chromium of the package runs here: it is built for one platform. */
export const hasBrowser = process.platform === 'linux' && process.arch === 'x64';

/** A headless Chromium in a folder of its own, which goes with it. */
export interface UnpackedBrowser {
  readonly browser: Browser;
  /** For what the test writes. */
  readonly folder: string;
  readonly close: () => Promise<void>;
}

/**
 * Starts the Chromium of the package `@sparticuz/chromium`, which needs nothing installed: libraries and fonts come from the package
 * too, as long as it believes that it runs in Lambda.
 */
export async function startBrowser(): Promise<UnpackedBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-browser-'));
  try {
    const own = { TMPDIR: folder, HOME: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' };
    // The package unpacks into the folder of temporary files of its process, which cannot be changed within this one.
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', UNPACK], {
      cwd: resolve(__dirname, '../..'),
      env: { ...process.env, ...own },
    });
    const fonts = join(folder, 'fonts.conf');
    writeFileSync(fonts, fontSettings(folder));
    const browser = await chromium.launch({
      executablePath: stdout.trim(),
      args: ['--no-sandbox'],
      env: {
        ...process.env,
        ...own,
        LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
        FONTCONFIG_FILE: fonts,
      },
    });
    const close = async () => {
      await browser.close();
      await rm(folder, { recursive: true });
    };
    return { browser, folder, close };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

const UNPACK = `
const chromium = require('@sparticuz/chromium');
chromium.setGraphicsMode = false;
chromium.executablePath().then((path) => console.log(path));
`;

/** The package's own settings look for its fonts in /tmp alone, and without any font Chromium ends. */
const fontSettings = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(folder, 'fonts')}</dir><cachedir>${join(folder, 'font-cache')}</cachedir></fontconfig>
`;
