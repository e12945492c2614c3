import type { Tier } from './retention';

/**
 * Where things lie in a bucket of dumps: `<tier>/<database>/<backup id>/...`. The tier comes first, so that plain prefix
 * rules of the lifecycle expire each.
 */

/** Folder of one backup; ends with a slash. */
export const backupPrefix = (tier: Tier, database: string, backupId: string): string =>
  `${databasePrefix(tier, database)}${backupId}/`;

/** Folder of all backups of one tier of a database; ends with a slash. */
export const databasePrefix = (tier: Tier, database: string): string => `${tier}/${database}/`;

/** Names within the folder of a backup, in the order in which they are written. */
export const BackupFile = {
  /** What belongs to no tenant. */
  SHARED: 'shared.dump',
  /** Roles and tablespaces, without passwords. */
  GLOBALS: 'globals.sql',
  /** One line a tenant: where its archive is, and what is in it. Written when all archives are there. */
  TENANTS: 'tenants.jsonl',
  /** Written last: a backup without it does not exist. */
  MANIFEST: 'manifest.json',
} as const;

/** Name of a tenant's archive within the folder of a backup. */
export const tenantFile = (tenant: string): string => `tenants/${keyPart(tenant)}.dump`;

/** Folder of all that tasks of runs tell each other. */
export const RUNS_PREFIX = 'runs/';

/** Folder of what the tasks of one run tell each other while it goes on; ends with a slash. Expires by itself. */
export const runPrefix = (runId: string): string => `${RUNS_PREFIX}${keyPart(runId)}/`;

/** Folder of the dumps that restores make of what they are about to replace. */
export const SAFETY_PREFIX = 'safety/';

/** Folder of the safety dumps of one database; ends with a slash. */
export const safetyPrefix = (database: string): string => `${SAFETY_PREFIX}${database}/`;

/**
 * Id of a backup: the moment its run began, and eight random characters, so that two runs never share one. Sorts by time.
 *
 * @param random eight lower-case hexadecimal digits.
 */
export const backupId = (startedAt: Date, random: string): string =>
  `${startedAt.toISOString().replace(/[-:]|\.\d+/g, '')}-${random}`;

/** The form of an id of a backup, such as `20261123T020000Z-0f3c9a1e`. */
export const BACKUP_ID_FORM = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-[0-9a-f]{8}$/;

/** The moment that an id of a backup names; undefined when it is no such id. */
export function backupIdTime(id: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = BACKUP_ID_FORM.exec(id) ?? [];
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** A name as one part of a key: percent-encoded, so that slashes, quotes and unicode make no other key of it. */
function keyPart(name: string): string {
  return encodeURIComponent(name).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
