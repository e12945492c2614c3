/** A span of time for people: `45 s`, `12 min`, `3 h 12 min`, `2 d 4 h`, and whole days from two weeks. */
export function spanText(seconds: number): string {
  if (seconds < 59.5) {
    return `${Math.round(seconds)} s`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) {
    return `${minutes} min`;
  }
  const hours = Math.round(seconds / 3_600);
  if (hours < 48) {
    return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  }
  return hours < 14 * 24
    ? twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h')
    : `${countText(Math.round(hours / 24))} d`;
}

/** A number of bytes for people: `512 B`, `1.5 KiB`, `20.3 GiB`. */
export function bytesText(bytes: number): string {
  const exponent = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), BYTE_UNITS.length - 1);
  const value = bytes / 1024 ** exponent;
  // 1,023.96 of a unit would be shown as 1,024 of it.
  const [shown, unit] =
    value >= 1023.95 && exponent < BYTE_UNITS.length - 1
      ? [value / 1024, BYTE_UNITS[exponent + 1]]
      : [value, BYTE_UNITS[exponent]];
  return `${NUMBER.format(exponent === 0 ? Math.round(shown) : shown)} ${unit}`;
}

/** A number for people: `1,234,567`, and one place behind the point where there is one. */
export const countText = (count: number): string => NUMBER.format(count);

/** A number of things: `1 table`, `2 tables`. @param things their plural. @default - the word with an s */
export const countOf = (count: number, thing: string, things = `${thing}s`): string =>
  `${countText(count)} ${count === 1 ? thing : things}`;

/** A moment for people, in UTC: `23 Nov 2026, 02:00 UTC`. */
export function momentText(at: Date): string {
  const [, time] = at.toISOString().split('T');
  return `${dayText(at)} ${at.getUTCFullYear()}, ${time?.slice(0, 5)} UTC`;
}

/** A day for people, in UTC: `23 Nov`. */
export const dayText = (at: Date): string => `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;

export const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const twoUnits = (greater: number, greaterUnit: string, smaller: number, smallerUnit: string): string =>
  smaller === 0 ? `${greater} ${greaterUnit}` : `${greater} ${greaterUnit} ${smaller} ${smallerUnit}`;
