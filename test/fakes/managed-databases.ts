import type { DBCluster, DBInstance } from '@aws-sdk/client-rds';
import type { Answers } from './sdk-client';
import { sdkError } from './sdk-client';

/** ARNs and names that the fakes use. */
export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
export const RECOVERY_REGION = 'eu-central-1';

/** What goes wrong with an operation: the error that it is answered with. */
export type Fault = (operation: string, input: Readonly<Record<string, unknown>>) => Error | undefined;

/** Answers with what can go wrong. */
export function withFaults(
  answers: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>,
  faults: { readonly fault: Fault; readonly lost: Fault },
): Answers {
  return Object.fromEntries(
    Object.entries(answers).map(([operation, answer]) => [
      operation,
      (input: Readonly<Record<string, unknown>>) => {
        const refused = faults.fault(operation, input);
        if (refused !== undefined) {
          return refused;
        }
        const given = answer(input);
        return faults.lost(operation, input) ?? given;
      },
    ]),
  );
}

type Made<Shape> = Shape & { status: string; looks: number; isProtectionEnding?: boolean };
interface Input {
  readonly [field: string]: unknown;
}

/**
 * RDS in memory, as far as restores go: what is restored or created is there after some looks, and bears what it was asked to. Answers
 * as an SDK client would.
 */
export class FakeRds {
  public readonly instances = new Map<string, Made<DBInstance>>();
  public readonly clusters = new Map<string, Made<DBCluster>>();
  public readonly subnetGroups = new Set(['private']);
  public readonly parameterGroups = new Set(['tuned', 'tuned-cluster', 'default.postgres17']);
  /** What is refused, and not done. */
  public fault: Fault = () => undefined;
  /** What is done, and its answer lost. */
  public lost: Fault = () => undefined;
  /** Looks at something until it is as it shall be. */
  public looks = 1;
  /** The status that something new comes to. */
  public comesTo = 'available';
  /** What deletion comes to: gone, or still there. */
  public deletes = true;
  /** The newest time that instances can be restored to. */
  public latest = new Date('2026-11-23T11:55:00Z');
  public earliest = new Date('2026-10-20T00:00:00Z');

  public get answers(): Answers {
    const all: Record<string, (input: Input) => unknown> = {
      DescribeDBInstances: ({ DBInstanceIdentifier: id }) => ({
        DBInstances: [this.look(this.instances, String(id), 'DBInstanceNotFound')],
      }),
      DescribeDBClusters: ({ DBClusterIdentifier: id }) => ({
        DBClusters: [this.look(this.clusters, String(id), 'DBClusterNotFoundFault')],
      }),
      DescribeDBInstanceAutomatedBackups: ({ DBInstanceIdentifier: id }) => this.instanceBackups(String(id)),
      DescribeDBClusterAutomatedBackups: () => ({ DBClusterAutomatedBackups: [] }),
      DescribeDBSubnetGroups: ({ DBSubnetGroupName: name }) =>
        has(this.subnetGroups, name, { DBSubnetGroups: [{ DBSubnetGroupName: name }] }, 'DBSubnetGroupNotFoundFault'),
      DescribeDBParameterGroups: ({ DBParameterGroupName: name }) =>
        has(this.parameterGroups, name, { DBParameterGroups: [] }, 'DBParameterGroupNotFound'),
      DescribeDBClusterParameterGroups: ({ DBClusterParameterGroupName: name }) =>
        has(this.parameterGroups, name, { DBClusterParameterGroups: [] }, 'DBParameterGroupNotFound'),
      RestoreDBInstanceToPointInTime: (input) => this.addInstance(String(input.TargetDBInstanceIdentifier), input),
      CreateDBInstance: (input) => this.addMember(input),
      RestoreDBClusterToPointInTime: (input) => this.addCluster(String(input.DBClusterIdentifier), input),
      ModifyDBInstance: (input) => this.modify(this.instances, String(input.DBInstanceIdentifier), input),
      ModifyDBCluster: (input) => this.modify(this.clusters, String(input.DBClusterIdentifier), input),
      RebootDBInstance: ({ DBInstanceIdentifier: id }) => this.reboot(String(id)),
      DeleteDBInstance: ({ DBInstanceIdentifier: id }) => this.delete(this.instances, String(id)),
      DeleteDBCluster: ({ DBClusterIdentifier: id }) => this.deleteCluster(String(id)),
      AddTagsToResource: (input) =>
        this.tag(String(input.ResourceName), input.Tags as { Key: string; Value: string }[]),
    };
    return withFaults(all, this);
  }

