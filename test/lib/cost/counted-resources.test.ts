import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_SIZES } from '../../../engine/contract/cost';
import { estimateMonth } from '../../../engine/cost/estimate';
import type { PriceName } from '../../../engine/cost/price';
import { validateConfiguration } from '../../../lib/configuration';
import { costInput } from '../../../lib/cost/cost-input';
import { type SynthesizedResource, type SynthesizedTemplate, synthesized } from '../synthesized';

const EXAMPLE = JSON.parse(readFileSync(join(__dirname, '../../../holdfast.config.json'), 'utf8'));

/** What AWS bills an alarm by: the metrics that it reads, threefold where it compares with a band of what is expected. */
function metricsOf({ Properties: { Metrics, ThresholdMetricId } }: SynthesizedResource): number {
  const metrics = Metrics as readonly { readonly MetricStat?: unknown }[] | undefined;
  const read = metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1;
  return ThresholdMetricId === undefined ? read : 3;
}

const ofType = ({ Resources }: SynthesizedTemplate, type: string): SynthesizedResource[] =>
  Object.values(Resources).filter(({ Type }) => Type === type);

describe('the estimate of the example counts what the app deploys', () => {
  const { templates } = synthesized(EXAMPLE);
  const { lines } = estimateMonth(costInput(validateConfiguration(EXAMPLE, 'holdfast.config.json'), DEFAULT_SIZES));
  const estimated = (price: PriceName, region: string) =>
    lines
      .filter((line) => line.price === price && line.region === region)
      .reduce((sum, { quantity }) => sum + quantity, 0);

  test.each([
    ['HoldfastPrimary', 'eu-west-1'],
    ['HoldfastRecovery', 'eu-central-1'],
  ])('in %s', (stack, region) => {
    const template = templates[stack];
    if (template === undefined) {
      throw new Error(`no stack ${stack}`);
    }
    const alarmMetrics = ofType(template, 'AWS::CloudWatch::Alarm').reduce((sum, each) => sum + metricsOf(each), 0);
    expect({
      alarmMetrics: estimated('alarmMetric', region),
      composites: estimated('compositeAlarm', region),
      dashboards: estimated('dashboard', region),
      keys: estimated('key', region),
    }).toEqual({
      alarmMetrics,
      composites: ofType(template, 'AWS::CloudWatch::CompositeAlarm').length,
      dashboards: ofType(template, 'AWS::CloudWatch::Dashboard').length,
      keys: ofType(template, 'AWS::KMS::Key').length,
    });
  });
});
