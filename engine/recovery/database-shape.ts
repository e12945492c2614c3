import type { DatabasePlacement, RestoreDatabaseRequest } from '../contract/restore-managed';
import type { DatabaseShape, Databases, FoundDatabase } from './databases';
import { RestoreRefusedError } from './restore-error';

/** An instance to make of a restored cluster. */
export interface PlannedInstance {
  readonly identifier: string;
  readonly instanceClass: string;
  /** @default - that of the engine */
  readonly parameterGroup?: string;
}

/** Class of instances whose capacity follows the load. */
const SERVERLESS = 'db.serverless';

/**
 * Where and how the restored database runs: as the original, except for what the placement says.
 *
 * @param original undefined when it is gone; the placement must say everything then.
 * @throws RestoreRefusedError when something is not said, or does not fit the kind.
 */
export function plannedShape(
  { kind, identifier, placement = {} }: RestoreDatabaseRequest,
  original: FoundDatabase | undefined,
): DatabaseShape {
  refuseFieldsOf(kind === 'cluster' ? ['multiAz'] : ['instances'], placement, kind);
  if (original === undefined) {
    requireEverything(kind === 'cluster' ? [...NEEDED, 'instances'] : NEEDED, placement, `${kind} ${identifier}`);
  }
  const ofRds = kind === 'instance' || original?.instanceClass !== undefined;
  return {
    subnetGroup: placement.subnetGroup ?? original?.subnetGroup,
    securityGroupIds: placement.securityGroupIds ?? original?.securityGroupIds ?? [],
    parameterGroup: placement.parameterGroup ?? original?.parameterGroup,
    instanceClass: ofRds ? (placement.instanceClass ?? original?.instanceClass) : undefined,
    multiAz: kind === 'instance' ? (placement.multiAz ?? original?.multiAz ?? false) : undefined,
    capacity: original?.capacity,
    port: original?.port,
    hasIamSignIn: original?.hasIamSignIn ?? false,
    logExports: original?.logExports ?? [],
    storageType: original?.storageType,
  };
}

/**
 * The instances to make of a cluster: as many, and of the same classes, as the original has, unless the placement says otherwise. None
 * of an instance, nor of a Multi-AZ cluster, whose instances RDS makes by itself.
 *
 * @throws RestoreRefusedError when the cluster has none to go by, or a capacity would be needed that nobody said.
 */
export async function plannedInstances(
  { kind, identifier, placement = {} }: RestoreDatabaseRequest,
  newIdentifier: string,
  shape: DatabaseShape,
  original: FoundDatabase | undefined,
  instances: Databases,
): Promise<readonly PlannedInstance[]> {
  if (kind === 'instance' || shape.instanceClass !== undefined) {
    return [];
  }
  const members = await Promise.all((original?.members ?? []).map((member) => instances.find(member)));
  const count = placement.instances ?? members.length;
  if (count === 0) {
    throw new RestoreRefusedError(
      `The cluster ${identifier} has no instance, so it is unknown which to make. HINT: say \`placement.instances\` and \`placement.instanceClass\`.`,
    );
  }
  return Array.from({ length: count }, (_, index) => {
    const model = members[index] ?? members[0];
    const instanceClass = placement.instanceClass ?? model?.instanceClass;
    if (instanceClass === undefined || (instanceClass === SERVERLESS && shape.capacity === undefined)) {
      throw new RestoreRefusedError(
        `The class of instance ${index + 1} of cluster ${identifier} must be one whose size is known, got: ${instanceClass ?? 'none'}. HINT: say \`placement.instanceClass\`, such as db.r8g.large.`,
      );
    }
    return {
      identifier: `${newIdentifier}-${index + 1}`,
      instanceClass,
      ...(model?.parameterGroup !== undefined && { parameterGroup: model.parameterGroup }),
    };
  });
}

const NEEDED: readonly (keyof DatabasePlacement)[] = [
  'subnetGroup',
  'securityGroupIds',
  'parameterGroup',
  'instanceClass',
];

function requireEverything(
  needed: readonly (keyof DatabasePlacement)[],
  placement: DatabasePlacement,
  original: string,
): void {
  const missing = needed.filter((field) => placement[field] === undefined);
  if (missing.length > 0) {
    throw new RestoreRefusedError(
      `The ${original} is gone, so \`placement\` must say ${needed.join(', ')}; it lacks ${missing.join(', ')}. HINT: take the values from the template or the tags of what was there.`,
    );
  }
}

function refuseFieldsOf(
  fields: readonly (keyof DatabasePlacement)[],
  placement: DatabasePlacement,
  kind: string,
): void {
  const [field] = fields.filter((each) => placement[each] !== undefined);
  if (field !== undefined) {
    throw new RestoreRefusedError(
      `\`placement.${field}\` must not be said of a database of kind ${kind}, got: ${JSON.stringify(placement[field])}. HINT: leave it out.`,
    );
  }
}
