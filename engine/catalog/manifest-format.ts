import * as z from 'zod/mini';
import { BACKUP_ID_FORM } from '../contract/backup-layout';
import { TIERS } from '../contract/retention';
import type { StoredObject } from '../objects/stored-object';
import { CatalogError } from './catalog-error';

/** Parts that the manifests of all kinds of backups are made of. */

/** A moment, as ISO 8601 in UTC. */
export const instant = z.iso.datetime();

/** A whole number from 0 on. */
export const count = z.int().check(z.nonnegative());

/** A text that is not empty. */
export const filled = z.string().check(z.minLength(1));

/** An object of a backup, and what it takes to prove it. */
export const storedObject = z.object({
  key: filled,
  versionId: filled,
  bytes: count,
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  crc64nvme: z.string().check(z.regex(/^[A-Za-z0-9+/]{11}=$/)),
}) satisfies z.ZodMiniType<StoredObject>;

/** What every manifest begins with. */
export const manifestHead = z.object({
  /** Id of the backup, as `backupId` makes it. */
  id: z.string().check(z.regex(BACKUP_ID_FORM)),
  /** Name of the protected resource. */
  resource: filled,
  tier: z.enum(TIERS),
  /** Until when its objects cannot be deleted. */
  lockedUntil: instant,
  startedAt: instant,
  finishedAt: instant,
  /** Version of Holdfast that wrote the backup. */
  software: filled,
});

/** What every manifest says. */
export type ManifestHead = z.infer<typeof manifestHead>;

/**
 * The bytes of a manifest.
 *
 * @throws CatalogError when it would not be read again.
 */
export function manifestText(schema: z.ZodMiniType<ManifestHead>, manifest: ManifestHead): Buffer {
  const complete = validated(schema, manifest, `The manifest of backup ${manifest.id}`);
  return Buffer.from(`${JSON.stringify(complete, undefined, 2)}\n`);
}

/**
 * Reads a manifest of one format.
 *
 * @param known the only format that is read.
 * @param where names the backup in errors.
 * @throws CatalogError when it is no manifest, or of another format.
 */
export function readManifest<Schema extends z.ZodMiniType>(
  schema: Schema,
  known: string,
  bytes: Buffer,
  where: string,
): z.infer<Schema> {
  const content = parseJson(bytes.toString(), `The manifest of ${where}`);
  const format = (content as { format?: unknown } | null)?.format;
  if (typeof format === 'string' && format !== known) {
    throw new CatalogError(
      `The manifest of ${where} has the format ${JSON.stringify(format.slice(0, 50))}, known is "${known}". HINT: use the version of Holdfast that wrote the backup, or a newer one.`,
    );
  }
  return validated(schema, content, `The manifest of ${where}`);
}

/** @throws CatalogError when the text is no JSON. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CatalogError(`${what} is no JSON: ${(error as Error).message.slice(0, 80)}. ${DAMAGED}`, {
      cause: error,
    });
  }
}

/** @throws CatalogError that names the first fields that are wrong. */
export function validated<Schema extends z.ZodMiniType>(
  schema: Schema,
  content: unknown,
  what: string,
): z.infer<Schema> {
  const { data, error } = z.safeParse(schema, content);
  if (error !== undefined) {
    const problems = error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
    throw new CatalogError(`${what} is not complete: ${problems.join('; ')}. ${DAMAGED}`);
  }
  return data;
}

const DAMAGED = 'HINT: an earlier version of the object may be whole; otherwise use another backup.';
