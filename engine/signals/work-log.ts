/** Tells what a piece of work does, in structured lines. No secret, no row of a table, no personal data. */
export interface WorkLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
