/** States by name, in the Amazon States Language (https://states-language.net/spec.html). */
export type States = Readonly<Record<string, object>>;

/** States in the order in which they are written, beginning at the first. */
export function chain(states: States): { readonly StartAt: string | undefined; readonly States: States } {
  return { StartAt: Object.keys(states)[0], States: states };
}
