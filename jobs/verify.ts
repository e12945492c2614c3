import { Command } from 'commander';
import { type JobTools, runJob } from './run-job';

/**
 * The job `verify`: checks a part of a backup that is too large for a function. It is told everything by its argument, see `PartCheck` in
 * engine/contract/verify-tenants.ts, and leaves what came of it in the proofs bucket.
 *
 * Exit codes: 0 it was checked, whatever was found; 1 it could not be; 2 wrong command; 130 and 143 stopped by SIGINT or SIGTERM.
 */
export function verifyJob(): Command {
  return new Command('verify')
    .description('check a part of a backup whose archives are large')
    .argument('<check>', 'what to check, as JSON')
    .exitOverride()
    .action((check: string) => runJob('verify', (tools) => verify(check, tools)));
}

/** The work is loaded only when there is some: other jobs begin sooner without it. */
async function verify(check: string, tools: JobTools): Promise<void> {
  const { verifyPart } = await import('./verify-work.js');
  await verifyPart(check, tools);
}
