import { DEFAULT_OBJECTIVES } from '../../../engine/contract/deployment';
import type { ProofRecord } from '../../../engine/contract/proofs';
import { CHARTED_FIGURES } from '../../../engine/report/charted-figures';
import type { History, HistoryPoint, HistoryResource } from '../../../engine/report/history';
import type { AlarmStatus, Health, ResourceStatus, Status, TenantStatus } from '../../../engine/status/model';

/** The moment of all samples. */
export const NOW = new Date('2026-11-23T06:00:00Z');

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** The moment so many seconds before {@link NOW}. */
export const ago = (seconds: number): string => new Date(NOW.getTime() - seconds * 1000).toISOString();

/** A database whose backups are as they should be. */
export function databaseStatus(resource = 'orders-db', changes: Partial<ResourceStatus> = {}): ResourceStatus {
  return {
    system: 'database',
    resource,
    health: 'healthy',
    reasons: [],
    backupAge: { seconds: 3 * HOUR, limitSeconds: 26 * HOUR, health: 'healthy' },
    rpo: { seconds: 180, limitSeconds: HOUR, health: 'healthy' },
    rto: { health: 'healthy' },
    proofs: [
      {
        level: 'present',
        provedAt: ago(1_500),
        ageSeconds: 1_500,
        limitSeconds: 3 * HOUR,
        lastOutcome: 'proved',
        health: 'healthy',
      },
    ],
    restorableAt: ago(180),
    findings: [],
    ...changes,
  };
}

/** The dumps of a database's tenants, as they should be. */
export function tenantsStatus(resource = 'orders', changes: Partial<ResourceStatus> = {}): ResourceStatus {
  return {
    ...databaseStatus(resource),
    system: 'tenants',
    rpo: { seconds: 4 * HOUR, limitSeconds: 26 * HOUR, health: 'healthy' },
    rto: { seconds: 2_520, limitSeconds: 2 * HOUR, health: 'healthy' },
    proofs: [
      {
        level: 'intact',
        provedAt: ago(3.4 * HOUR),
        ageSeconds: 3.4 * HOUR,
        limitSeconds: 30 * HOUR,
        lastOutcome: 'proved',
        health: 'healthy',
      },
      {
        level: 'present',
        provedAt: ago(2_000),
        ageSeconds: 2_000,
        limitSeconds: 26 * HOUR,
        lastOutcome: 'proved',
        health: 'healthy',
      },
      { level: 'restored', provedAt: ago(21 * DAY), ageSeconds: 21 * DAY, lastOutcome: 'proved', health: 'healthy' },
    ],
    restorableAt: ago(4 * HOUR),
    bytes: 13_400_000_000,
    objects: 1_503,
    backups: 61,
    ...changes,
  };
}

/** Files whose replica is as it should be. */
export function filesStatus(resource = 'uploads', changes: Partial<ResourceStatus> = {}): ResourceStatus {
  return {
    ...databaseStatus(resource),
    system: 'files',
    backupAge: { seconds: 700, health: 'healthy' },
    rpo: { seconds: 760, limitSeconds: HOUR, health: 'healthy' },
    restorableAt: ago(760),
    bytes: 1_980_000_000_000,
    objects: 12_345_678,
    replicationLagSeconds: 12,
    ...changes,
  };
}

/** A cache whose exported snapshots are as they should be. */
export function redisStatus(resource = 'sessions', changes: Partial<ResourceStatus> = {}): ResourceStatus {
  return { ...tenantsStatus(resource), system: 'redis', bytes: 734_003_200, objects: 3, backups: 30, ...changes };
}

/** A tenant whose newest backup is proved. */
export function tenantStatus(tenant: string, changes: Partial<TenantStatus> = {}): TenantStatus {
  return {
    resource: 'orders',
    tenant,
    health: 'healthy',
    backupId: '20261123T020000Z',
    backupAt: ago(4 * HOUR),
    ageSeconds: 4 * HOUR,
    provedLevel: 'intact',
    provedAt: ago(3 * HOUR),
    bytes: 12_582_912,
    tables: 20,
    rows: 48_210,
    ...changes,
  };
}