  /** Puts an instance there, available. */
  public addInstance(id: string, input: Input = {}): object {
    if (this.instances.has(id)) {
      return sdkError('DBInstanceAlreadyExists');
    }
    this.instances.set(id, {
      DBInstanceIdentifier: id,
      DBInstanceArn: `arn:aws:rds:${REGION}:${ACCOUNT}:db:${id}`,
      DbiResourceId: `db-${id.toUpperCase()}`,
      DBInstanceClass: (input.DBInstanceClass as string) ?? 'db.r8g.large',
      Engine: (input.Engine as string) ?? 'postgres',
      KmsKeyId: this.keyArn,
      MultiAZ: input.MultiAZ === true || input.MultiAZ === 'true',
      DBSubnetGroup: { DBSubnetGroupName: input.DBSubnetGroupName as string },
      VpcSecurityGroups: groupsOf(input.VpcSecurityGroupIds),
      DBParameterGroups: [
        { DBParameterGroupName: (input.DBParameterGroupName as string) ?? 'tuned', ParameterApplyStatus: 'in-sync' },
      ],
      Endpoint: { Address: `${id}.example.com`, Port: 5432 },
      TagList: (input.Tags as { Key: string; Value: string }[]) ?? [],
      DeletionProtection: false,
      status: Object.keys(input).length === 0 ? 'available' : 'creating',
      looks: 0,
    });
    return {};
  }

  /** Puts a cluster there, available. */
  public addCluster(id: string, input: Input = {}): object {
    if (this.clusters.has(id)) {
      return sdkError('DBClusterAlreadyExistsFault');
    }
    this.clusters.set(id, {
      DBClusterIdentifier: id,
      DBClusterArn: `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:${id}`,
      DbClusterResourceId: `cluster-${id.toUpperCase()}`,
      Engine: 'aurora-postgresql',
      KmsKeyId: this.keyArn,
      DBSubnetGroup: input.DBSubnetGroupName as string,
      VpcSecurityGroups: groupsOf(input.VpcSecurityGroupIds),
      DBClusterParameterGroup: (input.DBClusterParameterGroupName as string) ?? 'tuned-cluster',
      DBClusterMembers: [],
      Endpoint: `${id}.cluster.example.com`,
      Port: 5432,
      EarliestRestorableTime: this.earliest,
      LatestRestorableTime: this.latest,
      TagList: (input.Tags as { Key: string; Value: string }[]) ?? [],
      DeletionProtection: false,
      status: Object.keys(input).length === 0 ? 'available' : 'creating',
      looks: 0,
    });
    return {};
  }

