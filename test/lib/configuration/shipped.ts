import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError, validateConfiguration } from '../../../lib/configuration';

/** Path of the configuration file that comes with Holdfast. */
export const SHIPPED_PATH = resolve(__dirname, '../../../holdfast.config.json');

/**
 * The shipped configuration with other values in some places.
 *
 * @param changes value by path, such as `files.buckets[0].name`; `undefined` removes the field
 */
export function shippedWith(changes: Readonly<Record<string, unknown>>): unknown {
  const configuration: unknown = JSON.parse(readFileSync(SHIPPED_PATH, 'utf8'));
  for (const [path, value] of Object.entries(changes)) {
    set(configuration, path.split(/[.[\]]+/).filter(Boolean), value);
  }
  return configuration;
}

/** What is wrong with a configuration: the lines of the error, without the name of the file. */
export function mistakes(raw: unknown): string[] {
  try {
    validateConfiguration(raw, 'holdfast.config.json');
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.message.split('\n').map((line) => line.replace(/^holdfast\.config\.json: /, ''));
    }
    throw error;
  }
  return [];
}

function set(target: unknown, [name = '', ...rest]: string[], value: unknown): void {
  const fields = target as Record<string, unknown>;
  if (rest.length > 0) {
    fields[name] ??= {};
    set(fields[name], rest, value);
  } else if (value === undefined) {
    delete fields[name];
  } else {
    fields[name] = value;
  }
}
