import * as z from 'zod/mini';
import { retentionProblem } from '../contract/retention';
import { COMPRESSIONS, TENANT_DUMPS_VARIABLE, type TenantDumpsSettings } from '../contract/tenant-dumps';
import { type TenantSource, tenantsProblem } from '../contract/tenants';

/** Most groups that the tenants of a database are divided into. */
export const MOST_GROUPS = 100;
/** Most `pg_dump` that one task runs at the same time; each has a connection of its own. */
export const MOST_PARALLELISM = 64;

/**
 * Reads the settings of the jobs `dump` and `restore` from the environment.
 *
 * @throws SettingsError that names every field that is wrong.
 */
export function readSettings(environment: NodeJS.ProcessEnv): TenantDumpsSettings {
  const text = environment[TENANT_DUMPS_VARIABLE];
  if (text === undefined || text === '') {
    throw new SettingsError('the variable is not set');
  }
  const parsed = z.safeParse(settings, parseJson(text));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'settings'}: ${message}`);
    throw new SettingsError(problems.join('; '));
  }
  return parsed.data;
}

/** The settings of a job are missing or wrong. */
export class SettingsError extends Error {
  public constructor(problem: string) {
    super(
      `The settings in ${TENANT_DUMPS_VARIABLE} are wrong (${problem}). HINT: give the job what TenantDumps puts in the environment of its task: JSON, see TenantDumpsSettings.`,
    );
    this.name = 'SettingsError';
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SettingsError('it is no JSON');
  }
}

const name = z.string().check(z.minLength(1));
const upTo = (most: number) => z.number().check(z.int(), z.minimum(1), z.maximum(most));
/** A check of the contract as one of zod's: it says what is wrong, or nothing. */
const without = <Value>(problemOf: (value: Value) => string | undefined) =>
  z.superRefine<Value>((value, context) => {
    const problem = problemOf(value);
    if (problem !== undefined) {
      context.addIssue(problem);
    }
  });

const count = z.number();
const retention = z
  .object({ daily: count, weekly: count, monthly: count, yearly: count })
  .check(without(retentionProblem));

const login = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('secret'), secretArn: z.string().check(z.regex(/^arn:[^:]+:secretsmanager:/)) }),
  z.object({ kind: z.literal('iam'), user: name, region: name }),
  z.object({ kind: z.literal('environment') }),
]);

const tenants = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('schemasLike'), pattern: z.string() }),
    z.object({ kind: z.literal('schemas'), schemas: z.array(z.string()) }),
    z.object({ kind: z.literal('registry'), query: z.string() }),
    z.object({ kind: z.literal('databasesLike'), pattern: z.string() }),
  ])
  .check(without<TenantSource>(tenantsProblem));

const settings = z
  .object({
    resource: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)),
    connection: z.object({ host: name, port: upTo(65_535), database: name, login }),
    tenants,
    leaveOut: z.record(z.string(), name),
    store: z.object({
      bucket: name,
      region: name,
      keyArn: z.optional(z.string().check(z.regex(/^arn:[^:]+:kms:[^:]+:\d{12}:(key|alias)\/.+$/))),
    }),
    lockMode: z.enum(['governance', 'compliance']),
    retention,
    compression: z.enum(COMPRESSIONS),
    groups: upTo(MOST_GROUPS),
    parallelism: upTo(MOST_PARALLELISM),
  })
  .check(
    without((value: Pick<TenantDumpsSettings, 'tenants' | 'groups'>) =>
      value.tenants.kind === 'databasesLike' && value.groups > 1
        ? `groups must be 1 with a database for each tenant, got: ${value.groups}; parallelism says how many are dumped at once`
        : undefined,
    ),
  );
