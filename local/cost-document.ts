import { join } from 'node:path';
import { DEFAULT_SIZES } from '../engine/contract/cost';
import { choicesOf } from '../engine/cost/choices';
import { costDocument } from '../engine/cost/cost-document';
import { estimateMonth } from '../engine/cost/estimate';
import { PRICES } from '../engine/cost/prices';
import { loadConfiguration } from '../lib/configuration';
import { costInput } from '../lib/cost/cost-input';
import { PACKAGE_ROOT } from '../lib/package-root';

/** The text of `docs/cost.md`, from the configuration at the root of the repository. */
export function costDocumentText(): string {
  const input = costInput(loadConfiguration(join(PACKAGE_ROOT, 'holdfast.config.json')), DEFAULT_SIZES);
  const report = { estimate: estimateMonth(input), choices: choicesOf(input), sizes: DEFAULT_SIZES };
  return costDocument(report, PRICES);
}
