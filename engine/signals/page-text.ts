import { filesReportPrefix } from '../contract/layout';
import type { Finding } from '../contract/verify-files';
import type { VerifiedTarget } from '../files/verify-files';

/** Most characters that CloudWatch takes as the reason of an alarm's state. */
const MOST_CHARACTERS = 1_023;

/** Characters of a key that are shown; the report has the whole key. */
const KEY_CHARACTERS = 120;

/**
 * The text that an alarm carries to whoever is on call: for each target that is damaged or failed what is wrong, where
 * the report lies, and the first few findings.
 *
 * @returns at most 1,023 characters, `undefined` when nothing is wrong.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
 */
export function pageText(targets: readonly VerifiedTarget[], proofsBucket: string): string | undefined {
  const wrong = targets.filter(({ result }) => result.outcome === 'damaged' || result.outcome === 'failed');
  if (wrong.length === 0) {
    return undefined;
  }
  const share = Math.floor(MOST_CHARACTERS / wrong.length) - SEPARATOR.length;
  const texts = wrong.map((target) => shorten(targetText(target, proofsBucket), Math.max(share, LEAST_CHARACTERS)));
  return shorten(texts.join(SEPARATOR), MOST_CHARACTERS);
}

const SEPARATOR = ' | ';

/** Enough for a name and a number of findings; with very many targets the last ones give way. */
const LEAST_CHARACTERS = 60;

function targetText({ result, firstFindings }: VerifiedTarget, proofsBucket: string): string {
  const { resource, findings, proofId, error } = result;
  if (error !== undefined) {
    return printable(`${resource}: could not be verified. ${error}`);
  }
  const kinds = Object.entries(findings);
  const total = kinds.reduce((sum, [, count]) => sum + count, 0);
  const counts = kinds.map(([kind, count]) => `${count} ${kind}`).join(', ');
  const report = `s3://${proofsBucket}/${filesReportPrefix(resource, proofId)}`;
  const first = firstFindings.map(findingText).join('; ');
  return `${resource}: ${total} ${total === 1 ? 'finding' : 'findings'} (${counts}). Report: ${report} First: ${first}`;
}

function findingText({ kind, key }: Finding): string {
  return `${kind} ${printable(JSON.stringify(shorten(key, KEY_CHARACTERS)))}`;
}

/** Makes visible what could break a line or hide text in a pager: control and format characters, line separators. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16).padStart(4, '0')}}`,
  );
}

/** Cuts a text to a number of UTF-16 code units, never through a surrogate pair. */
function shorten(text: string, most: number): string {
  if (text.length <= most) {
    return text;
  }
  const cut = text.slice(0, most - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
