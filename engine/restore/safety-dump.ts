import { ArchiveError } from '../archive/archive-error';
import { verifyArchive } from '../archive/verify';
import { safetyPrefix } from '../contract/backup-layout';
import { encodingArguments } from '../dump/dump-arguments';
import { namePatterns } from '../dump/pattern';
import type { ObjectUpload, StoredObject } from '../objects/object-store';
import type { ObjectLock } from '../objects/stored-object';
import { type RunningTool, startTool } from '../postgres/tool';
import { type RestoreContext, toolOptions } from './context';
import { encodingOf } from './databases';

/** What is dumped before it is replaced. */
export interface SafetyDump {
  /** Name of the protected database. */
  readonly resource: string;
  readonly tenant: string;
  readonly schemas: readonly string[];
  readonly lock: ObjectLock;
  readonly at: Date;
  /** How long it waits for a table that something holds exclusively, in seconds. */
  readonly lockWaitSeconds: number;
}

/**
 * Dumps schemas as they are now into the bucket of dumps, under `safety/`, and reads the archive to its end on the way. Stock
 * `pg_restore` takes it back.
 *
 * @returns where it lies, when S3 has confirmed it.
 * @throws ToolError, ArchiveError or an error of S3: then nothing may be replaced.
 */
export async function dumpForSafety(
  context: Pick<RestoreContext, 'access' | 'objects' | 'toolsDirectory' | 'signal'>,
  { resource, tenant, schemas, lock, at, lockWaitSeconds }: SafetyDump,
): Promise<StoredObject> {
  const args = [
    '--format=custom',
    '--no-password',
    `--lock-wait-timeout=${lockWaitSeconds * 1000}`,
    ...encodingArguments(await encodingOf(context.access, context.access.database)),
    ...namePatterns(schemas).map((pattern) => `--schema=${pattern}`),
  ];
  const tool = startTool('pg_dump', args, await toolOptions(context));
  tool.stdin.end();
  const time = at.toISOString().replace(/[-:.]/g, '');
  const upload = context.objects.upload(`${safetyPrefix(resource)}${time}-${encodeURIComponent(tenant)}.dump`, {
    lock,
  });
  try {
    await verifyArchive(uploaded(tool.stdout, upload));
    await tool.done;
    await upload.end();
    return await upload.stored;
  } catch (error) {
    await upload.abort();
    throw await causeOf(error, tool);
  }
}

/** An archive that is cut is the consequence when `pg_dump` failed. */
async function causeOf(error: unknown, tool: RunningTool): Promise<unknown> {
  const isCut = error instanceof ArchiveError && error.fault === 'truncated';
  if (!isCut) {
    tool.kill();
  }
  const [end] = await Promise.allSettled([tool.done]);
  return isCut && end.status === 'rejected' ? end.reason : error;
}

/** Passes a stream on, and writes it to an upload. */
async function* uploaded(source: AsyncIterable<Buffer>, upload: ObjectUpload): AsyncGenerator<Buffer, void> {
  for await (const piece of source) {
    await upload.write(piece);
    yield piece;
  }
}
