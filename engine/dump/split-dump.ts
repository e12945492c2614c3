import { ArchiveError } from '../archive/archive-error';
import type { TenantOf } from '../archive/route';
import { type ArchiveOutput, type Split, splitArchive } from '../archive/split';
import { errorCode } from '../postgres/error-code';
import type { RunningTool } from '../postgres/tool';

/**
 * Splits what a running `pg_dump` writes. It is good only when `pg_dump` has ended with exit code 0: it may find fault with its
 * work after the last byte.
 *
 * @throws ToolError when `pg_dump` fails, also where that shows as an archive that is cut; otherwise what the split
 *   threw, when `pg_dump` has been ended.
 */
export async function splitDump(
  tool: RunningTool,
  tenantOf: TenantOf,
  open: (tenant: string | undefined) => Promise<ArchiveOutput>,
): Promise<Split> {
  tool.stdin.end();
  try {
    const split = await splitArchive(tool.stdout, tenantOf, open);
    await tool.done;
    return split;
  } catch (error) {
    if (isCut(error)) {
      await tool.done;
    }
    tool.kill();
    await tool.done.catch(() => undefined);
    throw error;
  }
}

/** The output ended before the archive did, or never began. */
const isCut = (error: unknown): boolean =>
  (error instanceof ArchiveError && error.fault === 'truncated') || errorCode(error) === 'ERR_STREAM_PREMATURE_CLOSE';