  /** Key that everything is encrypted with. */
  public keyArn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/orders`;

  private addMember(input: Input): object {
    const id = String(input.DBInstanceIdentifier);
    const cluster = this.clusters.get(String(input.DBClusterIdentifier));
    const made = this.addInstance(id, input);
    if (!(made instanceof Error) && cluster) {
      const members = cluster.DBClusterMembers ?? [];
      cluster.DBClusterMembers = [...members, { DBInstanceIdentifier: id, IsClusterWriter: members.length === 0 }];
    }
    return made;
  }

  private look<Shape extends DBInstance | DBCluster>(there: Map<string, Made<Shape>>, id: string, missing: string) {
    const one = there.get(id);
    if (one === undefined) {
      throw sdkError(missing, `${id} not found.`, 404);
    }
    one.looks += 1;
    if (one.isProtectionEnding) {
      one.DeletionProtection = false;
    }
    if (one.status === 'deleting' && this.deletes) {
      there.delete(id);
    } else if (one.status !== 'available' && one.status !== 'deleting' && one.looks > this.looks) {
      one.status = this.comesTo;
    }
    const [group] = (one as DBInstance).DBParameterGroups ?? [];
    if (group?.ParameterApplyStatus === 'applying' && one.looks > this.looks) {
      (one as DBInstance).DBParameterGroups = [{ ...group, ParameterApplyStatus: 'pending-reboot' }];
    }
    if (one.MasterUserSecret !== undefined && one.looks > this.looks) {
      one.MasterUserSecret = { ...one.MasterUserSecret, SecretStatus: 'active' };
    }
    return { ...one, DBInstanceStatus: one.status, Status: one.status };
  }

  private modify<Shape extends DBInstance | DBCluster>(
    there: Map<string, Made<Shape>>,
    id: string,
    input: Input,
  ): object {
    const one = there.get(id);
    if (one === undefined) {
      return sdkError('DBInstanceNotFound');
    }
    one.looks = 0;
    if (flag(input.ManageMasterUserPassword)) {
      const SecretArn = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:rds!${id}`;
      one.MasterUserSecret = {
        SecretArn,
        SecretStatus: 'creating',
        KmsKeyId: input.MasterUserSecretKmsKeyId as string,
      };
    }
    if (input.DeletionProtection !== undefined) {
      // Until the next look it is protected still.
      one.isProtectionEnding = !flag(input.DeletionProtection);
      one.DeletionProtection ||= !one.isProtectionEnding;
    }
    if (input.VpcSecurityGroupIds !== undefined) {
      one.VpcSecurityGroups = groupsOf(input.VpcSecurityGroupIds);
    }
    if (input.DBParameterGroupName !== undefined) {
      const DBParameterGroupName = input.DBParameterGroupName as string;
      (one as DBInstance).DBParameterGroups = [{ DBParameterGroupName, ParameterApplyStatus: 'applying' }];
    }
    if (input.MultiAZ !== undefined) {
      (one as DBInstance).MultiAZ = flag(input.MultiAZ);
    }
    return {};
  }

  private reboot(id: string): object {
    const instance = this.instances.get(id);
    const [group] = instance?.DBParameterGroups ?? [];
    if (instance && group) {
      instance.DBParameterGroups = [{ ...group, ParameterApplyStatus: 'in-sync' }];
    }
    return {};
  }

  private delete<Shape extends DBInstance | DBCluster>(there: Map<string, Made<Shape>>, id: string): object {
    const one = there.get(id);
    if (one?.DeletionProtection) {
      return sdkError(
        'InvalidParameterCombination',
        'Cannot delete protected DB Instance, please disable deletion protection',
      );
    }
    if (one !== undefined) {
      one.status = 'deleting';
    }
    return {};
  }

  private deleteCluster(id: string): object {
    const members = this.clusters.get(id)?.DBClusterMembers ?? [];
    const left = members.some(({ DBInstanceIdentifier: member = '' }) => {
      const { status } = this.instances.get(member) ?? { status: 'deleting' };
      return status !== 'deleting';
    });
    return left
      ? sdkError(
          'InvalidDBClusterStateFault',
          'Cluster cannot be deleted, it still contains DB instances in non-deleting state.',
        )
      : this.delete(this.clusters, id);
  }

  private tag(arn: string, tags: readonly { Key: string; Value: string }[]): object {
    for (const one of [...this.instances.values(), ...this.clusters.values()]) {
      if ([(one as DBInstance).DBInstanceArn, (one as DBCluster).DBClusterArn].includes(arn)) {
        const kept = (one.TagList ?? []).filter(({ Key }) => !tags.some((tag) => tag.Key === Key));
        one.TagList = [...kept, ...tags];
      }
    }
    return {};
  }

  private instanceBackups(id: string): object {
    const instance = this.instances.get(id);
    return {
      DBInstanceAutomatedBackups:
        instance === undefined
          ? []
          : [
              {
                DbiResourceId: instance.DbiResourceId,
                KmsKeyId: this.keyArn,
                RestoreWindow: { EarliestTime: this.earliest, LatestTime: this.latest },
              },
            ],
    };
  }
}

const flag = (value: unknown): boolean => value === true || value === 'true';

const groupsOf = (ids: unknown) =>
  ((ids as string[] | undefined) ?? []).map((VpcSecurityGroupId) => ({ VpcSecurityGroupId }));

function has<Answer>(there: ReadonlySet<string>, name: unknown, answer: Answer, missing: string): Answer {
  if (!there.has(String(name))) {
    throw sdkError(missing, `${name} not found.`, 404);
  }
  return answer;
}