/** So many tenants, some of which are not well. */
export function manyTenants(count: number): TenantStatus[] {
  const healths: readonly Health[] = ['critical', 'unknown', 'warning'];
  return Array.from({ length: count }, (_, index) => {
    const health = index % 500 === 499 ? (healths[Math.floor(index / 500) % 3] ?? 'healthy') : 'healthy';
    return tenantStatus(`tenant_${String(index + 1).padStart(5, '0')}`, { health, ageSeconds: 14_000 + (index % 90) });
  });
}

/** An alarm that is on. */
export const ALARM: AlarmStatus = {
  name: 'acme-tenants-incident',
  region: 'eu-west-1',
  state: 'ALARM',
  health: 'critical',
  since: ago(2 * HOUR),
  reason: 'orders: 1 finding. The archive of a tenant ends before its last block.',
};

/** The record of a drill that went well. */
export function drill(changes: Partial<ProofRecord> = {}): ProofRecord {
  return {
    format: 1,
    system: 'tenants',
    resource: 'orders',
    level: 'restored',
    outcome: 'proved',
    startedAt: ago(21 * DAY),
    finishedAt: ago(21 * DAY - 3_010),
    software: '0.1.0',
    backups: ['20261102T020000Z'],
    restorableAt: ago(21 * DAY + 4 * HOUR),
    bytes: 13_100_000_000,
    objects: 1_500,
    rtoSeconds: 2_520,
    findingCount: 0,
    findings: [],
    report: 's3://acme-proofs-111122223333-eu-west-1/tenants/orders/drills/20261102T060000Z.json',
    ...changes,
  };
}

/** Everything is as it should be. */
export function healthyStatus(changes: Partial<Status> = {}): Status {
  return {
    prefix: 'acme',
    at: NOW.toISOString(),
    health: 'healthy',
    primaryRegion: 'eu-west-1',
    recoveryRegion: 'eu-central-1',
    resources: [databaseStatus(), tenantsStatus(), filesStatus(), redisStatus()],
    tenants: manyTenants(12),
    alarms: [],
    unknown: [],
    objectives: DEFAULT_OBJECTIVES,
    ...changes,
  };
}

/** Dumps are damaged, files lag, one tenant cannot be restored, and one Region does not answer. */
export function criticalStatus(): Status {
  return healthyStatus({
    health: 'critical',
    resources: [
      databaseStatus(),
      tenantsStatus('orders', {
        health: 'critical',
        reasons: [
          'The newest backup is 31 h old, more than the 26 h that it may be.',
          'The newest proof found damage.',
        ],
        backupAge: { seconds: 31 * HOUR, limitSeconds: 26 * HOUR, health: 'critical' },
        proofs: [
          {
            level: 'intact',
            provedAt: ago(33 * HOUR),
            ageSeconds: 33 * HOUR,
            limitSeconds: 30 * HOUR,
            lastOutcome: 'damaged',
            health: 'critical',
          },
        ],
        findings: [
          { kind: 'retention-drift', isCritical: false, detail: 'A backup is locked for 30 days in place of 31.' },
          { kind: 'damaged', isCritical: true, detail: 'The archive of a tenant ends before its last block.' },
        ],
      }),
      filesStatus('uploads', {
        health: 'warning',
        reasons: ['The oldest version waits 45 min for its copy, more than 30 min.'],
        replicationLagSeconds: 2_700,
      }),
    ],
    tenants: [...manyTenants(239), tenantStatus('tenant_lost', { health: 'critical', ageSeconds: 31 * HOUR })],
    alarms: [
      ALARM,
      {
        ...ALARM,
        name: 'acme-storage-replicationDelay',
        state: 'INSUFFICIENT_DATA',
        health: 'warning',
        reason: 'No datapoints.',
      },
    ],
    unknown: ['The alarms of eu-central-1 could not be read within 10 s. HINT: see whether the Region is disturbed.'],
  });
}

