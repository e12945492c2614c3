import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { reportPage } from '../../engine/report/report-page';
import {
  criticalStatus,
  emptyHistory,
  emptyStatus,
  healthyStatus,
  historyOf,
  hostileStatus,
  manyTenants,
  neverProvedStatus,
} from '../engine/report/samples';
import { hasBrowser, startBrowser, type UnpackedBrowser } from './browser';

const CHECKS = readFileSync(join(__dirname, 'page-checks.js'), 'utf8');

const PAGES = {
  healthy: reportPage(healthyStatus(), historyOf(healthyStatus())),
  critical: reportPage(criticalStatus(), historyOf(criticalStatus())),
  'never proved': reportPage(neverProvedStatus(), emptyHistory()),
  empty: reportPage(emptyStatus(), emptyHistory()),
  hostile: reportPage(hostileStatus(), historyOf(hostileStatus())),
} as const;

const VIEWS = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [360, 1440].map((width) => ({ colorScheme, width })),
);

/** What the checks say of a fault, and markup that has it. */
const FAULTS = [
  ['has a contrast of', '<p style="color:#888;background:#777">x</p>'],
  ['the line', '<svg width="9" height="9"><path class="line" stroke="#eee"/></svg>'],
  ['ends beyond the right edge', '<div style="width:9000px">x</div>'],
  ['the page is 9', '<div style="width:9000px">x</div>'],
  ['is cut', '<svg width="9" height="9"><text>a long label</text></svg>'],
  ['leaps to level', '<h1>x</h1><h4>x</h4>'],
  ['2 headings of level 1', '<h1>x</h1>'],
  ['has no scope', '<table><caption>x</caption><tr><th>x</th></tr></table>'],
  ['has no caption', '<table><tr><td>x</td></tr></table>'],
  ['the id x is there twice', '<p id="x">x</p><p id="x">x</p>'],
  ['is asked for and not there', '<p aria-labelledby="y">x</p>'],
  ['leads nowhere', '<a href="#y">x</a>'],
  ['is too small to be touched', '<a href="#" style="display:block;height:9px">x</a>'],
  ['image "" has no name', '<svg role="img"></svg>'],
  ['console error', '<script>console.error("x")</script>'],
  ['error: x', '<script>throw new Error("x")</script>'],
  ['request: http', '<img alt="x" src="http://127.0.0.1:1/x.png">'],
] as const;

const BROKEN = FAULTS.map(([, markup]) => markup).join('');

/** Roles that mean nothing without a name. */
const NAMED_ROLES = new Set(
  'link button textbox searchbox combobox image img navigation search region article table DisclosureTriangle'.split(
    ' ',
  ),
);

(hasBrowser ? describe : describe.skip)('in a browser', () => {
  let unpacked: UnpackedBrowser;

  beforeAll(async () => {
    unpacked = await startBrowser();
  });
  afterAll(() => unpacked?.close());

  /** Opens a page as a file, lets `look` look at it, and closes it. */
  async function withPage<Seen>(
    content: string,
    options: BrowserContextOptions,
    look: (page: Page, noise: readonly string[]) => Promise<Seen>,
  ): Promise<Seen> {
    const file = join(unpacked.folder, 'page.html');
    writeFileSync(file, content);
    const page = await unpacked.browser.newPage(options);
    try {
      const noise: string[] = [];
      const url = pathToFileURL(file).href;
      page.on('console', (message) => noise.push(`console ${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
      page.on('request', (request) => noise.push(...(request.url() === url ? [] : [`request: ${request.url()}`])));
      await page.goto(url);
      return await look(page, noise);
    } finally {
      await page.close();
    }
  }

  /** Everything that is wrong with a page in any view, in sentences. */
  const problems = (content: string) =>
    withPage(content, {}, async (page, noise) => {
      const found: string[] = [];
      for (const { colorScheme, width } of VIEWS) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        const seen = await page.evaluate<string[]>(CHECKS);
        found.push(...seen.map((problem) => `${colorScheme}, ${width} pixels: ${problem}`));
      }
      return [...found, ...(await nameProblems(page)), ...noise];
    });

  test.each(Object.entries(PAGES))(
    'the page "%s" is quiet, fits, reads well and is named throughout, in light and dark, on a phone and a desk',
    async (_, page) => {
      expect(await problems(page)).toEqual([]);
    },
  );

  test('reads well on paper', async () => {
    const found = await withPage(
      PAGES.critical,
      { colorScheme: 'dark', viewport: { width: 700, height: 900 } },
      async (page) => {
        await page.emulateMedia({ media: 'print' });
        return page.evaluate<string[]>(CHECKS);
      },
    );
    // Charts are as they were, and nobody touches paper.
    expect(found.filter((problem) => !/too small|the line/.test(problem))).toEqual([]);
  });

  test('finds some of 10,000 tenants by their names, and those in a state', async () => {
    const status = healthyStatus({ tenants: manyTenants(10_000) });
    const content = reportPage(status, historyOf(status));
    await withPage(content, { viewport: { width: 360, height: 800 } }, async (page, noise) => {
      const filter = page.getByRole('search', { name: 'Tenants' });
      const shown = () => page.locator('#tenant-list tbody tr:not([hidden])').count();
      expect(await shown()).toBe(10_000);
      await filter.getByLabel('Name contains').fill('TENANT_012');
      expect(await shown()).toBe(100);
      expect(await filter.getByRole('status').textContent()).toBe('100 shown');
      await filter.getByLabel('State').selectOption('Critical');
      expect(await shown()).toBe(0);
      await filter.getByLabel('Name contains').fill('');
      expect(await shown()).toBe(7);
      expect(await page.evaluate('document.scrollingElement.scrollWidth')).toBe(360);
      expect(noise).toEqual([]);
    });
  });

  test('shows all tenants and no filter where scripts do not run', async () => {
    await withPage(PAGES.healthy, { javaScriptEnabled: false }, async (page) => {
      expect(await page.locator('#tenant-filter').isVisible()).toBe(false);
      expect(await page.locator('#tenant-list tbody tr').count()).toBe(12);
    });
  });

  test('lets no markup load anything, even if some got into the page', async () => {
    const image = '<img src="https://example.com/x.png" alt="x"><script>document.title = "taken"</script>';
    const taken = PAGES.healthy.replace('<main>', `<main>${image}`);
    await withPage(taken, {}, async (page, noise) => {
      expect(await page.title()).toBe('acme: Everything can be restored');
      expect(noise.filter((each) => !each.startsWith('request'))).toEqual([
        expect.stringMatching(/^console error: .*Content Security Policy/),
        expect.stringMatching(/^console error: .*Content Security Policy/),
      ]);
    });
  });

  test('would be told of everything that these tests look for', async () => {
    const found = await problems(BROKEN);
    for (const [problem, markup] of FAULTS) {
      expect({ markup, problems: found }).toEqual({
        markup,
        problems: expect.arrayContaining([expect.stringContaining(problem)]),
      });
    }
  });

  /** What has no name in the tree that assistive technology is given, of what needs one; and what is named alike. */
  async function nameProblems(page: Page): Promise<string[]> {
    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const named = nodes
      .filter(({ ignored, role }) => !ignored && NAMED_ROLES.has(role?.value))
      .map(({ role, name }) => `${role?.value} "${name?.value ?? ''}"`);
    return [
      ...named.filter((each) => each.endsWith('""')).map((each) => `${each} has no name`),
      ...named
        .filter((each, index) => /^(image|img|region|table)/.test(each) && named.indexOf(each) !== index)
        .map((each) => `${each} is there twice`),
    ];
  }
});
