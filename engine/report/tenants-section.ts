import type { LeftOutTenant, TenantStatus } from '../status/model';
import { badge, worstFirst } from './health-words';
import { type Html, html } from './html';
import { bytesText, countOf, countText, momentText, spanText } from './quantities';

/** Tenants that the page lists: with them it stays below 5 MB. */
const MOST_LISTED = 10_000;

/** Rows of one table. A browser lays out only the tables in sight, which it cannot do with parts of one. */
const ROWS_PER_TABLE = 200;

/**
 * The state of each tenant, those first that need looking at; what there are more than {@link MOST_LISTED} is counted.
 *
 * @param leftOut tenants that backups leave out on purpose.
 */
export function tenantsSection(tenants: readonly TenantStatus[], leftOut: readonly LeftOutTenant[] = []): Html {
  const sorted = [...tenants].sort(byUrgency);
  const listed = sorted.slice(0, MOST_LISTED);
  const starts = Array.from({ length: Math.ceil(listed.length / ROWS_PER_TABLE) }, (_, part) => part * ROWS_PER_TABLE);
  return html`<section id="tenant-list" aria-labelledby="tenant-list-heading">
<h2 id="tenant-list-heading">Tenants, one by one</h2>
${listed.length === 0 ? html`<p class="card calm">No backup with a tenant is known.</p>` : [summary(sorted, listed.length), FILTER]}
${starts.map((start) => table(listed.slice(start, start + ROWS_PER_TABLE), start))}
${leftOut.length > 0 && leftOutList(leftOut)}
</section>`;
}

const byUrgency = (left: TenantStatus, right: TenantStatus): number =>
  worstFirst(left, right) ||
  right.ageSeconds - left.ageSeconds ||
  compare(left.resource, right.resource) ||
  compare(left.tenant, right.tenant);

const compare = (left: string, right: string): number => (left < right ? -1 : Number(left > right));

function summary(tenants: readonly TenantStatus[], listed: number): Html {
  const healthy = tenants.filter(({ health }) => health === 'healthy').length;
  const unlisted = tenants.length - listed;
  return html`<p class="muted">${healthy === tenants.length ? `All ${countOf(healthy, 'tenant')} healthy.` : `${countText(healthy)} of ${countOf(tenants.length, 'tenant')} healthy; the others come first.`}${
    unlisted > 0 && ` ${countText(unlisted)} are not listed; holdfast status --tenants --json has them all.`
  }</p>`;
}

/** Only shown where its script runs. */
const FILTER = html`<div id="tenant-filter" class="filter" role="search" aria-label="Tenants" hidden>
<label>Name contains <input type="search" autocomplete="off" spellcheck="false"></label>
<label>State <select><option value="">all</option><option value="critical">Critical</option><option value="unknown">Unknown</option><option value="warning">Warning</option><option value="healthy">Healthy</option></select></label>
<output></output></div>`;

function table(tenants: readonly TenantStatus[], start: number): Html {
  const isFirst = start === 0;
  return html`<div class="part${tenants.length === ROWS_PER_TABLE && ' full'}"><table class="tenants">
<caption class="unseen">Tenants ${countText(start + 1)} to ${countText(start + tenants.length)}</caption>
<thead${!isFirst && html` class="unseen"`}><tr><th scope="col">Tenant</th><th scope="col">State</th><th scope="col">Age of backup</th><th scope="col">Proof</th><th scope="col" class="wide">Size</th><th scope="col" class="wide">Rows</th></tr></thead>
<tbody>${tenants.map(row)}</tbody></table></div>`;
}

function row({ resource, tenant, health, backupAt, ageSeconds, provedLevel, bytes, rows }: TenantStatus): Html {
  return html`<tr><th scope="row">${tenant}<small>${resource}</small></th><td>${badge(health)}</td><td title="${momentText(new Date(backupAt))}">${spanText(ageSeconds)}</td><td>${provedLevel ?? 'none yet'}</td><td class="wide">${bytesText(bytes)}</td><td class="wide">${countText(rows)}</td></tr>
`;
}

/** Names are enough: why, the configuration says. */
function leftOutList(leftOut: readonly LeftOutTenant[]): Html {
  const names = leftOut.slice(0, MOST_LEFT_OUT).map(({ tenant, resource }) => `${tenant} (${resource})`);
  const more = leftOut.length - names.length;
  return html`<p class="muted">Left out of the newest backups on purpose: ${names.join(', ')}${more > 0 && ` and ${countText(more)} more`}.</p>`;
}

/** Tenants that are named of those that are left out. */
const MOST_LEFT_OUT = 100;