/** Nothing was ever proved, and nobody could look at the tenants. */
export function neverProvedStatus(): Status {
  const unknown = { health: 'unknown' } as const;
  const never: Partial<ResourceStatus> = {
    ...unknown,
    reasons: ['Nothing was proved yet.'],
    backupAge: { ...unknown, limitSeconds: 26 * HOUR },
    rpo: unknown,
    rto: unknown,
    proofs: [{ level: 'present', limitSeconds: 26 * HOUR, ...unknown }],
    restorableAt: undefined,
    bytes: undefined,
    objects: undefined,
    replicationLagSeconds: undefined,
    backups: 0,
  };
  return healthyStatus({
    ...unknown,
    resources: [tenantsStatus('orders', never), filesStatus('uploads', never)],
    tenants: [],
  });
}

/** A deployment that protects nothing yet. */
export const emptyStatus = (): Status => healthyStatus({ health: 'unknown', resources: [], tenants: undefined });

/** A month of values of every charted figure of the resources of a status, and one drill that went well and one that did not. */
export function historyOf({ resources, objectives }: Status, changes: Partial<History> = {}): History {
  const until = NOW.getTime();
  const from = Date.parse('2026-10-24T00:00:00Z');
  return {
    deployedSoftware: '0.1.0',
    from,
    until,
    series: resources.flatMap((resource, place) =>
      CHARTED_FIGURES[resource.system].map(({ name: figure, unit, periodSeconds, limitSeconds }) => ({
        ...named(resource),
        figure,
        points: points(
          from,
          until,
          periodSeconds,
          place + 1,
          0.9 * (limitSeconds?.(objectives[resource.system]) ?? GREATEST[unit]),
        ),
      })),
    ),
    drills: [
      drill(),
      drill({
        system: 'redis',
        resource: 'sessions',
        outcome: 'damaged',
        startedAt: ago(50 * DAY),
        finishedAt: ago(50 * DAY - 600),
        restorableAt: ago(51 * DAY),
        backups: undefined,
        report: undefined,
        rtoSeconds: undefined,
        findingCount: 24,
        findings: [
          { kind: 'rows', isCritical: true, detail: 'The restored cache has 3 keys fewer than its snapshot.' },
        ],
      }),
    ],
    unknown: [],
    ...changes,
  };
}

/** A history in which nothing was ever measured. */
export const emptyHistory = (): History => historyOf(emptyStatus(), { drills: [] });

const named = ({ system, resource }: HistoryResource): HistoryResource => ({ system, resource });

/** What the values of a figure without a limit come near to. */
const GREATEST = { Bytes: 13_000_000_000, Seconds: 900, Count: 12_000_000 } as const;

/** Slowly growing waves with a gap of some days. */
function points(from: number, until: number, periodSeconds: number, seed: number, greatest: number): HistoryPoint[] {
  const periods = Math.ceil((until - from) / 1000 / periodSeconds);
  return Array.from({ length: periods }, (_, index) => ({
    at: from + index * periodSeconds * 1000,
    value: Math.round(greatest * (0.6 + 0.3 * (index / periods) + 0.1 * Math.sin(index * seed))),
  })).filter(({ at }) => seed !== 2 || at < from + 9 * DAY * 1000 || at > from + 12 * DAY * 1000);
}

/** Names that would break out of markup, hide themselves, or push the page wide. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '&lt;b&gt;</style></title></svg>',
  `${'w'.repeat(400)}`,
  '\u202egnirts desrever\u0000\n',
] as const;

/** A status and records that hold names nobody would choose in good faith. */
export function hostileStatus(): Status {
  const finding = (detail: string) => ({ kind: detail, isCritical: true, detail });
  return healthyStatus({
    prefix: HOSTILE[0],
    health: 'critical',
    primaryRegion: HOSTILE[1],
    recoveryRegion: HOSTILE[2],
    resources: HOSTILE.map((name) =>
      tenantsStatus(name, { health: 'critical', reasons: [name], findings: [finding(name)] }),
    ),
    tenants: HOSTILE.map((name) => tenantStatus(name, { resource: name })),
    leftOut: HOSTILE.map((name) => ({ resource: name, tenant: name, reason: name })),
    alarms: HOSTILE.map((name) => ({ ...ALARM, name, region: name, reason: name })),
    unknown: HOSTILE,
  });
}
