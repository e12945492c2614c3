import * as z from 'zod/mini';
import { count, filled, instant } from '../catalog/manifest-format';
import { BACKUP_ID_FORM } from '../contract/backup-layout';
import { retentionProblem, TIERS } from '../contract/retention';
import type { PartCheck, VerifyTenantsEvent } from '../contract/verify-tenants';
import { parseEvent, refuseSameNames } from '../functions/parse-event';

const location = { bucket: filled, region: filled };
const keyArn = z.string().check(z.regex(/^arn:[^:]+:kms:[^:]+:\d{12}:(key|alias)\/.+$/));
const dumpsLocation = z.object({ ...location, keyArn });

const target = z.object({
  resource: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)),
  source: dumpsLocation,
  replica: dumpsLocation,
  retention: z
    .object({ daily: count, weekly: count, monthly: count, yearly: count })
    .check(z.refine((counts) => retentionProblem(counts) === undefined, { error: 'is no retention' })),
  lockMode: z.enum(['governance', 'compliance']),
});

/** A part of keys, as Step Functions makes names of executions. */
const run = z.string().check(z.regex(/^[\w.:-]{1,200}$/));
const tenantsRun = { target, proofs: z.object(location), run, startedAt: instant };
const readCycleDays = z.int().check(z.minimum(1), z.maximum(3650));

const backupId = z.string().check(z.regex(BACKUP_ID_FORM));
const backup = z.object({ id: backupId, tier: z.enum(TIERS) });

const part = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('common') }),
  z.object({
    kind: z.literal('tenants'),
    batch: z.object({ first: count, lines: count, offset: count, bytes: count }),
  }),
]);
const partCheck = { ...tenantsRun, backup, part };

const event = z.discriminatedUnion('action', [
  z.object({ action: z.literal('plan'), ...tenantsRun, readCycleDays }),
  z.object({ action: z.literal('survey'), ...tenantsRun, next: z.optional(backupId) }),
  z.object({ action: z.literal('divide'), ...tenantsRun, backup }),
  z.object({ action: z.literal('check'), ...partCheck }),
  z.object({ action: z.literal('conclude'), ...tenantsRun, backup }),
  z.object({
    action: z.literal('publish'),
    settings: z.object({
      databases: z.array(target),
      proofs: z.object(location),
      alarmName: filled,
      incidentName: z.optional(filled),
      readCycleDays,
    }),
    run,
    startedAt: instant,
    outcomes: z.optional(z.array(z.object({ resource: filled, error: z.optional(z.string()) }))),
  }),
]);

/**
 * Reads the event of `verify-tenants`.
 *
 * @throws Error that names every field that is wrong, or a database that is named twice.
 */
export function parseVerifyTenantsEvent(input: unknown): VerifyTenantsEvent {
  const parsed = parseEvent<VerifyTenantsEvent>('verify-tenants', event, input);
  if (parsed.action === 'publish') {
    refuseSameNames('verify-tenants', parsed.settings.databases);
  }
  return parsed;
}

/**
 * Reads what the job `verify` is told to check.
 *
 * @param text JSON.
 * @throws Error that names every field that is wrong.
 */
export function parsePartCheck(text: string): PartCheck {
  return parseEvent('the job verify', z.object(partCheck), jsonOrUndefined(text));
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
