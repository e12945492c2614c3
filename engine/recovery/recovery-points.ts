import {
  type BackupClient,
  DescribeBackupVaultCommand,
  DescribeCopyJobCommand,
  DescribeRecoveryPointCommand,
  DescribeRestoreJobCommand,
  GetRecoveryPointRestoreMetadataCommand,
  GetRestoreJobMetadataCommand,
  ListRestoreJobsCommand,
  StartCopyJobCommand,
  StartRestoreJobCommand,
} from '@aws-sdk/client-backup';
import { asked, found } from './restore-error';

/** A vault of AWS Backup. */
export interface FoundVault {
  readonly arn: string;
  readonly keyArn: string | undefined;
  /** Shortest and longest retention that its lock takes, in days. */
  readonly leastDays: number | undefined;
  readonly mostDays: number | undefined;
}

/** A recovery point in a vault. */
export interface FoundRecoveryPoint {
  /** ARN of what it is a backup of. */
  readonly resourceArn: string;
  readonly status: string;
  readonly keyArn: string | undefined;
}

/** How far a job of AWS Backup is. */
export interface JobState {
  readonly state: 'running' | 'completed' | 'failed';
  /** What AWS Backup says about it; empty when nothing. */
  readonly message: string;
  /** ARN of what it made. */
  readonly madeArn: string | undefined;
}

/** What AWS Backup is told to restore. */
export interface RestoreJobOrder {
  readonly recoveryPointArn: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly roleArn: string;
  /** The same for a request that is made again. */
  readonly token: string;
}

/** What AWS Backup is told to copy. */
export interface CopyJobOrder {
  readonly recoveryPointArn: string;
  readonly fromVault: string;
  readonly toVaultArn: string;
  readonly roleArn: string;
  readonly keepDays: number;
  readonly token: string;
}

/** The vaults and jobs of AWS Backup in one Region. */
export class RecoveryPoints {
  public constructor(private readonly backup: BackupClient) {}

  /** @returns undefined when there is no such vault. */
  public async vault(name: string): Promise<FoundVault | undefined> {
    const answer = await found(`describe the vault ${name}`, () =>
      this.backup.send(new DescribeBackupVaultCommand({ BackupVaultName: name })),
    );
    return answer === undefined
      ? undefined
      : {
          arn: answer.BackupVaultArn ?? '',
          keyArn: answer.EncryptionKeyArn,
          leastDays: answer.MinRetentionDays,
          mostDays: answer.MaxRetentionDays,
        };
  }

  /** @returns undefined when the vault has no such recovery point. */
  public async find(vaultName: string, arn: string): Promise<FoundRecoveryPoint | undefined> {
    const answer = await found(`describe the recovery point ${arn} in vault ${vaultName}`, () =>
      this.backup.send(new DescribeRecoveryPointCommand({ BackupVaultName: vaultName, RecoveryPointArn: arn })),
    );
    return answer === undefined
      ? undefined
      : {
          resourceArn: answer.ResourceArn ?? '',
          status: answer.Status ?? 'unknown',
          keyArn: answer.EncryptionKeyArn,
        };
  }

  /** How the resource was set up when it was backed up, as a restore job takes it. */
  public async metadata(vaultName: string, arn: string): Promise<Readonly<Record<string, string>>> {
    const answer = await asked(`read the metadata of the recovery point ${arn}`, () =>
      this.backup.send(
        new GetRecoveryPointRestoreMetadataCommand({ BackupVaultName: vaultName, RecoveryPointArn: arn }),
      ),
    );
    return answer.RestoreMetadata ?? {};
  }

  /** Begins a copy, or finds the one that was begun with the same token. @returns id of the job. */
  public async startCopy(order: CopyJobOrder): Promise<string> {
    const request = {
      RecoveryPointArn: order.recoveryPointArn,
      SourceBackupVaultName: order.fromVault,
      DestinationBackupVaultArn: order.toVaultArn,
      IamRoleArn: order.roleArn,
      IdempotencyToken: order.token,
      Lifecycle: { DeleteAfterDays: order.keepDays },
    };
    const { CopyJobId: id = '' } = await asked(`copy the recovery point ${order.recoveryPointArn}`, () =>
      this.backup.send(new StartCopyJobCommand(request)),
    );
    return id;
  }

  /** How far a copy is; what it made is the recovery point in the other vault. */
  public async copyState(jobId: string): Promise<JobState> {
    const { CopyJob: job } = await asked(`describe the copy job ${jobId}`, () =>
      this.backup.send(new DescribeCopyJobCommand({ CopyJobId: jobId })),
    );
    return jobState(job?.State, job?.StatusMessage, job?.DestinationRecoveryPointArn);
  }

  /** Begins a restore, or finds the one that was begun with the same token. @returns id of the job. */
  public async startRestore({ recoveryPointArn, metadata, roleArn, token }: RestoreJobOrder): Promise<string> {
    const request = {
      RecoveryPointArn: recoveryPointArn,
      Metadata: { ...metadata },
      IamRoleArn: roleArn,
      IdempotencyToken: token,
    };
    const { RestoreJobId: id = '' } = await asked(`restore the recovery point ${recoveryPointArn}`, () =>
      this.backup.send(new StartRestoreJobCommand(request)),
    );
    return id;
  }

  /** How far a restore is. */
  public async restoreState(jobId: string): Promise<JobState> {
    const job = await asked(`describe the restore job ${jobId}`, () =>
      this.backup.send(new DescribeRestoreJobCommand({ RestoreJobId: jobId })),
    );
    return jobState(job.Status, job.StatusMessage, job.CreatedResourceArn);
  }

  /**
   * Finds the restore job that makes a database of an identifier from a recovery point, when its id was lost.
   *
   * @param since jobs that were begun before are not looked at.
   * @returns id of the job; undefined when there is none.
   */
  public async findRestore(recoveryPointArn: string, identifier: string, since: Date): Promise<string | undefined> {
    for (const id of await this.restoresOf(recoveryPointArn, since)) {
      const { Metadata: metadata = {} } = await asked(`read the metadata of the restore job ${id}`, () =>
        this.backup.send(new GetRestoreJobMetadataCommand({ RestoreJobId: id })),
      );
      if (metadata.DBInstanceIdentifier === identifier || metadata.DBClusterIdentifier === identifier) {
        return id;
      }
    }
    return undefined;
  }

  /** Ids of the jobs that restore a recovery point. */
  private async restoresOf(recoveryPointArn: string, since: Date): Promise<string[]> {
    const ids: string[] = [];
    let token: string | undefined;
    do {
      const request = { ByCreatedAfter: since, NextToken: token };
      const page = await asked('list the restore jobs', () => this.backup.send(new ListRestoreJobsCommand(request)));
      for (const { RestoreJobId: id, RecoveryPointArn: arn } of page.RestoreJobs ?? []) {
        ids.push(...(arn === recoveryPointArn && id !== undefined ? [id] : []));
      }
      token = page.NextToken;
    } while (token !== undefined);
    return ids;
  }
}

/** A copy that is complete only in part is none to restore from. */
function jobState(state: string | undefined, message = '', madeArn: string | undefined): JobState {
  switch (state) {
    case 'COMPLETED':
      return { state: 'completed', message, madeArn };
    case 'FAILED':
    case 'ABORTED':
    case 'PARTIAL':
      return { state: 'failed', message: message || state, madeArn };
    default:
      return { state: 'running', message, madeArn };
  }
}
