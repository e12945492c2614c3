/**
 * What the alarms of this app use of CloudWatch's metric math, over the value of one period: numbers, ids of metrics, `+`, `-`, `*`, `/`,
 * comparisons, `FILL(x, number)`, `IF(condition, x, y)`, `MAX([…])`, `SUM([…])`. A metric without a value in the period makes what it
 * is a part of missing, unless `FILL` fills it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */

/** A value in a period; undefined where no data came. */
export type PeriodValue = number | undefined;

/**
 * Computes an expression.
 *
 * @param values by the ids of metrics; an id that is not there has no data
 * @throws when the expression uses anything else
 */
export function computeExpression(expression: string, values: Readonly<Record<string, PeriodValue>>): PeriodValue {
  const parser = new Parser(tokensOf(expression), values, expression);
  const result = parser.comparison();
  parser.end();
  return single(result, expression);
}

type Result = PeriodValue | readonly PeriodValue[];

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([a-zA-Z_]\w*)|(>=|<=|==|!=|[-+*/()[\],<>]))/y;

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const match = TOKEN.exec(expression);
    if (match === null) throw unknown(expression);
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return tokens;
}

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '>=': (left, right) => Number(left >= right),
  '<=': (left, right) => Number(left <= right),
  '>': (left, right) => Number(left > right),
  '<': (left, right) => Number(left < right),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
};

class Parser {
  private next = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly values: Readonly<Record<string, PeriodValue>>,
    private readonly expression: string,
  ) {}

  comparison(): Result {
    return this.chain(['>=', '<=', '>', '<', '==', '!='], () =>
      this.chain(['+', '-'], () => this.chain(['*', '/'], () => this.term())),
    );
  }

  end(): void {
    if (this.next < this.tokens.length) throw unknown(this.expression);
  }

  private chain(operators: readonly string[], operand: () => Result): Result {
    let left = operand();
    for (let token = this.peek(); token !== undefined && operators.includes(token); token = this.peek()) {
      this.next += 1;
      const values = [single(left, this.expression), single(operand(), this.expression)] as const;
      const operate = OPERATORS[token];
      left = values[0] === undefined || values[1] === undefined ? undefined : operate?.(values[0], values[1]);
    }
    return left;
  }

  private term(): Result {
    const token = this.take();
    if (token === '(') {
      const inner = this.comparison();
      this.expect(')');
      return inner;
    }
    if (token === '[') return this.list(']').map((each) => single(each, this.expression));
    if (/^\d/.test(token)) return Number(token);
    if (!/^\w/.test(token)) throw unknown(this.expression);
    if (this.peek() !== '(') return this.values[token];
    this.next += 1;
    return this.call(token, this.list(')'));
  }

  private call(name: string, args: readonly Result[]): PeriodValue {
    const [first, second, third] = args;
    switch (name) {
      case 'FILL':
        return single(first, this.expression) ?? single(second, this.expression);
      case 'IF': {
        const condition = single(first, this.expression);
        return condition === undefined ? undefined : single(condition === 0 ? third : second, this.expression);
      }
      case 'MAX':
        return present(first).reduce<PeriodValue>((most, value) => Math.max(most ?? value, value), undefined);
      case 'SUM':
        return present(first).reduce<PeriodValue>((sum, value) => (sum ?? 0) + value, undefined);
      default:
        throw unknown(this.expression);
    }
  }

  private list(end: string): Result[] {
    const items: Result[] = [];
    while (this.peek() !== end) {
      if (items.length > 0) this.expect(',');
      items.push(this.comparison());
    }
    this.next += 1;
    return items;
  }

  private peek(): string | undefined {
    return this.tokens[this.next];
  }

  private take(): string {
    const token = this.tokens[this.next];
    if (token === undefined) throw unknown(this.expression);
    this.next += 1;
    return token;
  }

  private expect(token: string): void {
    if (this.take() !== token) throw unknown(this.expression);
  }
}

function single(result: Result, expression: string): PeriodValue {
  if (typeof result === 'object') throw unknown(expression);
  return result;
}

function present(result: Result): number[] {
  const values = typeof result === 'object' ? result : [result];
  return values.filter((value) => value !== undefined);
}

function unknown(expression: string): Error {
  return new Error(`The stand-in for alarms cannot compute the expression ${JSON.stringify(expression)}.`);
}
