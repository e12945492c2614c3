import { type ProofOutcome, ProofSystem } from '../contract/proofs';
import { byWorst } from '../status/health';
import { Health } from '../status/model';
import { type Html, html } from './html';

/** How good something is, in one word; its sign comes with the style. */
const HEALTH_WORDS: Readonly<Record<Health, string>> = {
  [Health.HEALTHY]: 'Healthy',
  [Health.WARNING]: 'Warning',
  [Health.CRITICAL]: 'Critical',
  [Health.UNKNOWN]: 'Unknown',
};

/** What is protected, in words. */
export const SYSTEM_WORDS: Readonly<Record<ProofSystem, string>> = {
  [ProofSystem.DATABASE]: 'Databases',
  [ProofSystem.TENANTS]: 'Tenants',
  [ProofSystem.FILES]: 'Files',
  [ProofSystem.REDIS]: 'Redis and Valkey',
};

/** How a proof ended, in words, and how good that is. */
export const OUTCOME_WORDS: Readonly<Record<ProofOutcome, { readonly word: string; readonly health: Health }>> = {
  proved: { word: 'Proved', health: Health.HEALTHY },
  damaged: { word: 'Damaged', health: Health.CRITICAL },
  failed: { word: 'Could not be carried out', health: Health.UNKNOWN },
};

/** Sign, colour and word for how good something is. @param word instead of that of the health */
export const badge = (health: Health, word = HEALTH_WORDS[health]): Html =>
  html`<span class="badge ${health}">${word}</span>`;

/** The sign alone, in its colour, with the word for who cannot see it. */
export const sign = (health: Health): Html =>
  html`<span class="sign ${health}"><span class="unseen">${HEALTH_WORDS[health]}</span></span>`;

/** Orders by how much something needs looking at. */
export const worstFirst = (left: { readonly health: Health }, right: { readonly health: Health }): number =>
  byWorst(left.health, right.health);
