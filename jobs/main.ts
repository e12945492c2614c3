import { Command, CommanderError } from 'commander';
import { dumpJob } from './dump';
import { restoreJob } from './restore';
import { ExitCode } from './run-job';
import { verifyJob } from './verify';

/** All jobs of the container, bundled into one file: `node index.js dump`. */
async function main(): Promise<void> {
  const program = new Command('holdfast-jobs')
    .description('Jobs that need the client tools of PostgreSQL')
    .exitOverride()
    .addCommand(dumpJob())
    .addCommand(restoreJob())
    .addCommand(verifyJob());
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      throw error;
    }
    process.exitCode = error.exitCode === 0 ? ExitCode.DONE : ExitCode.USAGE;
  }
}

void main();
