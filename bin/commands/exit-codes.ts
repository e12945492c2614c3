import { CommanderError } from 'commander';
import { CatalogError } from '../../engine/catalog/catalog-error';
import { Health } from '../../engine/status/model';
import { ConfigurationError } from '../../lib/configuration';

/** Exit codes of all commands but `status`. */
export const EXIT = {
  OK: 0,
  /** The work was done and found something that needs a human. */
  FINDINGS: 1,
  /** The command line or the configuration is wrong; nothing was done. */
  USAGE: 2,
  /** Something could not be reached or was refused; the outcome is not known. */
  UNREACHED: 3,
} as const;

/** Exit codes of `status`. Whatever keeps it from telling ends with that of unknown, a wrong command line too. */
export const EXIT_OF_HEALTH: Readonly<Record<Health, number>> = {
  [Health.HEALTHY]: 0,
  [Health.WARNING]: 1,
  [Health.CRITICAL]: 2,
  [Health.UNKNOWN]: 3,
};

/** Takes the exit code that a command ends with. */
export type End = (exitCode: number) => void;

/** Says what went wrong, without a stack trace, and gives the exit code for it. */
export function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed its message already; only --help ends with 0, and 1 stands for whatever it finds wrong.
    return error.exitCode === 1 ? EXIT.USAGE : error.exitCode;
  }
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof CatalogError) {
    return EXIT.FINDINGS;
  }
  return error instanceof ConfigurationError || error instanceof RangeError ? EXIT.USAGE : EXIT.UNREACHED;
}
