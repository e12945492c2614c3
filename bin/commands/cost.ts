import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type CostSizes, DEFAULT_SIZES } from '../../engine/contract/cost';
import { choicesOf } from '../../engine/cost/choices';
import { type CostReport, costTable } from '../../engine/cost/cost-table';
import { estimateMonth } from '../../engine/cost/estimate';
import { withOwnPrices } from '../../engine/cost/own-prices';
import { PRICES } from '../../engine/cost/prices';
import { SIZE_OPTIONS, sizeOf } from '../../engine/cost/size-options';
import { loadConfiguration } from '../../lib/configuration';
import { costInput } from '../../lib/cost/cost-input';

interface CostOptions extends CostSizes {
  readonly config: string;
  readonly prices?: string;
  readonly json?: true;
}

/** Adds `holdfast cost`. */
export function costCommand(program: Command): void {
  const command = program
    .command('cost')
    .description('estimate what a month costs, from the configuration and the sizes of what it protects')
    .option('--config <file>', 'configuration file', 'holdfast.config.json')
    .option('--prices <file>', 'JSON file with prices of your own, by Region; see docs/cost.md')
    .option('--json', 'print the estimate as JSON');
  for (const option of SIZE_OPTIONS) {
    command.addOption(
      new Option(`--${option.flag} <number>`, option.description)
        .default(DEFAULT_SIZES[option.field])
        .argParser((text) => sizeOf(option, text)),
    );
  }
  command.action((options: CostOptions) => {
    const report = reportOf(options);
    console.log(options.json ? JSON.stringify(report, null, 2) : costTable(report));
  });
}

function reportOf({ config, prices: path, json: _, ...sizes }: CostOptions): CostReport {
  const input = costInput(loadConfiguration(config), sizes);
  const prices = path === undefined ? PRICES : withOwnPrices(textOf(path), path);
  return { estimate: estimateMonth(input, prices), choices: choicesOf(input, prices), sizes };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new RangeError(
      `${path}: cannot be read (${code}). HINT: give the path of the file with \`--prices <file>\`.`,
      {
        cause: error,
      },
    );
  }
}
