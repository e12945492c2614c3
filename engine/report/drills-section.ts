import type { Objectives } from '../contract/deployment';
import type { ProofRecord } from '../contract/proofs';
import { findingsList } from './findings-list';
import { badge, OUTCOME_WORDS, SYSTEM_WORDS } from './health-words';
import { type Html, html } from './html';
import { bytesText, countText, momentText, spanText } from './quantities';

/** The evidence of the newest drills. @param drills records of restores, newest first. */
export function drillsSection(drills: readonly ProofRecord[], objectives: Objectives): Html {
  return html`<section id="drills" aria-labelledby="drills-heading">
<h2 id="drills-heading">Drills</h2>
${drills.length === 0 ? html`<p class="card calm">No drill is on record: nothing has been restored into a real server yet to prove that it can be.</p>` : html`<div class="drills">${drills.map((drill, index) => drillCard(drill, `drill-${index}`, objectives))}</div>`}
</section>`;
}

function drillCard(drill: ProofRecord, id: string, objectives: Objectives): Html {
  const { system, resource, outcome, startedAt, findings, findingCount } = drill;
  const { word, health } = OUTCOME_WORDS[outcome];
  return html`<article class="card" aria-labelledby="${id}">
<header><h3 id="${id}">${resource} <small>${SYSTEM_WORDS[system]}</small></h3>${badge(health, word)}</header>
<p class="muted"><time datetime="${startedAt}">${momentText(new Date(startedAt))}</time></p>
<dl class="facts">${evidence(drill, objectives).map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${findingsList(findings, `Findings of the drill of ${resource}`, findingCount)}
</article>`;
}

/** What was measured, where it was. */
function evidence(drill: ProofRecord, objectives: Objectives): (readonly [label: string, value: string])[] {
  const { system, startedAt, finishedAt, rtoSeconds, restorableAt, bytes, objects, software, report, backups } = drill;
  const { rtoSeconds: mostRto, rpoSeconds: mostRpo } = objectives[system];
  const lost = restorableAt && (Date.parse(startedAt) - Date.parse(restorableAt)) / 1000;
  const known = <Value>(label: string, value: Value | undefined | '', text: (value: Value) => string) =>
    value === undefined || value === '' ? [] : [[label, text(value)] as const];
  return [
    ...known('Time to restore (RTO)', rtoSeconds, (seconds) => against(seconds, mostRto)),
    ...known('Work lost (RPO)', lost, (seconds) => against(Math.max(seconds, 0), mostRpo)),
    ...known('Restored to', restorableAt, (at) => momentText(new Date(at))),
    ...known('Size', bytes, bytesText),
    ...known('Objects', objects, countText),
    ...known('Backup', backups?.[0], String),
    ['Took', spanText((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)],
    ['Proved by', `Holdfast ${software}`],
    ...known('Evidence', report, String),
  ];
}

const against = (seconds: number, limit: number | undefined): string =>
  limit === undefined ? spanText(seconds) : `${spanText(seconds)} of at most ${spanText(limit)}`;
