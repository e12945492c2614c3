import { area, line } from 'd3-shape';
import { momentScale, VALUE_TEXT, type ValueScale, valueScale } from './chart-scale';
import type { ChartedFigure } from './charted-figures';
import type { HistoryPoint } from './history';
import { type Html, html } from './html';
import type { TimeRange } from './metric-series';
import { dayText, momentText } from './quantities';

/** What a chart shows. */
export interface ChartProps {
  /** Unique in the page. */
  readonly id: string;
  readonly figure: ChartedFigure;
  /** Name of the resource. */
  readonly resource: string;
  /** At least one; oldest first. */
  readonly points: readonly HistoryPoint[];
  readonly range: TimeRange;
  /** What the figure must not exceed, in its unit. @default - nothing is asked of it */
  readonly limit?: number | undefined;
}

/** A line chart as a figure of the page, with a description and with its numbers as a table. */
export function chart(props: ChartProps): Html {
  const { id, figure, points } = props;
  const newest = points.at(-1)?.value ?? 0;
  return html`<figure class="chart">
<figcaption id="${id}"><span>${figure.title}</span><b>${VALUE_TEXT[figure.unit](newest)}</b></figcaption>
${picture(props)}
${numbers(props)}
</figure>`;
}

/** Size of the picture, in its own units; about as many pixels in a column of the page. */
const WIDTH = 280;
const HEIGHT = 140;
const LEFT = 52;
const RIGHT = WIDTH - 18;
/** Leaves room for the word of a limit. */
const TOP = 16;
const BOTTOM = HEIGHT - 24;

/** A limit that is higher than this many times all values would press their line to the ground; then only the text tells it. */
const MOST_LIMIT_TIMES = 3;

const DAY_MS = 86_400_000;

function picture({ id, figure, resource, points, range, limit }: ChartProps): Html {
  const greatest = points.reduce((most, { value }) => Math.max(most, value), 0);
  const shownLimit = limit !== undefined && limit <= greatest * MOST_LIMIT_TIMES ? limit : undefined;
  const moments = momentScale([range.from, range.until], [LEFT, RIGHT]);
  const values = valueScale(figure.unit, Math.max(greatest, shownLimit ?? 0), [BOTTOM, TOP]);
  const place = { x: ({ at }: HistoryPoint) => moments.place(at), y: ({ value }: HistoryPoint) => values.place(value) };
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-text">
<title id="${id}-title">${figure.title} of ${resource}</title>
<desc id="${id}-text">${description({ figure, points, range, limit })}</desc>
${values.ticks.map(({ at, label }) => html`<path class="grid" d="M${LEFT} ${at}H${RIGHT}"/><text x="${LEFT - 6}" y="${at + 4}" text-anchor="end">${label}</text>`)}
${moments.ticks.map(({ at, label }) => html`<path class="grid" d="M${at} ${BOTTOM}v4"/><text x="${at}" y="${HEIGHT - 6}" text-anchor="middle">${label}</text>`)}
${runs(points, figure.periodSeconds).map((run) => runMarks(run, place))}
${shownLimit !== undefined && limitMarks(shownLimit, values)}
</svg>`;
}

/** Lines only join what was measured period after period: where nothing was, the chart has a gap. */
function runs(points: readonly HistoryPoint[], periodSeconds: number): HistoryPoint[][] {
  const result: HistoryPoint[][] = [];
  for (const point of points) {
    const run = result.at(-1);
    const before = run?.at(-1);
    if (run === undefined || before === undefined || point.at - before.at > periodSeconds * 1_500) {
      result.push([point]);
    } else {
      run.push(point);
    }
  }
  return result;
}

function runMarks(
  run: HistoryPoint[],
  { x, y }: { readonly x: (point: HistoryPoint) => number; readonly y: (point: HistoryPoint) => number },
): Html {
  const [first] = run;
  if (first !== undefined && run.length === 1) {
    return html`<circle class="dot" cx="${x(first)}" cy="${y(first)}" r="2.5"/>`;
  }
  const filled = area<HistoryPoint>().x(x).y0(BOTTOM).y1(y)(run) ?? '';
  const drawn = line<HistoryPoint>().x(x).y(y)(run) ?? '';
  return html`<path class="area" d="${filled}"/><path class="line" d="${drawn}"/>`;
}

function limitMarks(limit: number, values: ValueScale): Html {
  const at = values.place(limit);
  return html`<path class="limit" d="M${LEFT} ${at}H${RIGHT}"/><text class="limit-word" x="${RIGHT}" y="${at - 4}" text-anchor="end">limit</text>`;
}

function description({
  figure,
  points,
  range,
  limit,
}: Pick<ChartProps, 'figure' | 'points' | 'range' | 'limit'>): string {
  const text = VALUE_TEXT[figure.unit];
  const values = points.map(({ value }) => value);
  const [least, greatest] = [Math.min(...values), Math.max(...values)].map(text);
  const newest = text(values.at(-1) ?? 0);
  const asked = limit === undefined ? '' : ` It must not exceed ${text(limit)}.`;
  return `From ${dayText(new Date(range.from))} to ${momentText(new Date(range.until))}: between ${least} and ${greatest}, newest ${newest}.${asked}`;
}

/** The same numbers for who cannot see the picture: of each day the greatest. */
function numbers({ figure, resource, points }: ChartProps): Html {
  const days = new Map<number, number>();
  for (const { at, value } of points) {
    const day = at - (at % DAY_MS);
    days.set(day, Math.max(days.get(day) ?? value, value));
  }
  const rows = [...days]
    .reverse()
    .map(
      ([day, value]) =>
        html`<tr><th scope="row">${dayText(new Date(day))}</th><td>${VALUE_TEXT[figure.unit](value)}</td></tr>`,
    );
  return html`<details><summary>Numbers<span class="unseen">: ${figure.title} of ${resource}</span></summary><table><caption class="unseen">${figure.title} of ${resource}, day by day</caption><thead><tr><th scope="col">Day (UTC)</th><th scope="col">Greatest</th></tr></thead><tbody>${rows}</tbody></table></details>`;
}
