import type { Statement } from '../deployment';

/** A request, as IAM judges it. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys; a key that is absent is absent from the request. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Whether statements allow a request: one allows it, and none denies it. */
export function allows(statements: readonly Statement[], request: Request): boolean {
  const applying = statements.filter((statement) => applies(statement, request));
  return applying.some(({ Effect }) => Effect === 'Allow') && !denies(applying, request);
}

/** Whether a statement denies a request. */
export function denies(statements: readonly Statement[], request: Request): boolean {
  return statements.some((statement) => statement.Effect === 'Deny' && applies(statement, request));
}

/** A value of a template as text: a resource's ARN as its logical id within `<>`. */
export function flat(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const [[name, argument] = []] = Object.entries(value as Record<string, unknown>);
  if (name === 'Fn::Join') {
    const [delimiter, parts] = argument as [string, unknown[]];
    return parts.map(flat).join(delimiter);
  }
  return name === 'Ref' ? `<${argument}>` : `<${(argument as string[])[0]}>`;
}

function applies(
  { Action, Resource, Condition = {} }: Statement,
  { action, resource, context = {} }: Request,
): boolean {
  return (
    [Action].flat().some((pattern) => matches(pattern, action)) &&
    [Resource].flat().some((pattern) => matches(flat(pattern), resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys as Record<string, unknown>).every(([key, wanted]) =>
        holds(operator, [wanted].flat().map(flat), context[key]),
      ),
    )
  );
}

function holds(operator: string, wanted: readonly string[], given: string | undefined): boolean {
  if (operator === 'Null') {
    return wanted.includes(String(given === undefined));
  }
  if (operator === 'ArnNotLike') {
    return !wanted.some((pattern) => given !== undefined && matches(pattern, given));
  }
  if (operator === 'ForAllValues:StringNotEquals') {
    return given === undefined || !wanted.includes(given);
  }
  if (given === undefined) {
    return false;
  }
  switch (operator) {
    case 'Bool':
    case 'StringEquals':
    case 'ForAnyValue:StringEquals':
    case 'ArnEquals':
      return wanted.includes(given);
    case 'StringLike':
      return wanted.some((pattern) => matches(pattern, given));
    case 'NumericLessThan':
      return wanted.some((limit) => Number(given) < Number(limit));
    default:
      throw new Error(`the simulation does not know the operator ${operator}`);
  }
}

function matches(pattern: string, value: string): boolean {
  const form = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${form.join('.*')}$`).test(value);
}
