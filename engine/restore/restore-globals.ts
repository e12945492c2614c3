import { connectionText } from '../dump/globals';
import { startTool, type ToolOptions } from '../postgres/tool';
import { cleanToolMessage } from '../postgres/tool-message';
import { RestoreError } from './restore-error';

/**
 * Makes the roles and tablespaces of a backup that a server does not have. Those that it has stay as they are.
 *
 * @param globals what `pg_dumpall --globals-only` wrote.
 * @param existing names of the roles that the server has.
 * @returns names of the roles that were made.
 * @throws RestoreError with the first command that failed for another reason than that something is there already.
 */
export async function restoreGlobals(
  globals: Buffer,
  existing: ReadonlySet<string>,
  database: string,
  tools: ToolOptions,
): Promise<string[]> {
  const missing = commandsFor(globals.toString(), existing);
  const said: Buffer[] = [];
  const args = [
    '--file=-',
    '--no-psqlrc',
    '--quiet',
    '--no-password',
    '--output=/dev/null',
    `--dbname=${connectionText(database)}`,
  ];
  const psql = startTool('psql', args, { ...tools, onMessages: (piece) => said.push(piece) });
  psql.stdout.resume();
  psql.stdin.end(missing);
  await psql.done;
  const errors = Buffer.concat(said)
    .toString()
    .split('\n')
    .filter((line) => ERROR.test(line) && !HARMLESS.test(line));
  if (errors[0] !== undefined) {
    throw new RestoreError(
      `${errors.length} roles, memberships or tablespaces cannot be restored: ${cleanToolMessage(errors[0], MESSAGE_LIMIT_BYTES)}. HINT: the user of the restore needs CREATEROLE; make by hand what it may not (the roles that were made now stay, as far as they came), then restore again.`,
    );
  }
  return missing.split('\n').flatMap((line) => (line.startsWith('CREATE ROLE ') ? (roleOf(line) ?? []) : []));
}

/**
 * The commands without those about roles that exist: what they may do here is for whoever made them here to say. The others
 * are made without rights that only a superuser can name, even to deny them; a new role has none of them.
 */
export function commandsFor(globals: string, existing: ReadonlySet<string>): string {
  return globals
    .split('\n')
    .filter((line) => !existing.has(roleOf(line) ?? ''))
    .map(withoutDenials)
    .join('\n');
}

/** On RDS nobody is a superuser. `dumpRoles` in pg_dumpall.c writes all rights of a role, in this order. */
function withoutDenials(line: string): string {
  const [, command = '', , rights = ''] = ATTRIBUTES.exec(line) ?? [];
  return command === '' ? line : `${command}${rights.replace(/ NO(SUPERUSER|REPLICATION|BYPASSRLS)\b/g, '')}`;
}

const NAME = String.raw`("(?:[^"]|"")*"|[^\s";]+)`;
/** Each of these commands stands on one line, whatever the name of the role; it ends in the role that it changes. */
const ROLE = new RegExp(
  `^(?:(?:CREATE|ALTER) ROLE ${NAME}[ ;]|GRANT ${NAME} TO ${NAME}[ ;]|COMMENT ON ROLE ${NAME} IS )`,
);

const ATTRIBUTES = new RegExp(`^(ALTER ROLE ${NAME} WITH)( .*)$`);

function roleOf(line: string): string | undefined {
  const [, role, , member, commented] = ROLE.exec(line) ?? [];
  const name = role ?? member ?? commented;
  return name?.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

const ERROR = /ERROR: /;
const HARMLESS = /already exists|unrecognized configuration parameter/;
const MESSAGE_LIMIT_BYTES = 512;
