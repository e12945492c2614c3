import { DEFAULT_OBJECTIVES } from '../../../engine/contract/deployment';
import type { Health, LeftOutTenant, ResourceStatus, Status, TenantStatus } from '../../../engine/status/model';
import { statusTable } from '../../../engine/status/status-table';
import { tenantsTable } from '../../../engine/status/tenants-table';
import { HOUR } from './evidence';

const PLAIN = { colours: false };
const MOST_COLUMNS = 100;

const figure = (seconds?: number, limitSeconds?: number, health: Health = 'healthy') => ({
  seconds,
  limitSeconds,
  health,
});

const resource = (more: Partial<ResourceStatus> = {}): ResourceStatus => ({
  system: 'tenants',
  resource: 'shop',
  health: 'healthy',
  reasons: [],
  backupAge: figure(3 * HOUR + 720, 26 * HOUR),
  rpo: figure(240, HOUR),
  rto: figure(),
  proofs: [{ level: 'present', ageSeconds: 720, health: 'healthy' }],
  findings: [],
  ...more,
});

const status = (more: Partial<Status> = {}): Status => ({
  prefix: 'acme',
  at: '2026-11-23T12:00:00.000Z',
  health: 'healthy',
  primaryRegion: 'eu-west-1',
  recoveryRegion: 'eu-central-1',
  resources: [resource()],
  alarms: [],
  unknown: [],
  objectives: DEFAULT_OBJECTIVES,
  ...more,
});

const tenant = (name: string, more: Partial<TenantStatus> = {}): TenantStatus => ({
  resource: 'shop',
  tenant: name,
  health: 'healthy',
  backupId: '20261123T020000Z-0f3c9a1e',
  backupAt: '2026-11-23T02:00:01.000Z',
  ageSeconds: 10 * HOUR,
  provedLevel: 'intact',
  bytes: 5 * 1024 * 1024,
  tables: 20,
  rows: 400,
  ...more,
});

const linesOf = (text: string): string[] => text.split('\n');

