#!/usr/bin/env node
import { Command } from 'commander';
import { backupsCommand } from './commands/backups';
import { costCommand } from './commands/cost';
import { EXIT, explain } from './commands/exit-codes';
import { pageCommand } from './commands/page';
import { reportCommand } from './commands/report';
import { statusCommand } from './commands/status';

/**
 * Runs the command line.
 *
 * @param args what follows the name of the program
 * @returns the exit code
 */
export async function run(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.OK;
  const end = (code: number): void => {
    exitCode = code;
  };
  const program = new Command('holdfast')
    .description('Backups, proof of restorability and disaster recovery: the command line of the operator')
    .exitOverride();
  statusCommand(program, end);
  reportCommand(program);
  pageCommand(program, end);
  backupsCommand(program);
  costCommand(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

if (require.main === module) {
  run(process.argv.slice(2)).then((exitCode) => {
    process.exitCode = exitCode;
  });
}
