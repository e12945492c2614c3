import type { FakeRds, Fault } from './managed-databases';
import { ACCOUNT, RECOVERY_REGION, REGION, withFaults } from './managed-databases';
import { type Answers, sdkError } from './sdk-client';

/** A recovery point of the instance `orders` in the primary vault. */
export const POINT = `arn:aws:rds:${REGION}:${ACCOUNT}:snapshot:awsbackup:job-1`;
/** Its copy in the recovery vault. */
export const COPY = `arn:aws:rds:${RECOVERY_REGION}:${ACCOUNT}:snapshot:awsbackup:copyjob-2`;
/** The copy of the copy, back in the primary vault. */
export const COPIED_BACK = `arn:aws:rds:${REGION}:${ACCOUNT}:snapshot:awsbackup:copyjob-3`;

/** A job of the fake. */
interface FakeJob {
  readonly id: string;
  readonly token: string;
  readonly recoveryPointArn: string;
  readonly metadata: Readonly<Record<string, string>>;
  looks: number;
}

interface Input {
  readonly [field: string]: unknown;
}

/** AWS Backup in memory, for both Regions: vaults with recovery points of the instance `orders`, and jobs that take some looks. */
export class FakeBackup {
  public readonly restoreJobs: FakeJob[] = [];
  public readonly copyJobs: FakeJob[] = [];
  /** What is refused, and not done. */
  public fault: Fault = () => undefined;
  /** What is done, and its answer lost. */
  public lost: Fault = () => undefined;
  /** Looks at a job until it is done. */
  public looks = 1;
  /** How jobs end. */
  public comesTo = 'COMPLETED';
  /** What restore jobs say that they made. */
  public madeArn: string | undefined;
  /** State of recovery points. */
  public pointStatus = 'COMPLETED';
  /** What recovery points are of. */
  public resourceArn = `arn:aws:rds:${REGION}:${ACCOUNT}:db:orders`;
  /** Range of the lock of the primary vault, in days. */
  public lock: { MinRetentionDays?: number; MaxRetentionDays?: number } = { MinRetentionDays: 30 };
  public metadata: Readonly<Record<string, string>> = {
    DBInstanceIdentifier: 'orders',
    DBSnapshotIdentifier: 'awsbackup:job-1',
    DBInstanceClass: 'db.r8g.large',
    Engine: 'postgres',
    DBSubnetGroupName: 'default',
    AvailabilityZone: 'us-east-1a',
    Port: '5432',
    'aws:backup:request-id': '1',
  };

  /** @param rds where restore jobs make databases */
  public constructor(private readonly rds: FakeRds) {}

  public get answers(): Answers {
    const all: Record<string, (input: Input) => unknown> = {
      DescribeBackupVault: ({ BackupVaultName: name }) => this.vault(String(name)),
      DescribeRecoveryPoint: ({ RecoveryPointArn: arn }) => this.point(String(arn)),
      GetRecoveryPointRestoreMetadata: () => ({ RestoreMetadata: this.metadata }),
      StartRestoreJob: (input) => ({ RestoreJobId: this.begin(this.restoreJobs, 'restore', input) }),
      DescribeRestoreJob: ({ RestoreJobId: id }) => this.restoreState(String(id)),
      GetRestoreJobMetadata: ({ RestoreJobId: id }) => ({ Metadata: job(this.restoreJobs, String(id)).metadata }),
      ListRestoreJobs: () => ({
        RestoreJobs: this.restoreJobs.map(({ id, recoveryPointArn }) => ({
          RestoreJobId: id,
          RecoveryPointArn: recoveryPointArn,
        })),
      }),
      StartCopyJob: (input) => ({ CopyJobId: this.begin(this.copyJobs, 'copy', input) }),
      DescribeCopyJob: ({ CopyJobId: id }) => this.copyState(String(id)),
    };
    return withFaults(all, this);
  }

  private vault(name: string): object {
    if (name !== 'acme-vault') {
      throw sdkError('ResourceNotFoundException', `Backup vault ${name} not found.`);
    }
    const BackupVaultArn = `arn:aws:backup:${REGION}:${ACCOUNT}:backup-vault:${name}`;
    return { BackupVaultArn, EncryptionKeyArn: this.rds.keyArn, ...this.lock };
  }

  private point(arn: string): object {
    if (![POINT, COPY, COPIED_BACK].includes(arn)) {
      throw sdkError('ResourceNotFoundException', `Recovery point ${arn} not found.`);
    }
    return { ResourceArn: this.resourceArn, Status: this.pointStatus, EncryptionKeyArn: this.rds.keyArn };
  }

  /** A request with a token that was seen already begins nothing. */
  private begin(jobs: FakeJob[], kind: string, input: Input): string {
    const token = String(input.IdempotencyToken);
    const there = jobs.find((each) => each.token === token);
    const metadata = (input.Metadata ?? {}) as Record<string, string>;
    const id = there?.id ?? `${kind}-${jobs.length + 1}`;
    if (there === undefined) {
      jobs.push({ id, token, recoveryPointArn: String(input.RecoveryPointArn), metadata, looks: 0 });
    }
    return id;
  }

  private restoreState(id: string): object {
    const one = job(this.restoreJobs, id);
    const status = this.stateOf(one);
    if (status === 'COMPLETED' && one.looks === this.looks + 1) {
      this.make(one.metadata);
    }
    return {
      Status: status,
      CreatedResourceArn: this.madeArn,
      ...(status === 'FAILED' && { StatusMessage: 'The subnet group has too few zones.' }),
    };
  }

  private make({ VpcSecurityGroupIds = '[]', ...metadata }: Readonly<Record<string, string>>): void {
    const { DBClusterIdentifier: cluster, DBInstanceIdentifier: instance } = metadata;
    const input = { ...metadata, VpcSecurityGroupIds: JSON.parse(VpcSecurityGroupIds) };
    if (cluster !== undefined) {
      this.rds.addCluster(cluster, input);
    } else if (instance !== undefined) {
      this.rds.addInstance(instance, input);
    }
  }

  private copyState(id: string): object {
    const state = this.stateOf(job(this.copyJobs, id));
    return { CopyJob: { State: state, DestinationRecoveryPointArn: COPIED_BACK } };
  }

  private stateOf(one: FakeJob): string {
    one.looks += 1;
    return one.looks > this.looks ? this.comesTo : 'RUNNING';
  }
}

function job(jobs: readonly FakeJob[], id: string): FakeJob {
  const found = jobs.find((each) => each.id === id);
  if (found === undefined) {
    throw sdkError('ResourceNotFoundException', `Job ${id} not found.`);
  }
  return found;
}
