import { type ScaleLinear, type ScaleTime, scaleLinear, scaleUtc } from 'd3-scale';
import type { ChartUnit } from './charted-figures';
import { BYTE_UNITS, bytesText, countText, dayText, spanText } from './quantities';

/** Where labelled lines of a chart go. */
export interface Tick {
  /** In the units of the picture. */
  readonly at: number;
  readonly label: string;
}

/** How values of a figure become heights. */
export interface ValueScale {
  readonly place: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/** How moments become places from left to right. */
export interface MomentScale {
  readonly place: (at: number) => number;
  readonly ticks: readonly Tick[];
}

/** A value of a figure for people. */
export const VALUE_TEXT: Readonly<Record<ChartUnit, (value: number) => string>> = {
  Bytes: bytesText,
  Count: countText,
  Seconds: spanText,
};

/**
 * From 0 up to somewhat above the greatest value, with lines at round numbers of a unit that suits it.
 *
 * @param range heights of 0 and of the top.
 */
export function valueScale(unit: ChartUnit, greatest: number, range: readonly [number, number]): ValueScale {
  const { size, label } = stepUnit(unit, greatest);
  const scale: ScaleLinear<number, number> = scaleLinear()
    .domain([0, greatest > 0 ? greatest / size : 1])
    .nice(LINES)
    .range(range);
  return {
    place: (value) => tenth(scale(value / size)),
    ticks: scale
      .ticks(LINES)
      .filter((tick) => size > 1 || Number.isInteger(tick))
      .map((tick) => ({ at: tenth(scale(tick)), label: label(tick) })),
  };
}

/** @param moments milliseconds since 1970. @param range places of both. */
export function momentScale(moments: readonly [number, number], range: readonly [number, number]): MomentScale {
  const scale: ScaleTime<number, number> = scaleUtc().domain(moments).range(range);
  return {
    place: (at) => tenth(scale(at)),
    ticks: scale.ticks(MOMENTS).map((tick) => ({ at: tenth(scale(tick)), label: dayText(tick) })),
  };
}

/** About how many lines a chart has each way. */
const LINES = 3;
const MOMENTS = 5;

/** A tenth of a unit of the picture is finer than any screen shows. */
const tenth = (place: number): number => Math.round(place * 10) / 10;

/** What the lines of a chart count in: `size` of it in the unit of the figure. */
interface StepUnit {
  readonly size: number;
  readonly label: (tick: number) => string;
}

function stepUnit(unit: ChartUnit, greatest: number): StepUnit {
  if (unit === 'Count') {
    return { size: 1, label: (tick) => COMPACT.format(tick) };
  }
  const steps = unit === 'Bytes' ? BYTE_STEPS : SECOND_STEPS;
  const { size, name } = steps.findLast(({ from }) => from <= greatest) ?? steps[0];
  return { size, label: (tick) => `${countText(tick)} ${name}` };
}

const COMPACT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** A unit of the lines, and from which greatest value on it is used. */
interface Step {
  readonly name: string;
  readonly size: number;
  readonly from: number;
}

const BYTE_STEPS: readonly [Step, ...Step[]] = [
  { name: BYTE_UNITS[0], size: 1, from: 0 },
  ...BYTE_UNITS.slice(1).map((name, index) => ({ name, size: 1024 ** (index + 1), from: 1024 ** (index + 1) })),
];

/** From two of a unit on; up to three days in hours, as objectives are told. */
const SECOND_STEPS: readonly [Step, ...Step[]] = [
  { name: 's', size: 1, from: 0 },
  { name: 'min', size: 60, from: 120 },
  { name: 'h', size: 3_600, from: 7_200 },
  { name: 'd', size: 86_400, from: 259_200 },
];
