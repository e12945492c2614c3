import { createHash } from 'node:crypto';
import { PROOF_SYSTEMS } from '../contract/proofs';
import { SOFTWARE_VERSION } from '../software';
import type { ResourceStatus, Status } from '../status/model';
import { alarmsSection } from './alarms-section';
import { drillsSection } from './drills-section';
import { headline } from './headline';
import { badge, SYSTEM_WORDS, worstFirst } from './health-words';
import type { History } from './history';
import { asIs, type Html, html } from './html';
import { countOf, momentText } from './quantities';
import { systemSection } from './resource-section';
import { STYLE } from './style';
import { TENANTS_FILTER } from './tenants-filter';
import { tenantsSection } from './tenants-section';

/** Resources that have charts, those first that need looking at; so that the page stays below 5 MB. */
const MOST_CHARTED = 40;

/**
 * The report: one page of HTML that needs nothing beside itself, not even its script. It reads in light and dark, on a phone and on
 * paper, and its own security policy lets it load nothing.
 */
export function reportPage(status: Status, history: History): string {
  const unknown = [...status.unknown, ...history.unknown];
  const { title, troubles, extent } = headline(status, history.drills);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${status.prefix}: ${title}</title>
<style>${asIs(STYLE)}</style>
</head>
<body>
<header class="head ${status.health}">
<p class="muted">Backups of ${status.prefix} · <time datetime="${status.at}">${momentText(new Date(status.at))}</time></p>
<h1>${title}</h1>
${badge(status.health)}
${troubles.map((sentence) => html`<p>${sentence}</p>`)}
<p>${extent}</p>
</header>
<main>
${unknown.length > 0 && unknownSection(unknown)}
${overview(status)}
${alarmsSection(status.alarms, unknown.length === 0)}
${systemSections(status, history)}
${drillsSection(history.drills, status.objectives)}
${status.tenants && tenantsSection(status.tenants, status.leftOut)}
</main>
<footer><p>Made ${momentText(new Date(status.at))} by Holdfast ${SOFTWARE_VERSION} of the deployment ${status.prefix} (${history.deployedSoftware}), from ${status.primaryRegion} to ${status.recoveryRegion}. Charts show ${countOf(Math.round((history.until - history.from) / DAY_MS), 'day')}, each point the greatest value of its time. All times are in UTC; all ages count up to the moment of the report.</p></footer>
${status.tenants && html`<script>${asIs(TENANTS_FILTER)}</script>`}
</body>
</html>
`;
  return page.text;
}

const DAY_MS = 86_400_000;

const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What the page may load: its own style and its own script, known by their digests. */
const POLICY = [
  "default-src 'none'",
  `style-src ${digest(STYLE)}`,
  `script-src ${digest(TENANTS_FILTER)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function unknownSection(unknown: readonly string[]): Html {
  return html`<section aria-labelledby="unknown-heading" class="card notice">
<h2 id="unknown-heading">What could not be looked at</h2>
<ul>${unknown.map((sentence) => html`<li>${sentence}</li>`)}</ul>
</section>`;
}

/** One line a system, each leading to its section. */
function overview({ resources }: Status): Html | undefined {
  const systems = systemsOf(resources);
  return systems.length === 0
    ? undefined
    : html`<nav aria-label="Systems" class="overview">${systems.map(({ system, own, health }) => html`<a href="#${system}" class="card"><span>${SYSTEM_WORDS[system]}</span><small>${countOf(own.length, 'resource')}</small>${badge(health)}</a>`)}</nav>`;
}

function systemSections({ resources, objectives }: Status, history: History): Html[] {
  const charted = new Set([...resources].sort(worstFirst).slice(0, MOST_CHARTED));
  return systemsOf(resources).map(({ system, own }) =>
    systemSection({ system, resources: own, objectives, history, charted }),
  );
}

function systemsOf(resources: readonly ResourceStatus[]) {
  return PROOF_SYSTEMS.flatMap((system) => {
    const own = resources.filter((resource) => resource.system === system);
    const [worst] = [...own].sort(worstFirst);
    return worst === undefined ? [] : [{ system, own, health: worst.health }];
  });
}
