import type { Duration } from 'aws-cdk-lib';
import { DEFAULT_OBJECTIVES, type Objectives, type SystemObjectives } from '../../engine/contract/deployment';
import { PROOF_SYSTEMS, ProofSystem } from '../../engine/contract/proofs';
import { ProofLevel } from '../../engine/contract/signals';
import type { Problem } from '../problem';

/** What differs from {@link DEFAULT_OBJECTIVES}, by system; in seconds. */
export type ObjectiveOverrides = Readonly<Partial<Record<ProofSystem, Partial<SystemObjectives>>>>;

/** Settings of the deployment that objectives follow from. */
export interface ObjectiveFacts {
  /** Time within which each version of the files is read in full once. @default Duration.days(30) */
  readonly readCycle?: Duration;
}

/** A day more than a cycle of reading, so that a proof that comes a little late is none too old. In seconds. */
const CYCLE_SLACK_SECONDS = 86_400;

/**
 * The objectives of a deployment: the one value that alarms, status and dashboard share.
 *
 * @param overrides what {@link objectivesProblems} finds nothing wrong with.
 */
export function resolveObjectives(overrides: ObjectiveOverrides = {}, { readCycle }: ObjectiveFacts = {}): Objectives {
  const resolved = PROOF_SYSTEMS.map((system): [ProofSystem, SystemObjectives] => {
    const { proofAgeSeconds: defaultAges, ...defaults } = DEFAULT_OBJECTIVES[system];
    const { proofAgeSeconds: ages, ...others } = overrides[system] ?? {};
    const cycle =
      system === ProofSystem.FILES && readCycle ? { intact: readCycle.toSeconds() + CYCLE_SLACK_SECONDS } : {};
    return [system, { ...defaults, ...others, proofAgeSeconds: { ...defaultAges, ...cycle, ...ages } }];
  });
  return Object.fromEntries(resolved) as Record<ProofSystem, SystemObjectives>;
}

/** Least number of seconds of an objective: most figures are published once an hour. */
const LEAST_SECONDS = 900;

/** Most seconds of an objective: a year. */
const MOST_SECONDS = 366 * 86_400;

/**
 * Most hours without a dump that an alarm can count: it looks at an hour each, and at seven days at most.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
const MOST_DUMP_HOURS = 168;

/** Everything wrong with objectives. */
export function objectivesProblems(overrides: ObjectiveOverrides, path = 'objectives'): Problem[] {
  return Object.entries(overrides).flatMap(([system, asked]) =>
    isSystem(system)
      ? systemProblems(system, asked, `${path}.${system}`)
      : [{ path: `${path}.${system}`, message: `must be one of ${PROOF_SYSTEMS.join(', ')}, got: "${system}"` }],
  );
}

const isSystem = (name: string): name is ProofSystem => PROOF_SYSTEMS.some((system) => system === name);

function systemProblems(system: ProofSystem, asked: Partial<SystemObjectives>, path: string): Problem[] {
  const { backupAgeSeconds, rpoSeconds, rtoSeconds, proofAgeSeconds = {} } = asked;
  const levels: readonly string[] = Object.values(ProofLevel);
  return [
    ...(system === ProofSystem.TENANTS
      ? dumpAgeProblems(backupAgeSeconds, `${path}.backupAgeSeconds`)
      : secondsProblems(backupAgeSeconds, `${path}.backupAgeSeconds`)),
    ...secondsProblems(rpoSeconds, `${path}.rpoSeconds`),
    ...secondsProblems(rtoSeconds, `${path}.rtoSeconds`),
    ...Object.entries(proofAgeSeconds).flatMap(([level, seconds]) =>
      levels.includes(level)
        ? secondsProblems(seconds, `${path}.proofAgeSeconds.${level}`)
        : [
            {
              path: `${path}.proofAgeSeconds.${level}`,
              message: `must be one of ${levels.join(', ')}, got: "${level}"`,
            },
          ],
    ),
  ];
}

function secondsProblems(seconds: number | undefined, path: string): Problem[] {
  return seconds === undefined || (Number.isInteger(seconds) && seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS)
    ? []
    : [
        {
          path,
          message: `must be a whole number of seconds from ${LEAST_SECONDS} to ${MOST_SECONDS}, got: ${seconds}`,
        },
      ];
}

function dumpAgeProblems(seconds: number | undefined, path: string): Problem[] {
  const hours = (seconds ?? 3600) / 3600;
  return Number.isInteger(hours) && hours >= 1 && hours <= MOST_DUMP_HOURS
    ? []
    : [{ path, message: `must be whole hours from 1 to ${MOST_DUMP_HOURS}, in seconds, got: ${seconds}` }];
}
