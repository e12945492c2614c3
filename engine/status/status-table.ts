import { momentText, spanText } from '../report/quantities';
import { printable, shorten } from '../signals/alarm-text';
import { ageSeconds } from './health';
import {
  type AlarmStatus,
  Health,
  type ObjectiveStatus,
  type ProofStatus,
  type ResourceStatus,
  type Status,
} from './model';
import { healthText, narrowTable, type TableStyle } from './table-style';
import { tenantsTable } from './tenants-table';

/**
 * The picture for a terminal of 100 columns: a row for each resource, the tenants where they were asked for, then in sentences what is
 * wrong, which alarms are raised, and what could not be looked at.
 */
export function statusTable(status: Status, style: TableStyle): string {
  const { resources, tenants, leftOut = [] } = status;
  return [
    headline(status, style),
    ...(resources.length === 0 ? [] : [resourcesTable(resources, style)]),
    ...(tenants === undefined ? [] : [tenantsTable(tenants, leftOut, style)]),
    ...section(
      'What is wrong',
      resources.flatMap((resource) => reasonLines(resource)),
    ),
    ...section(
      'Alarms',
      status.alarms.map((alarm) => alarmLine(alarm, new Date(status.at), style)),
    ),
    ...section(
      'Could not be looked at',
      status.unknown.map((sentence) => `  ${printable(sentence)}`),
    ),
  ].join('\n\n');
}

function headline({ prefix, primaryRegion, recoveryRegion, health, at }: Status, style: TableStyle): string {
  const places = `${prefix} in ${primaryRegion}, replicas in ${recoveryRegion}`;
  return `${places}, ${momentText(new Date(at))}: ${healthText(health, style)}, ${MEANING[health]}`;
}

const MEANING: Readonly<Record<Health, string>> = {
  healthy: 'every objective is met',
  warning: 'everything can be restored, but something needs a look',
  critical: 'something cannot be restored as it should',
  unknown: 'nobody can tell whether everything can be restored',
};

function resourcesTable(resources: readonly ResourceStatus[], style: TableStyle): string {
  const rows = resources.map(({ system, resource, health, backupAge, rpo, rto, proofs }) => [
    system,
    resource,
    healthText(health, style),
    [figure('backup', backupAge), figure('RPO', rpo), figure('RTO', rto)].flat().join('\n') || '-',
    proofs.map(proofLine).join('\n') || '-',
  ]);
  return narrowTable(
    [
      ['System', 8],
      ['Resource', 28],
      ['Health', 8],
      ['Age', 21],
      ['Proof', 23],
    ],
    rows,
    'betweenRows',
  );
}

/** Nothing where nothing is asked for and nothing known. */
function figure(name: string, { seconds, limitSeconds, health }: ObjectiveStatus): string[] {
  return seconds === undefined && limitSeconds === undefined
    ? []
    : [`${name.padEnd(6)} ${spanOrUnknown(seconds)}${markOf(health)}`];
}

const proofLine = ({ level, ageSeconds: age, health }: ProofStatus): string =>
  `${level.padEnd(8)} ${spanOrUnknown(age)}${markOf(health)}`;

const spanOrUnknown = (seconds: number | undefined): string => (seconds === undefined ? 'unknown' : spanText(seconds));

/** What is not as it should be is marked by a sign too: nobody needs to see colours. */
const markOf = (health: Health): string => (health === Health.HEALTHY ? '' : ' !');

function reasonLines({ system, resource, reasons, findings }: ResourceStatus): string[] {
  const shown = findings.slice(0, MOST_FINDINGS).map(({ kind, detail }) => `    ${kind}: ${printable(detail)}`);
  const hidden = findings.length - shown.length;
  return [
    ...reasons.map((reason) => `  ${system} ${resource}: ${printable(reason)}`),
    ...shown,
    ...(hidden > 0 ? [`    and ${hidden} more, with --json`] : []),
  ];
}

/** Findings of a resource that are shown; the others are told by `--json`. */
const MOST_FINDINGS = 3;

function alarmLine({ name, region, health, state, since, reason }: AlarmStatus, now: Date, style: TableStyle): string {
  const age = spanText(ageSeconds(new Date(since), now));
  const what = state === 'ALARM' ? 'raised' : 'without data';
  return `  ${healthText(health, style)} ${name} in ${region}, ${what} for ${age}: ${shorten(printable(reason), MOST_REASON_CHARACTERS)}`;
}

const MOST_REASON_CHARACTERS = 300;

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [[`${title}:`, ...lines].join('\n')];
