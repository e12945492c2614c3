import { runTool, type ToolOptions } from '../postgres/tool';

/**
 * Roles, their memberships and settings, and tablespaces of a server, as SQL, without passwords.
 *
 * @param database name of the database to connect to.
 * @throws Error when there is a password in it all the same.
 */
export async function dumpGlobals(database: string, options: ToolOptions): Promise<Buffer> {
  const args = ['--globals-only', '--no-role-passwords', '--no-password', `--database=${connectionText(database)}`];
  const globals = await runTool('pg_dumpall', args, options, GLOBALS_LIMIT_BYTES);
  if (hasPassword(globals.toString('latin1'))) {
    throw new Error(
      'pg_dumpall wrote a password of a role in spite of --no-role-passwords; nothing was kept of it. HINT: look which program HOLDFAST_POSTGRES_BIN or PATH leads to.',
    );
  }
  return globals;
}

/** Most bytes of roles and settings, 64 MiB: about 500,000 roles. */
const GLOBALS_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * A name as libpq's text of a connection, so that one with `=` in it is not taken for such a text itself.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
 */
export const connectionText = (database: string): string => `dbname='${database.replace(/[\\']/g, '\\$&')}'`;

/** `dumpRoles` in pg_dumpall.c writes a password into the line that alters the role. Quoted names may hold anything. */
function hasPassword(globals: string): boolean {
  const roles = globals.match(/^(CREATE|ALTER) ROLE .*$/gm) ?? [];
  return roles.some((line) => /^\w+ ROLE \S+ WITH .*\bPASSWORD '/.test(line.replace(/"([^"]|"")*"/g, '""')));
}
