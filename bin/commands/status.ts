import { type Command, CommanderError } from 'commander';
import { gatherStatus, READER_ACTIONS } from '../../engine/status/gather';
import { statusTable } from '../../engine/status/status-table';
import { type DeploymentOptions, openDeployment, withDeploymentOptions } from './deployment-access';
import { type End, EXIT_OF_HEALTH } from './exit-codes';

interface StatusCommandOptions extends DeploymentOptions {
  readonly tenants?: true;
  readonly json?: true;
}

/** Adds `holdfast status`. */
export function statusCommand(program: Command, end: End): void {
  withDeploymentOptions(program.command('status'))
    .description('show what can be restored: the age of backups and of their proofs, and the alarms')
    .option('--tenants', 'show the tenants of the newest backups too')
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      `
Exit code: 0 healthy, 1 warning, 2 critical, 3 it cannot be told; the worst of all that was seen counts, in the order 2, 3, 1, 0.
Needs to read only: ${READER_ACTIONS.join(', ')}.`,
    )
    .exitOverride(({ exitCode, code, message }) => {
      throw new CommanderError(exitCode === 0 ? exitCode : EXIT_OF_HEALTH.unknown, code, message);
    })
    .action(async (options: StatusCommandOptions) => end(await status(options)));
}

/** Whatever fails, nothing is told: no other code than that of unknown may come of it. */
async function status(options: StatusCommandOptions): Promise<number> {
  try {
    const sources = await openDeployment(options);
    const picture = await gatherStatus(sources, { tenants: options.tenants === true, now: new Date() });
    const colours = process.stdout.isTTY && process.stdout.hasColors();
    console.log(options.json ? JSON.stringify(picture, null, 2) : statusTable(picture, { colours }));
    return EXIT_OF_HEALTH[picture.health];
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return EXIT_OF_HEALTH.unknown;
  }
}
