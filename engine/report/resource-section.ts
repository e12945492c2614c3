import type { Objectives } from '../contract/deployment';
import { ProofOutcome, type ProofSystem } from '../contract/proofs';
import { ProofLevel } from '../contract/signals';
import type { ObjectiveStatus, ProofStatus, ResourceStatus } from '../status/model';
import { chart } from './chart';
import { CHARTED_FIGURES } from './charted-figures';
import { figureTile } from './figure-tile';
import { findingsList } from './findings-list';
import { badge, SYSTEM_WORDS, worstFirst } from './health-words';
import type { History } from './history';
import { type Html, html } from './html';
import { bytesText, countText, momentText, spanText } from './quantities';

/** What a section of a system is made of. */
export interface SystemSectionProps {
  readonly system: ProofSystem;
  /** Resources of the system. */
  readonly resources: readonly ResourceStatus[];
  readonly objectives: Objectives;
  readonly history: History;
  /** Resources that have charts. */
  readonly charted: ReadonlySet<ResourceStatus>;
}

/** The resources of a system, those first that need looking at. */
export function systemSection({ system, resources, ...rest }: SystemSectionProps): Html {
  return html`<section id="${system}" aria-labelledby="${system}-heading">
<h2 id="${system}-heading">${SYSTEM_WORDS[system]}</h2>
${[...resources].sort(worstFirst).map((resource, index) => resourceCard(resource, `${system}-${index}`, rest))}
</section>`;
}

type Rest = Omit<SystemSectionProps, 'system' | 'resources'>;

function resourceCard(resource: ResourceStatus, id: string, rest: Rest): Html {
  return html`<article class="card" aria-labelledby="${id}">
<header><h3 id="${id}">${resource.resource}</h3>${badge(resource.health)}</header>
${resource.reasons.length > 0 && html`<ul class="reasons">${resource.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
<dl class="tiles">${tiles(resource)}</dl>
<dl class="facts">${facts(resource)}</dl>
${findingsList(resource.findings, `Findings of ${resource.resource}`)}
${rest.charted.has(resource) && charts(resource, id, rest)}
</article>`;
}

function tiles({ backupAge, rpo, rto, proofs }: ResourceStatus): Html[] {
  return [
    objectiveTile('Age of backup', backupAge, 'none is known'),
    ...[...proofs].sort(byLevel).map(proofTile),
    objectiveTile('Work that would be lost (RPO)', rpo, 'not known'),
    objectiveTile('Time to restore (RTO)', rto, 'not measured'),
  ];
}

const objectiveTile = (label: string, { seconds, limitSeconds, health }: ObjectiveStatus, none: string): Html =>
  figureTile({ label, seconds, limitSeconds, health, none });

const proofTile = ({ level, ageSeconds, limitSeconds, lastOutcome, health }: ProofStatus): Html =>
  figureTile({
    label: `Age of proof (${level})`,
    seconds: ageSeconds,
    limitSeconds,
    health,
    none: 'never proved',
    note: lastOutcome && LAST_OUTCOMES[lastOutcome],
  });

/** What the newest proof says where an older one succeeded. */
const LAST_OUTCOMES: Readonly<Record<ProofOutcome, string | undefined>> = {
  [ProofOutcome.PROVED]: undefined,
  [ProofOutcome.DAMAGED]: 'the newest proof found damage',
  [ProofOutcome.FAILED]: 'the newest proof could not be carried out',
};

const LEVELS = Object.values(ProofLevel);

const byLevel = (left: ProofStatus, right: ProofStatus): number =>
  LEVELS.indexOf(left.level) - LEVELS.indexOf(right.level);

function facts({ restorableAt, bytes, objects, replicationLagSeconds, backups }: ResourceStatus): (Html | undefined)[] {
  return [
    fact('Can be restored to', restorableAt, (at) => momentText(new Date(at))),
    fact('Size', bytes, bytesText),
    fact('Objects', objects, countText),
    fact('Oldest copy on its way', replicationLagSeconds, spanText),
    fact('Backups kept', backups, countText),
  ];
}

function fact<Value>(label: string, value: Value | undefined, text: (value: Value) => string): Html | undefined {
  return value === undefined ? undefined : html`<div><dt>${label}</dt><dd>${text(value)}</dd></div>`;
}

function charts({ system, resource }: ResourceStatus, id: string, { objectives, history }: Rest): Html {
  const series = history.series.filter((each) => each.system === system && each.resource === resource);
  const figures = CHARTED_FIGURES[system].map((figure) => ({
    figure,
    points: series.find(({ figure: name }) => name === figure.name)?.points ?? [],
  }));
  const missing = figures.filter(({ points }) => points.length === 0).map(({ figure }) => figure.title);
  return html`<div class="charts">${figures
    .filter(({ points }) => points.length > 0)
    .map(({ figure, points }) =>
      chart({
        id: `${id}-${figure.name}`,
        figure,
        resource,
        points,
        range: history,
        limit: figure.limitSeconds?.(objectives[system]),
      }),
    )}</div>
${missing.length > 0 && html`<p class="muted">Not measured in the time of the charts: ${missing.join(', ')}.</p>`}`;
}
