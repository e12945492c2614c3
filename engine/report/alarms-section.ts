import type { AlarmStatus } from '../status/model';
import { badge } from './health-words';
import { type Html, html } from './html';
import { momentText } from './quantities';

/** The alarms that are not OK, as they come. @param isEverythingKnown whether all that the report asks about could be looked at. */
export function alarmsSection(alarms: readonly AlarmStatus[], isEverythingKnown: boolean): Html {
  return html`<section id="alarms" aria-labelledby="alarms-heading">
<h2 id="alarms-heading">Alarms</h2>
${alarms.length === 0 ? html`<p class="card calm">${isEverythingKnown ? 'No alarm is on.' : 'No alarm is known to be on; not everything could be looked at.'}</p>` : html`<ul class="card alarms">${alarms.map(alarmItem)}</ul>`}
</section>`;
}

const alarmItem = ({ name, region, state, health, since, reason }: AlarmStatus): Html =>
  html`<li><p>${badge(health)} <b>${name}</b></p>
<p class="muted">${state === 'ALARM' ? 'On' : 'Without data'} since <time datetime="${since}">${momentText(new Date(since))}</time> in ${region}</p>
<p>${reason}</p></li>`;
