/**
 * What a client tool wrote on its standard error, fit for a log: only lines by which the tool or the server says what is
 * wrong. Lines that quote rows, queries or commands are left out, and so are quoted values inside the rest; names of
 * tables, schemas, roles and the like stay.
 *
 * @param text what the tool wrote.
 * @param limitBytes the most that is kept, from the end.
 */
export function cleanToolMessage(text: string, limitBytes: number): string {
  const lines = text.split('\n').filter(saysWhatIsWrong).map(withoutValues);
  return lastBytes(lines.join('\n'), limitBytes);
}

/** Lines of the tools begin with their name; what follows them without it continues a quotation. */
const MESSAGE = /^(pg_\w+|psql)(:<?\w+>?:\d+)?: |^Error: /;
const QUOTING = /\b(CONTEXT|DETAIL|LINE \d+|STATEMENT|QUERY):|(Command|Query) was:/;

const saysWhatIsWrong = (line: string): boolean => MESSAGE.test(line) && !QUOTING.test(line);

/** Words before a quoted name of the database's structure. Whatever else is quoted may come from a row. */
const NAMED =
  /\b(relation|table|column|constraint|index|sequence|schema|function|type|role|user|database|extension|language|tablespace|publication|subscription|trigger|policy|view|encoding|server|host|at|file|directory|program|parameter|option|snapshot|section|for|named|in|on) "([^"]|"")*"/g;

/** Cuts a line at the first quoted value: where a value that holds quotes itself ends cannot be told. */
function withoutValues(line: string): string {
  const names: string[] = [];
  const masked = line.replace(NAMED, (name) => `\0${names.push(name) - 1}\0`);
  const value = masked.indexOf('"');
  const safe = value === -1 ? masked : `${masked.slice(0, value)}"…"`;
  return safe.replace(/\0(\d+)\0/g, (_, index: string) => names[Number(index)] ?? '');
}

function lastBytes(text: string, limitBytes: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= limitBytes ? text : `…${bytes.subarray(bytes.length - limitBytes).toString()}`;
}
