import type { z } from 'zod';
import type { Problem } from '../problem';

/** What the schema found wrong, as `path: must be <allowed>, got: <value>`; an unknown field each is a problem of its own. */
export function shapeProblem(issue: z.core.$ZodIssue): Problem[] {
  const path = fieldPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: fieldPath([...issue.path, key]), message: 'is not a known field' }));
  }
  if (issue.input === undefined) {
    return [{ path, message: `is missing, must be ${allowed(issue)}` }];
  }
  return [{ path, message: `must be ${allowed(issue)}, got: ${shown(issue.input)}` }];
}

/** `files.buckets[0].name` for the path of an issue; a name that is no plain word is quoted, so that a line stays one. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.map(step).join('').replace(/^\./, '');
}

function step(part: PropertyKey): string {
  if (typeof part === 'number') {
    return `[${part}]`;
  }
  const name = String(part);
  return /^[\w$-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function allowed(issue: z.core.$ZodIssue): string {
  const ownWords = !/^(Invalid|Too)/.test(issue.message);
  if (ownWords) {
    return issue.message;
  }
  switch (issue.code) {
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? `of type ${issue.expected}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'too_small':
      return issue.origin === 'array' ? `a list of ${issue.minimum} or more` : `at least ${issue.minimum}`;
    default:
      return issue.message;
  }
}

const TYPE_NAMES: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  boolean: 'true or false',
};

/** The value as JSON, cut where it is long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
