import { escapeIdentifier, escapeLiteral } from 'pg';

/** A name, quoted. */
export const identifier = (name: string): string => escapeIdentifier(name);

/** A text as a literal. */
export const literal = (text: string): string => escapeLiteral(text);

/** A name with its schema, both quoted. */
export const qualified = (schema: string, name: string): string => `${identifier(schema)}.${identifier(name)}`;
