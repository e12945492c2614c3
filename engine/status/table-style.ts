import { stripVTControlCharacters, styleText } from 'node:util';
import Table from 'cli-table3';
import { Health } from './model';

/** How tables are printed. */
export interface TableStyle {
  /** Whether the terminal shows colours; they never say what words do not. */
  readonly colours: boolean;
}

/** Health as a word: loud unless it is healthy. */
export function healthText(health: Health, { colours }: TableStyle): string {
  const word = health === Health.HEALTHY ? health : health.toUpperCase();
  // Whether the terminal shows them is decided already.
  return colours ? styleText(COLOUR[health], word, { validateStream: false }) : word;
}

/**
 * A table without lines between its columns, so that it fits into 100 characters.
 *
 * @param columns headings, and the width of their columns in characters; what is longer is divided.
 * @param lines whether a line divides the rows, or the heading from them only.
 */
export function narrowTable(
  columns: readonly (readonly [heading: string, width: number])[],
  rows: string[][],
  lines: 'betweenRows' | 'belowHeading',
): string {
  const table = new Table({
    head: columns.map(([heading]) => heading),
    colWidths: columns.map(([, width]) => width + GAP),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP, compact: lines === 'belowHeading' },
    chars: { ...NO_LINES, 'top-mid': '', mid: '-', 'bottom-mid': '' },
  });
  table.push(...rows.map((row) => row.map((cell, index) => divided(cell, columns[index]?.[1] ?? cell.length))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The table's own division of words would count the codes of colours as characters. */
function divided(cell: string, width: number): string {
  const fits = (line: string) => stripVTControlCharacters(line).length <= width;
  const parts = new RegExp(`.{1,${width}}`, 'gu');
  return cell
    .split('\n')
    .flatMap((line) => (fits(line) ? [line] : (line.match(parts) ?? [])))
    .join('\n');
}

const GAP = 2;

const NO_LINES = {
  top: '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
} as const;

const COLOUR = {
  [Health.HEALTHY]: 'green',
  [Health.WARNING]: 'yellow',
  [Health.CRITICAL]: 'red',
  [Health.UNKNOWN]: 'magenta',
} as const;
