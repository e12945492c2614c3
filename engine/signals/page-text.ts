import { filesReportPrefix } from '../contract/layout';
import type { Finding } from '../contract/verify-files';
import type { VerifiedTarget } from '../files/verify-files';
import { alarmText, printable, shorten } from './alarm-text';
import { findingsOf, isGood, presentSince } from './verdict';
import { filesLeft } from './what-is-left';

/** Characters of a key that are shown; the report has the whole key. */
const KEY_CHARACTERS = 120;

/**
 * The text that an alarm carries to whoever is on call: for each target that is not good what is wrong, what can still be restored,
 * where the report lies, and the first few findings.
 *
 * @param now milliseconds since 1970.
 * @returns at most 1,023 characters, `undefined` when nothing is wrong.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
 */
export function pageText(targets: readonly VerifiedTarget[], proofsBucket: string, now: number): string | undefined {
  const wrong = targets.filter((target) => !isGood(target, now));
  return wrong.length === 0 ? undefined : alarmText(wrong.map((target) => targetText(target, proofsBucket)));
}

function targetText({ result, firstFindings, state }: VerifiedTarget, proofsBucket: string): string {
  const { resource, outcome, findings, proofId, error } = result;
  if (error !== undefined) {
    return printable(`${resource}: could not be verified. ${filesLeft(state)} ${error}`);
  }
  const reportOf = (id: string) => `s3://${proofsBucket}/${filesReportPrefix(resource, id)}`;
  const total = findingsOf(result);
  if (total === 0) {
    const damaged = state?.lastCompleted?.outcome === 'damaged' ? state.lastCompleted : undefined;
    return damaged === undefined
      ? `${resource}: not proved since ${presentSince(state)}; a proof is under way and does not come to its end. ${filesLeft(state)}`
      : `${resource}: the last proof found damage, the next is under way. ${filesLeft(state)} Report: ${reportOf(damaged.id)}`;
  }
  const counts = Object.entries(findings)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
  const soFar = outcome === 'unfinished' ? ' so far' : '';
  const first = firstFindings.map(findingText).join('; ');
  return `${resource}: ${total} ${total === 1 ? 'finding' : 'findings'}${soFar} (${counts}). ${filesLeft(state)} Report: ${reportOf(proofId)} First: ${first}`;
}

function findingText({ kind, key }: Finding): string {
  return `${kind} ${printable(JSON.stringify(shorten(key, KEY_CHARACTERS)))}`;
}
