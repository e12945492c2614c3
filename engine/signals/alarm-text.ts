/** Most characters that CloudWatch takes as the reason of an alarm's state. */
const MOST_CHARACTERS = 1_023;

/**
 * Makes the text that an alarm carries to whoever is on call out of what is to be told of several things. Each gets an equal share of
 * the room, and what a short one leaves goes to the longer ones.
 *
 * @param texts what is to be told of each thing; what others wrote in them made {@link printable}.
 * @returns at most 1,023 characters.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
 */
export function alarmText(texts: readonly string[]): string {
  const shares: string[] = [];
  let room = MOST_CHARACTERS - SEPARATOR.length * (texts.length - 1);
  for (const [before, { text, index }] of shortestFirst(texts).entries()) {
    const share = Math.max(Math.floor(room / (texts.length - before)), LEAST_CHARACTERS);
    shares[index] = shorten(text, share);
    room -= Math.min(share, text.length);
  }
  return shorten(shares.join(SEPARATOR), MOST_CHARACTERS);
}

const shortestFirst = (texts: readonly string[]) =>
  texts.map((text, index) => ({ text, index })).sort((left, right) => left.text.length - right.text.length);

const SEPARATOR = ' | ';

/** Enough for a name and a number of findings; with very many things the last ones give way. */
const LEAST_CHARACTERS = 60;

/** Makes visible what could break a line or hide text in a pager: control and format characters, line separators. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16).padStart(4, '0')}}`,
  );
}

/** Cuts a text to a number of UTF-16 code units, never through a surrogate pair. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) {
    return text;
  }
  const cut = text.slice(0, most - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
