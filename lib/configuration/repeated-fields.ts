import type { Problem } from '../problem';
import { fieldPath } from './shape';

/** An object or a list that the text is in, and the field or element in it. */
interface Place {
  field: string | number;
  readonly seen: Set<string>;
}

/** Names of fields, other texts (so that nothing in them is taken for what follows), and what opens, parts and ends. */
const TOKENS = /("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"|[{}[\],]/g;

/**
 * The fields that an object gives twice: `JSON.parse` keeps the last of them without a word, and what the first one
 * protected would be protected no more.
 *
 * @param json text that `JSON.parse` takes
 */
export function repeatedFieldProblems(json: string): Problem[] {
  const problems: Problem[] = [];
  const places: Place[] = [];
  for (const [token, name] of json.matchAll(TOKENS)) {
    const place = places.at(-1);
    if (token === '{' || token === '[') {
      places.push({ field: token === '[' ? 0 : '', seen: new Set() });
    } else if (token === '}' || token === ']') {
      places.pop();
    } else if (place && token === ',' && typeof place.field === 'number') {
      place.field += 1;
    } else if (place && name !== undefined) {
      const field: string = JSON.parse(name);
      place.field = field;
      if (place.seen.has(field)) {
        problems.push({ path: fieldPath(places.map((each) => each.field)), message: 'is given twice. HINT: keep one' });
      }
      place.seen.add(field);
    }
  }
  return problems;
}
