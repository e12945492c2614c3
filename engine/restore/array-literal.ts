import { escapeLiteral } from 'pg';

/** Texts as a literal that PostgreSQL casts to `text[]`. */
export function arrayLiteral(texts: readonly string[]): string {
  return escapeLiteral(`{${texts.map((text) => `"${text.replace(/[\\"]/g, '\\$&')}"`).join(',')}}`);
}
