import { readFileSync } from 'node:fs';
import type { Problem } from '../problem';
import { meaningProblems } from './meaning';
import { repeatedFieldProblems } from './repeated-fields';
import { type Configuration, configurationSchema } from './schema';
import { shapeProblem } from './shape';

/** A configuration that cannot be used. The message holds one line per mistake. */
export class ConfigurationError extends Error {
  public override readonly name = 'ConfigurationError';
}

/**
 * Reads and validates a configuration file.
 *
 * @param path path of the JSON file
 * @throws ConfigurationError with every mistake in the file, each on a line of its own with the path of the field, the
 * value and what is allowed
 */
export function loadConfiguration(path: string): Configuration {
  const text = read(path);
  const raw = parse(text, path);
  return validated(raw, repeatedFieldProblems(text), path);
}

/** Validates what a configuration file holds; see {@link loadConfiguration}. */
export function validateConfiguration(raw: unknown, path: string): Configuration {
  return validated(raw, [], path);
}

function validated(raw: unknown, ofText: readonly Problem[], path: string): Configuration {
  const result = configurationSchema.safeParse(raw, { reportInput: true });
  const problems = [...ofText, ...(result.error?.issues.flatMap(shapeProblem) ?? []), ...meaningProblems(raw)];
  if (!result.success || problems.length > 0) {
    throw new ConfigurationError(problems.map((problem) => line(path, problem)).join('\n'));
  }
  return result.data;
}

/** The text of the file, without the byte order mark that some editors put before it. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(
      `${path}: cannot be read (${code}). HINT: give the path of the configuration with \`-c config=<path>\` (cdk) or \`--config <path>\` (holdfast)`,
    );
  }
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const oneLine = (error as Error).message.replaceAll(/\s+/g, ' ');
    throw new ConfigurationError(`${path}: is not JSON: ${oneLine}`);
  }
}

function line(file: string, { path, message }: Problem): string {
  return `${file}: ${path === '' ? '' : `${path}: `}${message}`;
}
