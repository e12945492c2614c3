import { withoutExisting } from '../../../engine/restore/restore-globals';

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
  expect(withoutExisting(GLOBALS, new Set(['app'])).split('\n')).toEqual([
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
  const left = withoutExisting(GLOBALS, new Set(['odd "one"']));
  expect(left).not.toMatch(/(CREATE|ALTER) ROLE "odd/);
  expect(left).toContain('GRANT "odd ""one""" TO app');
  expect(left).not.toContain('GRANT app TO');
});

test('a server without any of the roles gets them all', () => {
  expect(withoutExisting(GLOBALS, new Set())).toBe(GLOBALS);
});
