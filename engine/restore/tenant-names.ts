/**
 * The names that are most like one that was not found, nearest first.
 *
 * @param most how many of them.
 */
export function nearestNames(wanted: string, names: Iterable<string>, most: number): string[] {
  const compared = [...names].map((name) => ({ name, distance: distanceOf(wanted.toLowerCase(), name.toLowerCase()) }));
  const near = compared.filter(({ name, distance }) => distance <= Math.max(2, Math.ceil(name.length / 3)));
  near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return near.slice(0, most).map(({ name }) => name);
}

/** Levenshtein's distance: letters to insert, delete or replace. */
function distanceOf(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
