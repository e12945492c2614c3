import type { DatabaseFinding, DatabaseFindingKind } from '../contract/verify-database';
import { errorName } from '../objects/store-error';

/** Something that endangers a restore. */
export const critical = (kind: DatabaseFindingKind, detail: string): DatabaseFinding => ({
  kind,
  isCritical: true,
  detail,
});

/** Something to mend before it endangers one. */
export const warning = (kind: DatabaseFindingKind, detail: string): DatabaseFinding => ({
  kind,
  isCritical: false,
  detail,
});

/** What was looked up, if it could be; else the finding that says so. */
export interface LookedUp<Value> {
  readonly value?: Value;
  readonly findings: readonly DatabaseFinding[];
}

/**
 * Looks something up. A failure is a finding, so that it neither passes for good news nor hides other findings.
 *
 * @param attempt what is done: `describe the vault acme-vault`.
 * @param permissions what the role of the function must be allowed to do for it.
 */
export async function lookUp<Value>(
  attempt: string,
  permissions: string,
  act: () => Promise<Value>,
): Promise<LookedUp<Value>> {
  try {
    return { value: await act(), findings: [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const why = `${errorName(error)}: ${message.slice(0, MOST_MESSAGE_CHARACTERS)}`;
    const detail = `could not ${attempt} (${why}), so nobody knows: give the role of the function ${permissions}, or see whether the service is disturbed`;
    return { findings: [critical('unknown', detail)] };
  }
}

/** Characters of a service's message that are told. */
const MOST_MESSAGE_CHARACTERS = 200;

/** A span of time for people: minutes below three hours, hours below three days, else days. */
export function spanText(seconds: number): string {
  if (seconds < 3 * HOUR) {
    return `${Math.round(seconds / 60)} min`;
  }
  return seconds < 3 * DAY ? `${Math.round(seconds / HOUR)} h` : `${Math.round(seconds / DAY)} days`;
}

const HOUR = 3_600;
const DAY = 86_400;
