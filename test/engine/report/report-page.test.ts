import type { History } from '../../../engine/report/history';
import { reportPage } from '../../../engine/report/report-page';
import type { Status } from '../../../engine/status/model';
import {
  criticalStatus,
  databaseStatus,
  drill,
  emptyHistory,
  emptyStatus,
  HOSTILE,
  healthyStatus,
  historyOf,
  hostileStatus,
  manyTenants,
  neverProvedStatus,
  tenantsStatus,
} from './samples';

const pageOf = (status: Status, changes: Partial<History> = {}): string =>
  reportPage(status, historyOf(status, changes));

const titleOf = (page: string): string | undefined => /<h1>(.*?)<\/h1>/.exec(page)?.[1];

describe('the headline', () => {
  test.each([
    ['healthy', healthyStatus(), 'Everything can be restored'],
    ['a warning', healthyStatus({ health: 'warning' }), 'Everything can be restored, but something needs attention'],
    ['damage', criticalStatus(), '1 of 3 resources cannot be counted on to be restored'],
    [
      'lost tenants',
      healthyStatus({ health: 'critical', tenants: manyTenants(500) }),
      '1 of 500 tenants cannot be counted on to be restored',
    ],
    ['an alarm alone', healthyStatus({ health: 'critical' }), 'A critical alarm is on'],
    ['no proof', neverProvedStatus(), 'Nobody knows whether everything can be restored'],
    ['no resources', emptyStatus(), 'Nothing is known to be protected'],
  ])('says of %s what it means', (_, status, title) => {
    const page = pageOf(status);
    expect(titleOf(page)).toBe(title);
    expect(page).toContain(`<title>acme: ${title}</title>`);
  });

  test('names who is concerned', () => {
    const page = pageOf(criticalStatus());
    expect(page).toContain('<p>Critical: orders (Tenants).</p>');
    expect(page).toContain('<p>Needs attention: uploads (Files).</p>');
  });

  test('names some of many, and counts the others', () => {
    const resources = Array.from({ length: 9 }, (_, index) => databaseStatus(`db-${index}`, { health: 'critical' }));
    expect(pageOf(healthyStatus({ health: 'critical', resources }))).toContain('db-5 (Databases), 3 more.');
  });
});

test('says when it was made, by which version, and of which deployment', () => {
  expect(pageOf(healthyStatus(), { deployedSoftware: '7.8.9' })).toMatch(
    /Made 23 Nov 2026, 06:00 UTC by Holdfast \d+\.\d+\.\d+ of the deployment acme \(7\.8\.9\), from eu-west-1 to eu-central-1\./,
  );
});

test('says what could not be looked at, of the state and of the history', () => {
  const page = pageOf(criticalStatus(), { unknown: ['Charts are missing.'] });
  expect(page).toContain('<li>The alarms of eu-central-1 could not be read within 10 s.');
  expect(page).toContain('<li>Charts are missing.</li>');
  expect(pageOf(healthyStatus())).not.toContain('could not be looked at');
});

test('says so where nothing was ever restored', () => {
  expect(reportPage(emptyStatus(), emptyHistory())).toContain('No drill is on record');
});

test('shows the evidence of drills, and of those that failed what they found', () => {
  const page = pageOf(healthyStatus());
  expect(page).toContain('<dt>Time to restore (RTO)</dt><dd>42 min</dd>');
  expect(page).toContain('<dt>Work lost (RPO)</dt><dd>4 h of at most 26 h</dd>');
  expect(page).toContain('The restored cache has 3 keys fewer than its snapshot.');
  expect(page).toContain('23 more');
});

test('has neither tenants nor a script where nobody asked for tenants', () => {
  const page = pageOf(healthyStatus({ tenants: undefined }));
  expect(page).not.toContain('<script');
  expect(page).not.toContain('Tenants, one by one');
});

test('lists the tenants that are worst first, then the oldest', () => {
  const rows = [...pageOf(criticalStatus()).matchAll(/<th scope="row">(tenant_\w+)/g)].map(([, name]) => name);
  expect(rows.slice(0, 2)).toEqual(['tenant_lost', 'tenant_00090']);
  expect(rows).toHaveLength(240);
});

test('stays below 5 MB with 10,000 tenants, whose names are as long as they may be, and 60 resources', () => {
  const tenants = manyTenants(10_000).map((tenant) => ({ ...tenant, tenant: tenant.tenant.padEnd(63, 'x') }));
  const resources = Array.from({ length: 60 }, (_, index) => tenantsStatus(`shop-${index}`));
  const page = pageOf(healthyStatus({ tenants, resources }));
  expect(Buffer.byteLength(page)).toBeLessThan(5_000_000);
  expect(page.match(/<th scope="row">tenant_/g)).toHaveLength(10_000);
});

describe('with names nobody would choose in good faith', () => {
  const hostile = pageOf(hostileStatus(), {
    deployedSoftware: HOSTILE[0],
    unknown: HOSTILE,
    drills: HOSTILE.map((name) =>
      drill({
        resource: name,
        backups: [name],
        report: name,
        software: name,
        findings: [{ kind: name, isCritical: true, detail: name }],
      }),
    ),
  });

  test('has no other tags and attributes than with harmless ones', () => {
    const harmless = shapeOf(pageOf({ ...criticalStatus(), leftOut: hostileStatus().leftOut }));
    expect([...shapeOf(hostile)].filter((each) => !harmless.has(each))).toEqual([]);
  });

  test('shows characters that hide text or turn its direction', () => {
    expect(hostile).not.toContain('\u202e');
    expect(hostile).not.toContain('\u0000');
    expect(hostile).toContain('\\u{202e}gnirts desrever');
  });
});

/** Every tag with its attributes, without their values; of styles and scripts how often they are there. */
function shapeOf(page: string): Set<string> {
  const markup = page.replace(/<(style|script)>.*?<\/\1>/gs, '<$1>');
  const tags = (markup.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/"[^"]*"/g, '""'));
  return new Set([...tags, `${markup.match(/<script>/g)?.length} scripts`]);
}
