import type { ProofFinding } from '../contract/proofs';
import { type Html, html } from './html';
import { countOf, countText } from './quantities';

/**
 * What proofs found, what endangers a restore first; open where anything does.
 *
 * @param label of the list, for who cannot see where it stands.
 * @param count of all findings, where the list has the first of them. @default - as many as the list has
 * @returns nothing without findings.
 */
export function findingsList(
  findings: readonly ProofFinding[],
  label: string,
  count = findings.length,
): Html | undefined {
  if (findings.length === 0) {
    return undefined;
  }
  const sorted = [...findings].sort((left, right) => Number(right.isCritical) - Number(left.isCritical));
  const more = count - findings.length;
  return html`<details class="findings"${sorted[0]?.isCritical && html` open`}><summary>${countOf(count, 'finding')}<span class="unseen">: ${label}</span></summary><ul>${sorted.map(
    ({ kind, isCritical, detail }) =>
      html`<li><span class="badge ${isCritical ? 'critical' : 'warning'}">${kind}</span> ${detail}</li>`,
  )}${more > 0 && html`<li>${countText(more)} more, in the report of the proof.</li>`}</ul></details>`;
}
