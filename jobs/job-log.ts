import type { WorkLog } from '../engine/signals/work-log';

/** Where a job tells what it does. */
export interface JobLog extends WorkLog {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** One JSON object a line on standard output, for CloudWatch Logs; for people, plain lines on the terminal. */
export function openLog(terminal: NodeJS.WriteStream): JobLog {
  const write = terminal.isTTY ? writeText(terminal) : writeJson;
  return {
    info: (message, fields) => write('INFO', message, fields),
    warn: (message, fields) => write('WARN', message, fields),
    error: (message, fields) => write('ERROR', message, fields),
  };
}

/** A bar may stand on the line; it is drawn anew below. */
const CLEARED_LINE = '\r\u001b[K';

type Fields = Readonly<Record<string, unknown>>;

function writeJson(level: string, message: string, fields: Fields = {}): void {
  process.stdout.write(`${JSON.stringify({ level, time: new Date().toISOString(), message, ...fields })}\n`);
}

function writeText(terminal: NodeJS.WriteStream) {
  return (level: string, message: string, fields: Fields = {}): void => {
    const details = Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : `  ${name}:${text(value)}\n`,
    );
    terminal.write(`${CLEARED_LINE}${level === 'INFO' ? '' : `${level} `}${message}\n${details.join('')}`);
  };
}

/** Several texts stand below each other. */
function text(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return value.length > 1 ? value.map((item) => `\n    ${item}`).join('') : ` ${value[0] ?? '-'}`;
  }
  return ` ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}
