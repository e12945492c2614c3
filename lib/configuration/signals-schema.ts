import { Duration } from 'aws-cdk-lib';
import { z } from 'zod';
import { PROOF_SYSTEMS, type ProofSystem } from '../../engine/contract/proofs';
import type { Problem } from '../problem';
import {
  MaintenanceWindow,
  type MaintenanceWindowProps,
  maintenanceWindowProblems,
  repeatedWindowProblems,
} from '../signals/maintenance-window';

const seconds = z.int();

const systemObjectives = z.strictObject({
  backupAgeSeconds: seconds.describe('Oldest that the newest backup may be, in seconds.').exactOptional(),
  proofAgeSeconds: z
    .strictObject({
      present: seconds.describe('There, recent, with the right key, replicated.').exactOptional(),
      intact: seconds.describe('Read to its end, as it was written.').exactOptional(),
      restored: seconds.describe('Loaded into a real server, and compared.').exactOptional(),
    })
    .describe('Oldest that the newest proof of a level may be, in seconds.')
    .exactOptional(),
  rpoSeconds: seconds.describe('Recovery point objective: most seconds of work that may be lost.').exactOptional(),
  rtoSeconds: seconds.describe('Recovery time objective: longest that a restore may take, in seconds.').exactOptional(),
});

const OF: Readonly<Record<ProofSystem, string>> = {
  database: 'Databases on RDS and Aurora.',
  tenants: 'Dumps of tenants.',
  files: 'Files on S3.',
  redis: 'Redis and Valkey caches.',
};

/** The shape of `objectives`. */
export const objectivesSchema = z.strictObject(
  Object.fromEntries(
    PROOF_SYSTEMS.map((system) => [system, systemObjectives.describe(OF[system]).exactOptional()]),
  ) as Record<ProofSystem, z.ZodExactOptional<typeof systemObjectives>>,
);

/** The shape of one entry of `paging.maintenance`. */
export const maintenanceSchema = z.strictObject({
  name: z.string().describe('Name of the window: lower-case letters, digits and hyphens.'),
  schedule: z
    .string()
    .describe('When it begins: "cron(0 2 * * SUN)", with five fields, or once: "at(2026-12-24T22:00)".'),
  timeZone: z.string().describe('IANA name of a time zone, such as Europe/Berlin. Default: UTC.').exactOptional(),
  durationMinutes: z.int().min(1).max(21_600).describe('How long it lasts, in minutes: up to 15 days.'),
});

type MaintenanceConfiguration = z.output<typeof maintenanceSchema>;

/** What is wrong with well-formed windows. */
export function maintenanceProblems(windows: readonly MaintenanceConfiguration[], path: string): Problem[] {
  return [
    ...windows.flatMap((window, index) => maintenanceWindowProblems(propsOf(window), `${path}[${index}]`)),
    ...repeatedWindowProblems(windows, path),
  ];
}

/** The windows that a configuration asks for. */
export function maintenanceWindows(windows: readonly MaintenanceConfiguration[]): MaintenanceWindow[] {
  return windows.map((window) => MaintenanceWindow.of(propsOf(window)));
}

function propsOf({ durationMinutes, ...window }: MaintenanceConfiguration): MaintenanceWindowProps {
  return { ...window, duration: Duration.minutes(durationMinutes) };
}
