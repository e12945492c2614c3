import { aws_cloudwatch as cloudwatch, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DEFAULT_OBJECTIVES } from '../../../engine/contract/deployment';
import { PUBLISHED_SERIES } from '../../../engine/contract/published-metrics';
import { Dimension, METRIC_NAMESPACE } from '../../../engine/contract/signals';
import { HoldfastDashboard, type HoldfastDashboardProps } from '../../../lib/signals/dashboard';
import { limitText } from '../../../lib/signals/dashboard-rows';
import { onlyResource, PRIMARY, primaryStack, RECOVERY, recoveryStack } from '../deployment';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly region?: string;
    readonly start?: string;
    readonly sparkline?: boolean;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
    readonly annotations?: { readonly horizontal?: readonly { readonly value: number }[] };
  };
}

interface Body {
  readonly start: string;
  readonly periodOverride: string;
  readonly widgets: readonly Widget[];
}

const ALL = { database: ['orders'], tenants: ['shop'], files: ['uploads', 'reports'], redis: ['sessions'] };

const PROPS: HoldfastDashboardProps = {
  prefix: 'acme',
  side: 'primary',
  otherRegion: RECOVERY,
  resources: () => ALL,
  objectives: DEFAULT_OBJECTIVES,
  alarms: () => [],
};

/** The body that the template of a dashboard has; what refers to other resources is as their names. */
function bodyOf(props: Partial<HoldfastDashboardProps> = {}, stack: Stack = primaryStack()): Body {
  new HoldfastDashboard(stack, 'Dashboard', { ...PROPS, ...props });
  const [, { Properties }] = onlyResource(Template.fromStack(stack), 'AWS::CloudWatch::Dashboard');
  const joined = Properties.DashboardBody as string | { 'Fn::Join': [string, unknown[]] };
  const text =
    typeof joined === 'string'
      ? joined
      : joined['Fn::Join'][1].map((part) =>
          typeof part === 'string' ? part : JSON.stringify(part).replace(/["\\]/g, ''),
        );
  return JSON.parse(typeof text === 'string' ? text : text.join(''));
}

const titles = ({ widgets }: Body): (string | undefined)[] => widgets.map(({ properties }) => properties.title);

/** What one metric of a widget reads: a name with dimensions, or the search of an expression. */
function readsOf({ properties }: Widget): string[] {
  return (properties.metrics ?? []).flatMap((metric) => {
    const [first] = metric;
    if (typeof first !== 'string') {
      const { expression } = first as { expression: string };
      return expression.includes('SEARCH') ? [expression] : [];
    }
    const [namespace, name, ...rest] = metric.filter((part) => typeof part === 'string');
    return [`${namespace} ${name} ${rest.join(' ')}`];
  });
}

/** The same for everything that is published: as a single metric, and as what a search over resources finds. */
function published(): Set<string> {
  const lines = PUBLISHED_SERIES.map(({ system, metric, dimensions, resourcesOf }) => {
    const names = Object.entries({ [Dimension.SYSTEM]: system, ...dimensions });
    return resourcesOf === undefined
      ? `${METRIC_NAMESPACE} ${metric} ${sorted(names)}`
      : `{${METRIC_NAMESPACE},System,Resource} MetricName="${metric}" System="${system}"`;
  });
  return new Set(lines);
}

const sorted = (names: readonly (readonly [string, string])[]): string =>
  [...names]
    .sort(([left], [right]) => left.localeCompare(right))
    .flat()
    .join(' ');

const alarm = (stack: Stack, name: string): cloudwatch.IAlarm =>
  cloudwatch.Alarm.fromAlarmArn(stack, name, `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${name}`);

describe('with one system and nothing else', () => {
  const body = bodyOf({ resources: () => ({ files: ['uploads'] }) });

  test('has a head, the row of the system and its trends, and no place for alarms that there are none of', () => {
    const kinds = body.widgets.map(({ type }) => type[0]).join('');
    expect(kinds).toBe('t' + 'tmmmmt' + 'tmmmm' + 'mmmm');
    expect(titles(body).filter((title) => title !== undefined)).toEqual([
      'Oldest on its way (limit 30 min)',
      'Proved present (limit 26 h)',
      'Proved intact (limit 31 d)',
      'RPO (limit 1 h)',
      'Keys unusable',
      'Findings about keys',
      'Problems of pages',
      'Attempts to delete (24 h)',
      'Files: size (bytes)',
      'Files: versions',
      'Files: replication lag (s)',
      'Files: RPO (s)',
    ]);
  });

  test('says that nobody measures how long files take to come back', () => {
    expect(body.widgets[6]?.properties.markdown).toBe('**RTO**\n\nnot measured');
  });

  test('is called after the deployment and its Region: an account has each name once for all Regions', () => {
    const stack = primaryStack();
    new HoldfastDashboard(stack, 'Dashboard', PROPS);
    const DashboardName = `acme-holdfast-${PRIMARY.region}`;
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName });
  });
});

