import type { Health } from '../status/model';
import { sign } from './health-words';
import { type Html, html } from './html';
import { spanText } from './quantities';

/** A span of time and how much of it is allowed. */
export interface FigureTileProps {
  readonly label: string;
  /** @default - not known */
  readonly seconds?: number | undefined;
  /** @default - nothing is asked of it */
  readonly limitSeconds?: number | undefined;
  readonly health: Health;
  /** What stands there when it is not known. */
  readonly none: string;
  /** What must be said of it. @default - nothing */
  readonly note?: string | undefined;
}

/** A term of a description list: a figure against its limit, with a bar of how much of the limit is used. */
export function figureTile({ label, seconds, limitSeconds, health, none, note }: FigureTileProps): Html {
  const hasObjective = limitSeconds !== undefined;
  const value = seconds === undefined ? html`<span class="none">${none}</span>` : html`<b>${spanText(seconds)}</b>`;
  return html`<div class="tile"><dt>${label}</dt><dd>${(seconds !== undefined || hasObjective) && sign(health)}${value}
<small>${hasObjective ? `at most ${spanText(limitSeconds)}` : 'no objective'}</small>
${seconds !== undefined && hasObjective && bar(seconds / limitSeconds, health)}
${note && html`<small class="note">${note}</small>`}</dd></div>`;
}

/** Says nothing that the numbers beside it do not. */
function bar(share: number, health: Health): Html {
  const width = Math.round(Math.min(Math.max(share, 0), 1) * 100);
  return html`<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><path class="track" d="M0 2H100"/><path class="${health}" d="M0 2H${width}"/></svg>`;
}
