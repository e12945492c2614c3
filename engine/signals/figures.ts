import type { MetricDatum, StandardUnit } from '@aws-sdk/client-cloudwatch';
import { Dimension, type System } from '../contract/signals';

/** How the figures of several resources make one. A sum is known only when all its parts are; the worst is known when any is. */
export type Together = 'sum' | 'max' | 'min';

/** One figure of several; `undefined` when it is not known. */
export function combine(together: Together, values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0 || (together === 'sum' && known.length < values.length)) {
    return undefined;
  }
  return known.reduce((left, right) => (together === 'sum' ? left + right : Math[together](left, right)));
}

/** A figure of a system, or of a part of it. */
export interface Figure {
  readonly system: (typeof System)[keyof typeof System];
  /** Name of the metric. */
  readonly metric: string;
  readonly unit: StandardUnit;
  /** `undefined` when it is not known. */
  readonly value: number | undefined;
  /** Dimensions beside the system, by their names; one without a value is left out. */
  readonly dimensions?: Readonly<Record<string, string | undefined>>;
}

/**
 * A figure as CloudWatch takes it; what is not known is not published.
 *
 * @param now milliseconds since 1970.
 */
export function datumOf({ system, metric, unit, value, dimensions = {} }: Figure, now: number): MetricDatum[] {
  if (value === undefined) {
    return [];
  }
  const Dimensions = Object.entries({ [Dimension.SYSTEM]: system, ...dimensions }).flatMap(([Name, Value]) =>
    Value === undefined ? [] : [{ Name, Value }],
  );
  return [{ MetricName: metric, Dimensions, Value: value, Unit: unit, Timestamp: new Date(now) }];
}
