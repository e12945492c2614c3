import { DescribeDBSubnetGroupsCommand } from '@aws-sdk/client-rds';
import type { DatabaseRestoreSettings, RestoreDatabaseRequest, RestoreExecution } from '../contract/restore-managed';
import type { DatabaseKind } from '../contract/verify-database';
import type { DatabaseServices } from './database-services';
import { type PlannedInstance, plannedInstances, plannedShape } from './database-shape';
import { type PlannedSource, plannedSource } from './database-source';
import type { DatabaseShape, FoundDatabase } from './databases';
import { found, RestoreRefusedError } from './restore-error';
import { NAME_LIMITS, restoredName } from './restored-name';

/** Everything that a restore of a database will make, and from what. Holds no secret. */
export interface DatabaseRestorePlan {
  readonly kind: DatabaseKind;
  /** Instance or cluster that was backed up. */
  readonly identifier: string;
  /** What is made. */
  readonly newIdentifier: string;
  readonly source: PlannedSource;
  readonly shape: DatabaseShape;
  /** Instances to make of a cluster, the writer first. */
  readonly instances: readonly PlannedInstance[];
  /** Key of the secret with the master password. @default - that of Secrets Manager */
  readonly secretKeyArn?: string;
}

/**
 * Plans a restore, and makes sure of everything that can be known before the first thing is made: that the source is there and can be
 * restored from, its key can be used, the new names are free, and the place to restore to is there.
 *
 * @throws RestoreRefusedError when something is not; nothing has been made then.
 */
export async function planDatabaseRestore(
  request: RestoreDatabaseRequest,
  execution: RestoreExecution,
  settings: DatabaseRestoreSettings,
  services: DatabaseServices,
): Promise<DatabaseRestorePlan> {
  const { kind, identifier } = request;
  const original = await services.databases[kind].find(identifier);
  const newIdentifier = restoredName(identifier, request.newIdentifier, execution, NAME_LIMITS[kind]);
  const shape = plannedShape(request, original);
  const instances = await plannedInstances(request, newIdentifier, shape, original, services.databases.instance);
  await requireFreeNames(services, kind, newIdentifier, instances);
  await requirePlace(services, kind, shape);
  const source = await plannedSource(request, settings, services);
  return {
    kind,
    identifier,
    newIdentifier,
    source,
    shape,
    instances,
    ...secretKey(original),
  };
}

/** The same key as before, unless it was that of Secrets Manager itself. */
function secretKey(original: FoundDatabase | undefined): { secretKeyArn?: string } {
  const keyArn = original?.masterSecret?.keyArn;
  return keyArn === undefined ? {} : { secretKeyArn: keyArn };
}

async function requireFreeNames(
  { databases }: DatabaseServices,
  kind: DatabaseKind,
  newIdentifier: string,
  instances: readonly PlannedInstance[],
): Promise<void> {
  const wanted: readonly (readonly [DatabaseKind, string])[] = [
    [kind, newIdentifier],
    ...instances.map((instance) => ['instance', instance.identifier] as const),
  ];
  for (const [each, name] of wanted) {
    if ((await databases[each].find(name)) !== undefined) {
      throw new RestoreRefusedError(
        `There is a database ${each} ${name} already, and nothing is replaced. HINT: choose another \`newIdentifier\`, or leave it out.`,
      );
    }
  }
}

async function requirePlace(services: DatabaseServices, kind: DatabaseKind, shape: DatabaseShape): Promise<void> {
  const { subnetGroup = '', parameterGroup = '' } = shape;
  const groups = await found(`describe the subnet group ${subnetGroup}`, () =>
    services.rds.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: subnetGroup })),
  );
  if (groups === undefined) {
    throw new RestoreRefusedError(
      `There is no subnet group ${subnetGroup} in this Region. HINT: name one in \`placement.subnetGroup\`.`,
    );
  }
  if (!(await services.databases[kind].hasParameterGroup(parameterGroup))) {
    throw new RestoreRefusedError(
      `There is no ${kind === 'cluster' ? 'cluster ' : ''}parameter group ${parameterGroup} in this Region. HINT: name one in \`placement.parameterGroup\`.`,
    );
  }
}