describe('with everything', () => {
  const stack = primaryStack();
  const alarms = Array.from({ length: 120 }, (_, index) => alarm(stack, `acme-${index}`));
  const body = bodyOf(
    {
      alarms: () => alarms,
      links: [{ label: 'Runbooks', url: 'https://example.com/runbooks' }],
      objectives: { ...DEFAULT_OBJECTIVES, database: { ...DEFAULT_OBJECTIVES.database, rtoSeconds: 4 * 3600 } },
    },
    stack,
  );

  test('gives each system a row, and each figure its limit', () => {
    const labels = body.widgets.flatMap(({ properties }) => /^## (.*)$/.exec(properties.markdown ?? '')?.[1] ?? []);
    expect(labels).toEqual(['Databases', 'Tenant dumps', 'Files', 'Caches', 'Holdfast itself']);
    expect(titles(body)).toEqual(expect.arrayContaining(['Backup age (limit 28 h)', 'RTO (limit 4 h)', 'RTO']));
  });

  test('links the other Region and where to read on', () => {
    const head = body.widgets[0]?.properties.markdown;
    expect(head).toContain(`# acme: primary Region ${PRIMARY.region}`);
    expect(head).toContain(
      '(https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/acme-holdfast-eu-central-1)',
    );
    expect(head).toContain('[Runbooks](https://example.com/runbooks)');
  });

  test('shows the first 100 alarms, which is what one widget takes', () => {
    const widget = body.widgets.find(({ type }) => type === 'alarm');
    expect(widget?.properties.alarms).toHaveLength(100);
    expect(widget?.properties.alarms?.[0]).toBe('arn:aws:cloudwatch:eu-west-1:111122223333:alarm:acme-0');
    expect(widget?.height).toBe(8);
  });

  test('reads only what somebody publishes', () => {
    const known = published();
    const reads = body.widgets.flatMap(readsOf);
    const unknown = reads.filter((read) => {
      const search = /SEARCH\('(\{Holdfast[^']*)'/.exec(read)?.[1];
      const [namespace, name, ...names] = read.split(' ');
      const pairs = names.flatMap((each, index) => (index % 2 === 0 ? [[each, names[index + 1] ?? ''] as const] : []));
      return !known.has(search ?? `${namespace} ${name} ${sorted(pairs)}`);
    });
    expect(unknown).toEqual([]);
    expect(reads.length).toBeGreaterThan(25);
  });

  test('never passes an old figure for the state of now; restores and deletions are rare', () => {
    const figures = body.widgets.filter(({ properties }) => properties.sparkline === false);
    const ranges = figures.map(({ properties }) => `${properties.title?.split(' ')[0]} ${properties.start}`);
    expect(figures.length).toBe(21);
    expect(ranges.filter((range) => !range.endsWith(' -PT3H'))).toEqual(['RTO -P95D', 'RTO -P95D', 'Attempts -P1D']);
  });

  test('shows ages in hours', () => {
    const [age] = body.widgets.filter(({ properties }) => properties.title?.startsWith('Backup age'));
    expect(age?.properties.metrics?.[0]?.[0]).toMatchObject({ expression: 'seconds / 3600', label: 'hours' });
  });

  test('draws the limit into the trends that have one', () => {
    const limits = body.widgets.flatMap(({ properties }) => properties.annotations?.horizontal ?? []);
    expect(limits.map(({ value }) => value)).toEqual([3600, 26 * 3600, 1800, 3600, 28 * 3600]);
  });

  test('lays rows of full width below each other, and nothing on top of anything', () => {
    const cells = body.widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, index) => `${x + (index % width)} ${y + Math.floor(index / width)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...body.widgets.map(({ x, width }) => x + width))).toBe(24);
  });

  test('stays within what CloudWatch takes', () => {
    expect(body.widgets.length).toBeLessThan(50);
    const metrics = body.widgets.map(({ properties }) => properties.metrics?.length ?? 0);
    expect(Math.max(...metrics)).toBeLessThanOrEqual(6);
    expect(metrics.reduce((sum, each) => sum + each)).toBeLessThan(100);
  });
});

test('does not grow with the number of resources', () => {
  const many = Array.from({ length: 300 }, (_, index) => `bucket-${index}`);
  const sizeOf = (files: string[]) => JSON.stringify(bodyOf({ resources: () => ({ files }) })).length;
  expect(sizeOf(many)).toBe(sizeOf(['bucket-0']));
});

test('shows the same in the primary Region wherever the replicas lie', () => {
  expect(bodyOf({ isOtherAccount: true })).toEqual(bodyOf());
});

test('shows what is protected after it was made', () => {
  const stack = primaryStack();
  const files: string[] = [];
  new HoldfastDashboard(stack, 'Dashboard', { ...PROPS, resources: () => ({ files }) });
  files.push('uploads');
  const [, { Properties }] = onlyResource(Template.fromStack(stack), 'AWS::CloudWatch::Dashboard');
  expect(JSON.stringify(Properties.DashboardBody)).toContain('## Files');
});

describe('in the recovery Region', () => {
  const recovery = { side: 'recovery', otherRegion: PRIMARY.region } as const;

  test('shows the state from the primary Region, and what arrives here', () => {
    const body = bodyOf(recovery, recoveryStack());
    const regions = new Set(
      body.widgets
        .filter(({ properties }) => properties.sparkline === false)
        .map(({ properties }) => properties.region),
    );
    expect(regions).toEqual(new Set([PRIMARY.region]));
    const graphs = body.widgets.filter(({ properties }) => properties.title?.startsWith('Replication'));
    expect(graphs.map(({ properties }) => properties.region)).toEqual([RECOVERY, RECOVERY, RECOVERY]);
    expect(graphs.flatMap(readsOf)[0]).toBe(
      `SEARCH('{AWS/S3,DestinationBucket,RuleId,SourceBucket} MetricName="ReplicationLatency" RuleId=holdfast', 'Maximum', 3600)`,
    );
    expect(titles(body)).toContain('Attempts to delete what is kept');
  });

  test('shows only what arrives where the primary Region lies in another account', () => {
    const body = bodyOf({ ...recovery, isOtherAccount: true }, recoveryStack());
    expect(titles(body).filter((title) => title !== undefined)).toHaveLength(4);
    expect(body.widgets[0]?.properties.markdown).toContain('# acme: recovery Region eu-central-1');
  });
});

test.each([
  [1800, '30 min'],
  [3600, '1 h'],
  [26 * 3600, '26 h'],
  [48 * 3600, '48 h'],
  [5400, '1.5 h'],
  [31 * 86_400, '31 d'],
])('says %d s as %s', (seconds, text) => {
  expect(limitText(seconds)).toBe(text);
});
