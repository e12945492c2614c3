import { chmod, chown } from 'node:fs/promises';

/** The user `nobody` of most systems: PostgreSQL refuses to run as root. */
const NOBODY = 65534;
const isRoot = (): boolean => process.getuid?.() === 0;

/** A command with its arguments. */
export type Command = readonly [program: string, args: readonly string[]];

/**
 * The command under which a program runs as a user without privileges: itself, unless this process is root's. `setpriv`
 * becomes the program, so that signals reach it.
 */
export function unprivileged(program: string, args: readonly string[]): Command {
  const asNobody = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--', program];
  return isRoot() ? ['setpriv', [...asNobody, ...args]] : [program, args];
}

/** Gives a folder to the user that {@link unprivileged} stands for, and lets it pass through the folder around it. */
export async function giveFolder(folder: string, around: string): Promise<void> {
  if (!isRoot()) return;
  await chown(folder, NOBODY, NOBODY);
  await chmod(around, 0o711);
}
