import { bytesText, countOf, countText, spanText } from '../report/quantities';
import { printable, shorten } from '../signals/alarm-text';
import { byWorst } from './health';
import { Health, type LeftOutTenant, type TenantStatus } from './model';
import { healthText, narrowTable, type TableStyle } from './table-style';

/** Tenants that the table shows; all others are told by `--json`. */
const MOST_ROWS = 20;

/** The tenants that are worst, the oldest backups first, and how many are fine. */
export function tenantsTable(
  tenants: readonly TenantStatus[],
  leftOut: readonly LeftOutTenant[],
  style: TableStyle,
): string {
  const worstFirst = [...tenants].sort(
    (left, right) => byWorst(left.health, right.health) || right.ageSeconds - left.ageSeconds,
  );
  const shown = worstFirst.slice(0, MOST_ROWS);
  const table = narrowTable(
    [
      ['Database', 16],
      ['Tenant', NAME_CHARACTERS],
      ['Health', 8],
      ['Backup', 11],
      ['Proof', 20],
      ['Size', 9],
    ],
    shown.map((tenant) => rowOf(tenant, style)),
    'belowHeading',
  );
  return [...(shown.length === 0 ? [] : [table]), ...summary(tenants, shown.length, leftOut)].join('\n');
}

const NAME_CHARACTERS = 24;

function rowOf(tenant: TenantStatus, style: TableStyle): string[] {
  const { resource, tenant: name, health, ageSeconds: age, provedLevel = 'not yet', bytes } = tenant;
  return [
    resource,
    shorten(printable(name), NAME_CHARACTERS),
    healthText(health, style),
    spanText(age),
    provedLevel,
    bytesText(bytes),
  ];
}

function summary(tenants: readonly TenantStatus[], shown: number, leftOut: readonly LeftOutTenant[]): string[] {
  const fine = tenants.filter(({ health }) => health === Health.HEALTHY).length;
  const hidden = tenants.length > shown ? `; the ${countText(shown)} worst are shown, all with --json` : '';
  const named = leftOut
    .slice(0, MOST_ROWS)
    .map(({ resource, tenant, reason }) => `${printable(tenant)} of ${resource} (${printable(reason)})`);
  const more = leftOut.length > named.length ? `, and ${countText(leftOut.length - named.length)} more` : '';
  return [
    `${countText(fine)} of ${countOf(tenants.length, 'tenant')} are healthy${hidden}.`,
    ...(named.length === 0 ? [] : [`Left out on purpose: ${named.join(', ')}${more}.`]),
  ];
}
