import { commandsFor } from '../../../engine/restore/restore-globals';

const GLOBALS = `SET default_transaction_read_only = off;
CREATE ROLE app;
ALTER ROLE app WITH NOSUPERUSER INHERIT;
COMMENT ON ROLE app IS 'The application';
CREATE ROLE "odd ""one""";
ALTER ROLE "odd ""one""" WITH LOGIN;
CREATE ROLE "app; x";
CREATE ROLE application;
ALTER ROLE app SET search_path TO 'app';
GRANT "odd ""one""" TO app GRANTED BY postgres;
GRANT app TO "odd ""one""" GRANTED BY postgres;
CREATE TABLESPACE fast OWNER app LOCATION '/fast';
`;

test('roles that a server has stay as they are, and get no memberships', () => {
  expect(commandsFor(GLOBALS, new Set(['app'])).split('\n')).toEqual([
    'SET default_transaction_read_only = off;',
    'CREATE ROLE "odd ""one""";',
    'ALTER ROLE "odd ""one""" WITH LOGIN;',
    'CREATE ROLE "app; x";',
    'CREATE ROLE application;',
    `GRANT app TO "odd ""one""" GRANTED BY postgres;`,
    "CREATE TABLESPACE fast OWNER app LOCATION '/fast';",
    '',
  ]);
});

test('a role whose name is quoted is recognized', () => {
  const left = commandsFor(GLOBALS, new Set(['odd "one"']));
  expect(left).not.toMatch(/(CREATE|ALTER) ROLE "odd/);
  expect(left).toContain('GRANT "odd ""one""" TO app');
  expect(left).not.toContain('GRANT app TO');
});

test('a server without any of the roles gets them all', () => {
  expect(commandsFor(GLOBALS, new Set())).toBe(GLOBALS.replace('WITH NOSUPERUSER INHERIT', 'WITH INHERIT'));
});

test('what only a superuser may deny a role is not named, wherever else the words stand', () => {
  const name = '"a WITH NOSUPERUSER"';
  const globals = `ALTER ROLE ${name} WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS;
ALTER ROLE app WITH SUPERUSER REPLICATION BYPASSRLS;
ALTER ROLE app SET app.note TO ' NOSUPERUSER';`;
  expect(commandsFor(globals, new Set()).split('\n')).toEqual([
    `ALTER ROLE ${name} WITH INHERIT NOCREATEROLE NOCREATEDB LOGIN;`,
    'ALTER ROLE app WITH SUPERUSER REPLICATION BYPASSRLS;',
    "ALTER ROLE app SET app.note TO ' NOSUPERUSER';",
  ]);
});
