import * as z from 'zod/mini';
import type { Deployment, SystemObjectives } from '../contract/deployment';
import { ProofSystem } from '../contract/proofs';
import { ProofLevel } from '../contract/signals';
import { DeploymentError } from './deployment-error';

/**
 * Reads what a deployment says of itself.
 *
 * @param where names the parameter in errors.
 * @throws DeploymentError when the text is no such thing, or of a format that this version does not know.
 */
export function parseDeployment(text: string, where: string): Deployment {
  const content = jsonOrUndefined(text);
  const format = (content as { format?: unknown } | null | undefined)?.format;
  if (typeof format === 'number' && format !== KNOWN_FORMAT) {
    throw new DeploymentError(
      `The parameter ${where} has the format ${format}, known is ${KNOWN_FORMAT}. HINT: use the version of Holdfast that was deployed, or a newer one.`,
    );
  }
  const { data, error } = z.safeParse(deploymentForm, content);
  if (error !== undefined) {
    const wrong = error.issues[0]?.path.join('.') || 'the whole value';
    throw new DeploymentError(
      `The parameter ${where} describes no deployment of format ${KNOWN_FORMAT} (wrong: ${wrong}). HINT: it was changed by hand; deploy the primary stack again.`,
    );
  }
  return data;
}

const KNOWN_FORMAT = 1;

const filled = z.string().check(z.minLength(1));
const seconds = z.number().check(z.positive());
/** Names become parts of hosts, buckets and lines of a terminal, so none may hold what has a meaning there. */
const name = z.string().check(z.regex(/^[a-z0-9](?:[a-z0-9-]{0,62})$/));
const place = z.object({ account: z.string().check(z.regex(/^\d{12}$/)), region: name });
const names = z.optional(z.array(name));

const systemObjectives = z.object({
  backupAgeSeconds: z.optional(seconds),
  proofAgeSeconds: z.object({
    [ProofLevel.PRESENT]: z.optional(seconds),
    [ProofLevel.INTACT]: z.optional(seconds),
    [ProofLevel.RESTORED]: z.optional(seconds),
  }),
  rpoSeconds: z.optional(seconds),
  rtoSeconds: z.optional(seconds),
}) satisfies z.ZodMiniType<SystemObjectives>;

const deploymentForm = z.object({
  format: z.literal(KNOWN_FORMAT),
  prefix: name,
  software: filled,
  primary: place,
  recovery: place,
  resources: z.object({
    [ProofSystem.DATABASE]: names,
    [ProofSystem.TENANTS]: names,
    [ProofSystem.FILES]: names,
    [ProofSystem.REDIS]: names,
  }),
  objectives: z.object({
    [ProofSystem.DATABASE]: systemObjectives,
    [ProofSystem.TENANTS]: systemObjectives,
    [ProofSystem.FILES]: systemObjectives,
    [ProofSystem.REDIS]: systemObjectives,
  }),
}) satisfies z.ZodMiniType<Deployment>;

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
