import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import type { SystemObjectives } from '../../engine/contract/deployment';
import { ProofSystem } from '../../engine/contract/proofs';
import { Dimension, JobKind, Metric, REPLICATION_DELAY_SECONDS, System } from '../../engine/contract/signals';
import { limitText, SYSTEM_TITLES } from './dashboard-rows';
import { holdfastMetric } from './holdfast-metric';
import { searched } from './searched-metrics';

/** The graphs of one system over time: sizes, durations, objects, lag, each against its limit. @param region where they are published. */
export function trends(system: ProofSystem, objectives: SystemObjectives, region: string): cloudwatch.Row {
  return new cloudwatch.Row(
    ...TRENDS[system](objectives).map((trend) =>
      graph({ ...trend, title: `${SYSTEM_TITLES[system]}: ${trend.title}` }, region),
    ),
  );
}

/**
 * What S3 tells in the Region of the replicas of copies that are on their way, and what the deletion watch saw there.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
export function arrivalRow(region: string): cloudwatch.Row {
  return new cloudwatch.Row(
    graph({ title: 'Replication: latency', metrics: [replication('ReplicationLatency')], limit: DELAY }, region),
    graph({ title: 'Replication: bytes on their way', metrics: [replication('BytesPendingReplication')] }, region),
    graph(
      { title: 'Replication: operations on their way', metrics: [replication('OperationsPendingReplication')] },
      region,
    ),
    graph({ title: 'Attempts to delete what is kept', metrics: [deletionAttempts()] }, region),
  );
}

interface Trend {
  readonly title: string;
  readonly metrics: readonly cloudwatch.IMetric[];
  /** A line that the figure should stay below. @default - none */
  readonly limit?: cloudwatch.HorizontalAnnotation | undefined;
}

const TRENDS: Readonly<Record<ProofSystem, (objectives: SystemObjectives) => readonly Trend[]>> = {
  [ProofSystem.DATABASE]: ({ rpoSeconds }) => [
    { title: 'size of a job (bytes)', metrics: jobs(Metric.SIZE) },
    { title: 'duration of a job (s)', metrics: jobs(Metric.DURATION) },
    { title: 'jobs that failed', metrics: jobs(Metric.FAILED_JOBS) },
    { title: 'RPO (s)', metrics: [each(System.DATABASE, Metric.RPO)], limit: line(rpoSeconds) },
  ],
  // The dumps themselves publish as a database; their verification as tenants.
  [ProofSystem.TENANTS]: ({ backupAgeSeconds }) => [
    { title: 'size of a backup (bytes)', metrics: [each(System.DATABASE, Metric.SIZE)] },
    { title: 'duration of a backup (s)', metrics: [each(System.DATABASE, Metric.DURATION)] },
    { title: 'damaged objects', metrics: [each(System.TENANTS, Metric.DAMAGED)] },
    { title: 'backup age (s)', metrics: [each(System.TENANTS, Metric.BACKUP_AGE)], limit: line(backupAgeSeconds) },
  ],
  [ProofSystem.FILES]: ({ rpoSeconds }) => [
    { title: 'size (bytes)', metrics: [each(System.STORAGE, Metric.SIZE)] },
    { title: 'versions', metrics: [each(System.STORAGE, Metric.OBJECTS)] },
    { title: 'replication lag (s)', metrics: [each(System.STORAGE, Metric.REPLICATION)], limit: DELAY },
    { title: 'RPO (s)', metrics: [each(System.STORAGE, Metric.BACKUP_AGE)], limit: line(rpoSeconds) },
  ],
  [ProofSystem.REDIS]: ({ rpoSeconds }) => [
    { title: 'data in memory (bytes)', metrics: [each(System.REDIS, Metric.SIZE)] },
    { title: 'duration of an export (s)', metrics: [each(System.REDIS, Metric.DURATION)] },
    { title: 'changes in no snapshot', metrics: [each(System.REDIS, Metric.CHANGES)] },
    { title: 'RPO (s)', metrics: [each(System.REDIS, Metric.RPO)], limit: line(rpoSeconds) },
  ],
};

function each(system: System, metricName: Parameters<typeof searched>[0]['metricName']): cloudwatch.IMetric {
  return searched({ system, metricName, period: PERIOD });
}

/** What AWS Backup tells of its jobs, a line for each kind. */
function jobs(metricName: Parameters<typeof holdfastMetric>[0]['metricName']): cloudwatch.IMetric[] {
  return [JobKind.BACKUP, JobKind.COPY, JobKind.RESTORE].map((kind) =>
    holdfastMetric({
      system: System.DATABASE,
      metricName,
      dimensions: { [Dimension.KIND]: kind },
      statistic: metricName === Metric.FAILED_JOBS ? cloudwatch.Stats.SUM : cloudwatch.Stats.MAXIMUM,
      period: PERIOD,
    }).with({ label: kind }),
  );
}

function deletionAttempts(): cloudwatch.IMetric {
  return holdfastMetric({
    system: System.PLATFORM,
    metricName: Metric.DELETION_ATTEMPTS,
    statistic: cloudwatch.Stats.SUM,
    period: PERIOD,
  });
}

/** The ids of all replication rules begin with the same word; see `replicationRuleId`. */
function replication(metricName: string): cloudwatch.IMetric {
  const search = `{AWS/S3,DestinationBucket,RuleId,SourceBucket} MetricName="${metricName}" RuleId=holdfast`;
  return new cloudwatch.MathExpression({
    expression: `SEARCH('${search}', '${cloudwatch.Stats.MAXIMUM}', ${PERIOD.toSeconds()})`,
    usingMetrics: {},
    label: '',
    period: PERIOD,
  });
}

function graph({ title, metrics, limit }: Trend, region: string): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({
    title,
    left: [...metrics],
    leftAnnotations: limit === undefined ? [] : [limit],
    leftYAxis: { min: 0, showUnits: false },
    region,
    width: 6,
    height: 6,
  });
}

function line(seconds: number | undefined): cloudwatch.HorizontalAnnotation | undefined {
  return seconds === undefined
    ? undefined
    : { value: seconds, label: `limit ${limitText(seconds)}`, color: cloudwatch.Color.RED };
}

const DELAY = line(REPLICATION_DELAY_SECONDS);
const PERIOD = Duration.hours(1);