describe('the picture in the terminal', () => {
  test('says first how good everything is, of what and when', () => {
    expect(linesOf(statusTable(status(), PLAIN))[0]).toBe(
      'acme in eu-west-1, replicas in eu-central-1, 23 Nov 2026, 12:00 UTC: healthy, every objective is met',
    );
  });

  test.each([
    ['warning', 'WARNING, everything can be restored, but something needs a look'],
    ['critical', 'CRITICAL, something cannot be restored as it should'],
    ['unknown', 'UNKNOWN, nobody can tell whether everything can be restored'],
  ] as const)('says in words what %s means', (health, words) => {
    expect(statusTable(status({ health }), PLAIN)).toContain(words);
  });

  test('shows a resource with its ages, and nothing that is neither asked for nor known', () => {
    const [, , , , first, second, ...rest] = linesOf(statusTable(status(), PLAIN));
    expect(first).toMatch(/^tenants {3}shop {26}healthy {3}backup 3 h 12 min {6}present {2}12 min$/);
    expect(second).toMatch(/^ {50}RPO {4}4 min$/);
    expect(rest).toEqual([]);
  });

  test('marks what is not as it should be, and says why', () => {
    const text = statusTable(
      status({
        resources: [
          resource({
            health: 'critical',
            backupAge: figure(28 * HOUR, 26 * HOUR, 'critical'),
            rto: figure(undefined, HOUR, 'unknown'),
            proofs: [{ level: 'intact', health: 'unknown' }],
            reasons: ['the newest backup is 28 h old, at most 26 h'],
          }),
        ],
      }),
      PLAIN,
    );
    expect(text).toContain('CRITICAL  backup 28 h ! ');
    expect(text).toContain('RTO    unknown !');
    expect(text).toContain('intact   unknown !');
    expect(text).toContain('What is wrong:\n  tenants shop: the newest backup is 28 h old, at most 26 h');
  });

  test('shows the first findings of a resource, and how many more there are', () => {
    const findings = [1, 2, 3, 4, 5].map((each) => ({
      kind: 'missing',
      isCritical: true,
      detail: `archive ${each} is gone`,
    }));
    const text = statusTable(status({ resources: [resource({ findings, reasons: ['damage'] })] }), PLAIN);
    expect(text).toContain('  tenants shop: damage\n    missing: archive 1 is gone\n');
    expect(text).toMatch(/archive 3 is gone\n {4}and 2 more, with --json$/);
  });

  test('shows alarms with their age, and what could not be looked at', () => {
    const alarm = {
      name: 'acme-storage-backupFailed',
      region: 'eu-west-1',
      health: 'critical',
      since: '2026-11-23T10:50:00.000Z',
      reason: `lost\nfiles ${'x'.repeat(500)}`,
    } as const;
    const text = statusTable(
      status({
        alarms: [
          { ...alarm, state: 'ALARM' },
          { ...alarm, state: 'INSUFFICIENT_DATA', health: 'unknown', reason: 'no data' },
        ],
        unknown: ['No answer.'],
      }),
      PLAIN,
    );
    expect(text).toContain(
      'Alarms:\n  CRITICAL acme-storage-backupFailed in eu-west-1, raised for 1 h 10 min: lost\\u{000a}files xxx',
    );
    expect(text).toContain('UNKNOWN acme-storage-backupFailed in eu-west-1, without data for 1 h 10 min: no data');
    expect(text).toMatch(/Could not be looked at:\n {2}No answer\.$/);
    expect(Math.max(...linesOf(text).map(({ length }) => length))).toBeLessThan(400);
  });

  test('has nothing but its headline when nothing is protected', () => {
    expect(linesOf(statusTable(status({ resources: [] }), PLAIN))).toHaveLength(1);
  });

  test('fits into 100 columns with names as long as they may be, and cuts none of them', () => {
    const name = 'a-name-that-is-as-long-as-can-be';
    const text = statusTable(
      status({
        resources: [
          resource({
            system: 'database',
            resource: name,
            health: 'critical',
            backupAge: figure(47 * HOUR + 1740, 1, 'critical'),
            rpo: figure(400 * 24 * HOUR, 1, 'critical'),
            proofs: [{ level: 'restored', ageSeconds: 47 * HOUR + 1740, health: 'unknown' }],
          }),
        ],
        tenants: [
          tenant('t'.repeat(60), {
            health: 'critical',
            ageSeconds: 47 * HOUR + 1740,
            provedLevel: 'restored',
            resource: name,
          }),
        ],
      }),
      PLAIN,
    );
    const lines = linesOf(text).slice(1);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(MOST_COLUMNS);
    expect(text).toContain('restored 47 h 29 min !');
    expect(text).toContain(name.slice(0, 28));
    expect(text).toContain(`\n${' '.repeat(10)}${name.slice(28)}`);
  });

  test('carries colours only where the terminal shows them, beside the same words', () => {
    const picture = status({ health: 'critical', resources: [resource({ health: 'warning' })] });
    const coloured = statusTable(picture, { colours: true });
    expect(coloured).toContain('\u001b[31mCRITICAL\u001b[39m');
    expect(coloured).toContain('\u001b[33mWARNING\u001b[39m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours.
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(statusTable(picture, PLAIN));
    expect(statusTable(picture, PLAIN)).not.toContain('\u001b');
  });
});

describe('the tenants in the terminal', () => {
  const table = (tenants: TenantStatus[], leftOut: LeftOutTenant[] = []) => tenantsTable(tenants, leftOut, PLAIN);

  test('show the worst first, then the oldest, and how many are fine', () => {
    const lines = linesOf(
      table([
        tenant('young', { ageSeconds: HOUR }),
        tenant('old', { ageSeconds: 9 * HOUR }),
        tenant('lost', { health: 'critical', provedLevel: undefined }),
        tenant('unsure', { health: 'unknown' }),
      ]),
    );
    const names = lines.slice(2, -1).map((line) => line.split(/\s+/)[1]);
    expect(names).toEqual(['lost', 'unsure', 'old', 'young']);
    expect(lines[2]).toMatch(/^shop {14}lost {22}CRITICAL {2}10 h {9}not yet {15}5 MiB$/);
    expect(lines.at(-1)).toBe('2 of 4 tenants are healthy.');
  });

  test('show twenty of ten thousand, and say where all are', () => {
    const lines = linesOf(table(Array.from({ length: 10_000 }, (_, index) => tenant(`tenant-${index}`))));
    expect(lines).toHaveLength(2 + 20 + 1);
    expect(lines.at(-1)).toBe('10,000 of 10,000 tenants are healthy; the 20 worst are shown, all with --json.');
  });

  test('are told when there are none', () => {
    expect(table([])).toBe('0 of 0 tenants are healthy.');
  });

  test('have names made harmless: nothing in them moves the cursor or turns the text', () => {
    const text = table([tenant('a\u001b[2Jb\u202ec')]);
    expect(text).toContain('a\\u{001b}[2Jb\\u{202e}c');
  });

  test('are told where they are left out on purpose, the first twenty by name', () => {
    const leftOut = Array.from({ length: 22 }, (_, index) => ({
      resource: 'shop',
      tenant: `t${index}`,
      reason: 'suspended',
    }));
    const last = linesOf(table([tenant('acme')], leftOut)).at(-1);
    expect(last).toMatch(/^Left out on purpose: t0 of shop \(suspended\), .*t19 of shop \(suspended\), and 2 more\.$/);
    expect(last).not.toContain('t20');
  });
});
