import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { readHistory } from '../../engine/report/history';
import { reportPage } from '../../engine/report/report-page';
import { gatherStatus, READER_ACTIONS } from '../../engine/status/gather';
import { type DeploymentOptions, openDeployment, withDeploymentOptions } from './deployment-access';

interface ReportOptions extends DeploymentOptions {
  readonly output: string;
  readonly force?: true;
}

/** Adds `holdfast report`. */
export function reportCommand(program: Command): void {
  withDeploymentOptions(program.command('report'))
    .description('write what `status` shows, with charts and the evidence of the last drills, into one HTML file')
    .option('--output <file>', 'file to write', 'holdfast-report.html')
    .option('--force', 'write over the file if it is there')
    .addHelpText('after', `\nNeeds to read only: ${[...READER_ACTIONS, 'cloudwatch:GetMetricData'].join(', ')}.`)
    .action(report);
}

async function report({ output, force, ...options }: ReportOptions, command: Command): Promise<void> {
  if (force === undefined && existsSync(output)) {
    command.error(
      `error: ${output} is there already. HINT: name another file with --output, or write over it with --force.`,
    );
  }
  const sources = await openDeployment(options);
  const { deployment, s3, primaryAlarms: cloudWatch } = sources;
  const now = new Date();
  const [status, history] = await Promise.all([
    gatherStatus(sources, { tenants: true, now }),
    readHistory({ cloudWatch, s3 }, deployment, now),
  ]);
  await writePage(output, reportPage(status, history), force ? 'w' : 'wx');
  console.log(`The report is in ${output}; as of now ${deployment.prefix} is ${status.health}.`);
}

async function writePage(path: string, page: string, flag: 'w' | 'wx'): Promise<void> {
  try {
    await writeFile(path, page, { flag });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new RangeError(
      `${path}: cannot be written (${code}). HINT: name with --output a file in a folder that is there and yours.`,
      { cause: error },
    );
  }
}
