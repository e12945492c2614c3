import { type GrantListEntry, type KMSClient, ListGrantsCommand } from '@aws-sdk/client-kms';
import { type Grantee, MOST_TOLD_GRANTEES } from '../contract/verify-keys';

/** All who may use a key by grants, as far as they are told one by one. */
export interface KeyGrantees {
  /** At most {@link MOST_TOLD_GRANTEES}, those that are not known first. */
  readonly told: readonly Grantee[];
  /** Number of principals that are not known. */
  readonly unknown: number;
}

/**
 * Lists who may use a key by grants. Of services it is usual: RDS and AWS Backup work by grants, one for each resource.
 *
 * @param knownAccounts whose users and roles may.
 * @throws what KMS throws; Error when there are more grants than are read.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html
 */
export async function listGrantees(
  kms: KMSClient,
  keyArn: string,
  knownAccounts: readonly string[],
): Promise<KeyGrantees> {
  const grantees = new Map<string, { grants: number; operations: Set<string> }>();
  let read = 0;
  for await (const grant of listGrants(kms, keyArn)) {
    read += 1;
    if (read > MOST_GRANTS) {
      throw new Error(`the key has more than ${MOST_GRANTS} grants, more than are read`);
    }
    const principal = grant.GranteeServicePrincipal ?? grant.GranteePrincipal ?? 'nobody';
    const grantee = grantees.get(principal) ?? { grants: 0, operations: new Set<string>() };
    grantee.grants += 1;
    for (const operation of grant.Operations ?? []) {
      grantee.operations.add(operation);
    }
    grantees.set(principal, grantee);
  }
  const all = [...grantees].map(([principal, { grants, operations }]) => ({
    principal,
    grants,
    operations: [...operations].sort(),
    isKnown: isKnown(principal, knownAccounts),
  }));
  const unknown = all.filter((grantee) => !grantee.isKnown);
  return {
    told: [...unknown, ...all.filter((grantee) => grantee.isKnown)].slice(0, MOST_TOLD_GRANTEES),
    unknown: unknown.length,
  };
}

/**
 * Whether a principal may be expected among grantees: it is of a known account, or a service that has to do with backups, in whichever
 * Region.
 */
export function isKnown(principal: string, knownAccounts: readonly string[]): boolean {
  const account = /^arn:[^:]+:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1];
  if (account !== undefined) {
    return knownAccounts.includes(account);
  }
  const [, service] = /^([a-z0-9.-]+)\.amazonaws\.com(?:\.cn)?$/.exec(principal) ?? [];
  return service?.split('.').some((label) => KNOWN_SERVICES.has(label)) ?? false;
}

/** Services that keep, copy or restore what the keys encrypt; EC2 has the volumes of RDS. */
const KNOWN_SERVICES: ReadonlySet<string> = new Set([
  'backup',
  'ec2',
  'elasticache',
  'rds',
  's3',
  'secretsmanager',
  'sns',
]);

/** KMS takes 50,000 grants a key; so many are read within a minute. */
const MOST_GRANTS = 10_000;

async function* listGrants(kms: KMSClient, keyArn: string): AsyncGenerator<GrantListEntry, void> {
  let marker: string | undefined;
  do {
    const page = await kms.send(
      new ListGrantsCommand({ KeyId: keyArn, Limit: 100, ...(marker !== undefined && { Marker: marker }) }),
    );
    yield* page.Grants ?? [];
    marker = page.Truncated ? page.NextMarker : undefined;
  } while (marker !== undefined);
}
