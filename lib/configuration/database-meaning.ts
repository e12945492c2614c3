import { type TenantSource, tenantsProblem } from '../../engine/contract/tenants';
import { secretProblems } from '../login-secret';
import { networkProblems } from '../network';
import { alarmedNameProblems } from '../platform/names';
import type { Problem } from '../problem';
import { dumpOptionsProblems } from '../tenants/dump-options';
import type { DatabaseConfiguration } from './database-schema';

/** The ways to say which tenants there are. */
const TENANT_WAYS = ['schemasLike', 'schemas', 'registry', 'databasesLike'] as const;

/** What is wrong between the fields of a well-formed database. */
export function databaseProblems(
  database: DatabaseConfiguration,
  path: string,
  primaryRegion: string | undefined,
): Problem[] {
  const { tenants } = database;
  return [
    ...alarmedNameProblems(database.name, `${path}.name`),
    ...signInProblems(database.signIn, `${path}.signIn`, primaryRegion),
    ...(database.restoreSignIn ? signInProblems(database.restoreSignIn, `${path}.restoreSignIn`, primaryRegion) : []),
    ...tenantsProblems(tenants, `${path}.tenants`),
    ...dumpOptionsProblems(database, tenantSource(tenants), path),
    ...networkProblems(database.network, `${path}.network`),
  ];
}

/** Which tenants a database has, as far as it is said in exactly one way. */
export function tenantSource(tenants: DatabaseConfiguration['tenants']): TenantSource {
  const { schemasLike, schemas, registry, databasesLike = '' } = tenants;
  if (schemas !== undefined) {
    return { kind: 'schemas', schemas };
  }
  if (registry !== undefined) {
    return { kind: 'registry', query: registry };
  }
  return schemasLike === undefined
    ? { kind: 'databasesLike', pattern: databasesLike }
    : { kind: 'schemasLike', pattern: schemasLike };
}

function tenantsProblems(tenants: DatabaseConfiguration['tenants'], path: string): Problem[] {
  const given = Object.keys(tenants);
  if (given.length !== 1) {
    return [oneOf(path, TENANT_WAYS, given)];
  }
  const problem = tenantsProblem(tenantSource(tenants));
  return problem === undefined ? [] : [{ path, message: problem }];
}

function signInProblems(
  signIn: DatabaseConfiguration['signIn'],
  path: string,
  primaryRegion: string | undefined,
): Problem[] {
  const given = Object.keys(signIn);
  if (given.length !== 1) {
    return [oneOf(path, ['secret', 'iam'], given)];
  }
  return signIn.secret && primaryRegion !== undefined
    ? secretProblems(signIn.secret, `${path}.secret`, primaryRegion)
    : [];
}

/** That not exactly one of some ways was given. */
export function oneOf(path: string, ways: readonly string[], given: readonly string[]): Problem {
  return {
    path,
    message: `must have exactly one of ${ways.join(', ')}, got: ${given.length === 0 ? 'none' : given.join(', ')}`,
  };
}
