import type { ProofRecord } from '../contract/proofs';
import { Health, type ResourceStatus, type Status } from '../status/model';
import { SYSTEM_WORDS } from './health-words';
import { countOf, countText, momentText } from './quantities';

/** The whole picture in words. */
export interface Headline {
  /** A sentence without its full stop. */
  readonly title: string;
  /** Who is concerned; empty when nobody is. Each a sentence. */
  readonly troubles: readonly string[];
  /** How much is protected, and when a restore was last proved. */
  readonly extent: string;
}

/** Says what can be restored, and what cannot. @param drills records of restores, newest first. */
export function headline(status: Status, drills: readonly ProofRecord[]): Headline {
  return { title: title(status), troubles: troubles(status), extent: `${extent(status)} ${lastRestore(drills)}` };
}

function title({ health, resources, tenants = [] }: Status): string {
  if (resources.length === 0) {
    return 'Nothing is known to be protected';
  }
  switch (health) {
    case Health.HEALTHY:
      return 'Everything can be restored';
    case Health.WARNING:
      return 'Everything can be restored, but something needs attention';
    case Health.UNKNOWN:
      return 'Nobody knows whether everything can be restored';
    case Health.CRITICAL:
      return criticalTitle(resources, tenants);
  }
}

function criticalTitle(resources: readonly ResourceStatus[], tenants: readonly { readonly health: Health }[]): string {
  const lost = ofHealth(resources, Health.CRITICAL).length;
  if (lost > 0) {
    return `${countText(lost)} of ${countOf(resources.length, 'resource')} cannot be counted on to be restored`;
  }
  const lostTenants = ofHealth(tenants, Health.CRITICAL).length;
  return lostTenants > 0
    ? `${countText(lostTenants)} of ${countOf(tenants.length, 'tenant')} cannot be counted on to be restored`
    : 'A critical alarm is on';
}

/** Who is concerned, by name as long as that can be read. */
function troubles({ resources, tenants = [] }: Status): string[] {
  const sentence = (health: Health, words: string) => {
    const names = ofHealth(resources, health).map(({ resource, system }) => `${resource} (${SYSTEM_WORDS[system]})`);
    const more = names.length - MOST_NAMES;
    const list = [...names.slice(0, MOST_NAMES), ...(more > 0 ? [`${countText(more)} more`] : [])];
    return names.length === 0 ? [] : [`${words}: ${list.join(', ')}.`];
  };
  const lostTenants = ofHealth(tenants, Health.CRITICAL).length;
  return [
    ...sentence(Health.CRITICAL, 'Critical'),
    ...sentence(Health.UNKNOWN, 'Nobody knows of'),
    ...sentence(Health.WARNING, 'Needs attention'),
    ...(lostTenants > 0 ? [`Critical: ${countOf(lostTenants, 'tenant')}; they are listed below.`] : []),
  ];
}

const MOST_NAMES = 6;

function extent({ resources, tenants }: Status): string {
  const things = [
    countOf(resources.length, 'resource'),
    ...(tenants === undefined ? [] : [countOf(tenants.length, 'tenant')]),
  ];
  return `Protected: ${things.join(' and ')}.`;
}

function lastRestore(drills: readonly ProofRecord[]): string {
  const restored = drills.find(({ outcome }) => outcome === 'proved');
  return restored === undefined
    ? 'No drill that succeeded is on record.'
    : `Last drill that succeeded: ${restored.resource} (${SYSTEM_WORDS[restored.system]}), ${momentText(new Date(restored.startedAt))}.`;
}

const ofHealth = <Thing extends { readonly health: Health }>(things: readonly Thing[], health: Health): Thing[] =>
  things.filter((thing) => thing.health === health);
