import Table from 'cli-table3';

/** What a value must reach. */
export type Aim = { readonly atMost: number } | { readonly atLeast: number };

/** What was measured, and how, for a reader. */
export interface Figure {
  /** Absent when it could not be measured. */
  readonly value?: number;
  /** The figures behind the value, those of the rival among them; or why there is no value. */
  readonly detail: string;
}

/** One thing that is measured. */
export interface Benchmark {
  /** `<group>.<what>`, as the option `--only` selects it. */
  readonly name: string;
  readonly unit: string;
  readonly aim: Aim;
  readonly measure: () => Promise<Figure>;
}

/** A line of the result. */
export interface Result {
  readonly name: string;
  /** `null` when it could not be measured. */
  readonly value: number | null;
  readonly unit: string;
  /** `<= 1.5`, `>= 100`. */
  readonly aim: string;
  /** `null` when it could not be measured. */
  readonly met: boolean | null;
}

/** The benchmarks whose name begins with a prefix; all of them without one. */
export function select(benchmarks: readonly Benchmark[], prefix = ''): Benchmark[] {
  return benchmarks.filter(({ name }) => name.startsWith(prefix));
}

/** Judges a figure by its aim. */
export function judge({ name, unit, aim }: Benchmark, { value }: Figure): Result {
  const result = { name, unit, aim: aimText(aim) };
  return value === undefined
    ? { ...result, value: null, met: null }
    : { ...result, value, met: 'atMost' in aim ? value <= aim.atMost : value >= aim.atLeast };
}

/** The only thing that `--json` prints. */
export function resultsJson(results: readonly Result[]): string {
  const shaped = results.map(({ name, value, unit, aim, met }) => ({ name, value, unit, aim, met }));
  return JSON.stringify({ results: shaped }, null, 2);
}

/** The results with the figures behind them. */
export function resultsTable(rows: readonly { readonly result: Result; readonly figure: Figure }[]): string {
  const table = new Table({
    head: ['Benchmark', 'Value', 'Aim', 'Met', 'Medians, and the rival in the same run'],
    colWidths: [null, null, null, null, 72],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { result, figure } of rows) {
    const value = result.value === null ? 'not measured' : `${rounded(result.value)} ${result.unit}`;
    const met = result.met === null ? '-' : result.met ? 'yes' : 'NO';
    table.push([result.name, value, result.aim, met, figure.detail]);
  }
  return table.toString();
}

/** A number with as many digits as its size deserves. */
export function rounded(value: number): string {
  return value.toLocaleString('en-US', value < 1_000 ? { maximumSignificantDigits: 4 } : { maximumFractionDigits: 0 });
}

const aimText = (aim: Aim): string => ('atMost' in aim ? `<= ${aim.atMost}` : `>= ${aim.atLeast}`);
