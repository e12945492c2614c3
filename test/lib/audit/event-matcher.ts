import { flat } from '../tenants/policy-simulation';

type Json = unknown;
type Fields = Readonly<Record<string, Json>>;

/**
 * Whether EventBridge hands an event to a rule with a pattern, as far as Holdfast's patterns go. References to resources of the template
 * are compared as their logical ids within `<>`. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matches(pattern: Fields, event: Json): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or') {
      return (wanted as Fields[]).some((alternative) => matches(alternative, event));
    }
    const value = isFields(event) ? event[field] : undefined;
    return Array.isArray(wanted) ? wanted.some((each) => fits(each, value)) : matches(wanted as Fields, value);
  });
}

const OPERATORS: Readonly<Record<string, (argument: never, value: Json) => boolean>> = {
  exists: (isWanted: boolean, value) => isWanted === (value !== undefined && !isFields(value)),
  prefix: (start: string, value) => typeof value === 'string' && value.startsWith(flat(start)),
  wildcard: (form: Json, value) => typeof value === 'string' && wildcard(flat(form)).test(value),
};

function fits(wanted: Json, value: Json): boolean {
  const [[operator, argument] = ['']] = isFields(wanted) ? Object.entries(wanted) : [];
  const judge = OPERATORS[operator];
  return judge === undefined ? flat(wanted) === value : judge(argument as never, value);
}

function wildcard(form: string): RegExp {
  const parts = form.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

function isFields(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
