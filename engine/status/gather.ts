import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Deployment } from '../contract/deployment';
import { type FoundAlarms, readAlarms } from './alarm-status';
import { byWorst, worst } from './health';
import { Health, type Status } from './model';
import { resourceStatus } from './resource-status';
import { lookAtResources } from './resources';

/** What a picture is made from. Nothing but reading requests is sent. */
export interface StatusSources {
  readonly deployment: Deployment;
  /** Client of the primary Region and account. */
  readonly s3: S3Client;
  /** Client of the primary Region and account. */
  readonly primaryAlarms: CloudWatchClient;
  /** Client of the recovery Region and its account. @default - that account cannot be looked into from here, which is told */
  readonly recoveryAlarms?: CloudWatchClient;
}

/** What the picture shows. */
export interface StatusOptions {
  /** Whether it has the state of each tenant. */
  readonly tenants: boolean;
  /** The moment that all ages count up to. */
  readonly now: Date;
}

/**
 * Looks at what can be restored: the newest proof records of every resource, the backups that are there, and the alarms of both
 * Regions. Never throws because of what it looks at: what cannot be reached or read is told in `unknown`, and the rest is shown.
 *
 * The picture's health is the worst of its parts: critical before unknown, unknown before warning.
 *
 * A reader needs what {@link READER_ACTIONS} lists.
 */
export async function gatherStatus(sources: StatusSources, options: StatusOptions): Promise<Status> {
  const { deployment } = sources;
  const { objectives, primary, recovery, prefix } = deployment;
  const { now } = options;
  const [looks, alarms] = await Promise.all([lookAtResources(sources, options), bothRegions(sources)]);
  const resources = looks.map(({ system, resource, evidence }) =>
    resourceStatus({ system, resource, objectives: objectives[system], now }, evidence),
  );
  const tenants = looks.flatMap((look) => look.tenants);
  const unknown = [
    ...(resources.length === 0 ? [NOTHING_PROTECTED] : []),
    ...new Set(looks.flatMap(({ evidence }) => evidence.unread)),
    ...alarms.unknown,
  ];
  return {
    prefix,
    at: now.toISOString(),
    health: worst([
      ...[...resources, ...tenants, ...alarms.alarms].map(({ health }) => health),
      ...unknown.map(() => Health.UNKNOWN),
    ]),
    primaryRegion: primary.region,
    recoveryRegion: recovery.region,
    resources,
    ...(options.tenants && { tenants, leftOut: looks.flatMap((look) => look.leftOut) }),
    alarms: alarms.alarms,
    unknown,
    objectives,
  };
}

/** What somebody must be allowed to do to make a picture, in IAM's words; on the resources of the deployment. */
export const READER_ACTIONS = [
  'ssm:GetParameter',
  'ssm:GetParametersByPath',
  's3:ListBucket',
  's3:GetObject',
  's3:GetObjectVersion',
  'kms:Decrypt',
  'cloudwatch:DescribeAlarms',
] as const;

const NOTHING_PROTECTED = 'The deployment protects nothing yet. HINT: add what is to be protected, and deploy.';

async function bothRegions({ deployment, primaryAlarms, recoveryAlarms }: StatusSources): Promise<FoundAlarms> {
  const { prefix, recovery } = deployment;
  const elsewhere = {
    alarms: [],
    unknown: [
      `The alarms in ${recovery.region} belong to account ${recovery.account}, which these credentials cannot look into. HINT: give --recovery-profile a profile of that account.`,
    ],
  };
  const found = await Promise.all([
    readAlarms(primaryAlarms, prefix),
    recoveryAlarms === undefined ? elsewhere : readAlarms(recoveryAlarms, prefix),
  ]);
  return {
    alarms: found.flatMap(({ alarms }) => alarms).sort((left, right) => byWorst(left.health, right.health)),
    unknown: found.flatMap(({ unknown }) => unknown),
  };
}
