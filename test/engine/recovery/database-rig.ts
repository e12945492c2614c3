import type {
  DatabaseRestoreSettings,
  RestoreAnswer,
  RestoreDatabaseRequest,
  RestoreStep,
} from '../../../engine/contract/restore-managed';
import type { DatabaseServices } from '../../../engine/recovery/database-services';
import { KeyCheck } from '../../../engine/recovery/key-check';
import { RdsClusters } from '../../../engine/recovery/rds-clusters';
import { RdsInstances } from '../../../engine/recovery/rds-instances';
import { RecoveryPoints } from '../../../engine/recovery/recovery-points';
import { restoreDatabase } from '../../../engine/recovery/restore-database';
import { RestoreBusyError } from '../../../engine/recovery/restore-error';
import { FakeBackup } from '../../fakes/managed-backup';
import { ACCOUNT, FakeRds, RECOVERY_REGION } from '../../fakes/managed-databases';
import { FakeSdkClient } from '../../fakes/sdk-client';

export const SETTINGS: DatabaseRestoreSettings = {
  timeoutSeconds: 43_200,
  vaultName: 'acme-vault',
  recoveryVault: { name: 'acme-recovery-vault', region: RECOVERY_REGION, account: ACCOUNT },
  backupRoleArn: `arn:aws:iam::${ACCOUNT}:role/restores`,
};
export const EXECUTION = { id: 'execution-1', startedAt: '2026-11-23T12:00:00.000Z' };
/** What the new database is called unless the request says it. */
export const NEW = 'orders-restored-20261123120000';
export const INSTANCE: RestoreDatabaseRequest = {
  kind: 'instance',
  identifier: 'orders',
  source: { kind: 'pointInTime' },
};
export const CLUSTER: RestoreDatabaseRequest = { ...INSTANCE, kind: 'cluster' };

type Failure = NonNullable<RestoreStep<unknown, unknown>['failure']>;

/** RDS, AWS Backup, KMS and the state machine, so that restores run to their end, with a clock that waits do not stop. */
export class DatabaseRig {
  public readonly rds = new FakeRds();
  public readonly backup = new FakeBackup(this.rds);
  public keyState = 'Enabled';
  public readonly published: string[] = [];
  public readonly sdk = {
    rds: new FakeSdkClient(this.rds.answers),
    backup: new FakeSdkClient(this.backup.answers),
    kms: new FakeSdkClient({ DescribeKey: () => ({ KeyMetadata: { KeyState: this.keyState } }) }),
  };
  public readonly regions: (string | undefined)[] = [];
  public now = Date.parse(EXECUTION.startedAt);
  /** Names of the steps in order. */
  public readonly steps: string[] = [];

  /** With an instance or a cluster `orders` that is set up in a way of its own. */
  public constructor(kind: 'instance' | 'cluster' = 'instance') {
    const place = { DBSubnetGroupName: 'private', VpcSecurityGroupIds: ['sg-1', 'sg-2'] };
    if (kind === 'instance') {
      this.rds.addInstance('orders', { ...place, DBParameterGroupName: 'tuned', MultiAZ: true });
      Object.assign(this.rds.instances.get('orders') ?? {}, {
        status: 'available',
        IAMDatabaseAuthenticationEnabled: true,
        EnabledCloudwatchLogsExports: ['postgresql'],
        MasterUserSecret: { SecretArn: 'arn:old', SecretStatus: 'active', KmsKeyId: 'arn:secret-key' },
      });
      return;
    }
    this.rds.addCluster('orders', { ...place, DBClusterParameterGroupName: 'tuned-cluster' });
    Object.assign(this.rds.clusters.get('orders') ?? {}, {
      status: 'available',
      DBClusterMembers: [
        { DBInstanceIdentifier: 'orders-b', IsClusterWriter: false },
        { DBInstanceIdentifier: 'orders-a', IsClusterWriter: true },
      ],
    });
    this.rds.addInstance('orders-a', { DBInstanceClass: 'db.r8g.xlarge', DBParameterGroupName: 'tuned' });
    this.rds.addInstance('orders-b', { DBInstanceClass: 'db.r8g.large' });
    for (const member of ['orders-a', 'orders-b']) {
      Object.assign(this.rds.instances.get(member) ?? {}, { status: 'available' });
    }
  }

  /** One call of the function. */
  public call(
    request: RestoreDatabaseRequest,
    more: { progress?: unknown; failure?: Failure; isReport?: boolean } = {},
    settings: Partial<DatabaseRestoreSettings> = {},
  ): Promise<RestoreAnswer> {
    const step = { execution: EXECUTION, settings: { ...SETTINGS, ...settings }, request, ...more };
    this.steps.push(String((more.progress as { step?: string } | undefined)?.step ?? 'plan'));
    return restoreDatabase(JSON.parse(JSON.stringify(step)), this.services, this.signals, this.now);
  }

  /** As the state machine does: to the end, or until taken back. @returns the last answer, and the first error */
  public async run(request: RestoreDatabaseRequest, settings: Partial<DatabaseRestoreSettings> = {}): Promise<Outcome> {
    let answer = await this.call(request, {}, settings);
    try {
      while (!answer.isDone) {
        this.now += answer.waitSeconds * 1000;
        answer = await this.again(() => this.call(request, { progress: answer.progress }, settings));
      }
      return { answer, error: undefined };
    } catch (error) {
      return { answer: await this.takeBack(request, answer.progress, error as Error), error: error as Error };
    }
  }

  /** Takes a restore back, as the state machine does after a failure. */
  public async takeBack(request: RestoreDatabaseRequest, progress: unknown, error: Error): Promise<RestoreAnswer> {
    const failure = { Error: error.name, Cause: JSON.stringify({ errorMessage: error.message, trace: ['at x'] }) };
    let answer = await this.again(() => this.call(request, { progress, failure }));
    while (!answer.isDone) {
      this.now += answer.waitSeconds * 1000;
      answer = await this.again(() => this.call(request, { progress: answer.progress, failure }));
    }
    return answer;
  }

  /** Identifiers of all there is. */
  public get present(): string[] {
    return [...this.rds.instances.keys(), ...this.rds.clusters.keys()].sort();
  }

  /** Retries what was busy, as the state machine does. */
  private async again(call: () => Promise<RestoreAnswer>): Promise<RestoreAnswer> {
    for (let attempts = 0; ; attempts += 1) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof RestoreBusyError) || attempts === 6) {
          throw error;
        }
      }
    }
  }

  private get services(): DatabaseServices {
    const rds = this.sdk.rds as never;
    return {
      rds,
      databases: { instance: new RdsInstances(rds), cluster: new RdsClusters(rds) },
      recoveryPoints: (region) => {
        this.regions.push(region);
        return new RecoveryPoints(this.sdk.backup as never);
      },
      keys: new KeyCheck(this.sdk.kms as never),
    };
  }

  private readonly signals = {
    succeeded: async (seconds: number) => {
      this.published.push(`succeeded after ${seconds} s`);
    },
    failed: async (leftBehind: number) => {
      this.published.push(`left ${leftBehind} behind`);
    },
  };
}

/** How a restore ended. */
export interface Outcome {
  readonly answer: RestoreAnswer;
  /** What failed first. */
  readonly error: Error | undefined;
}
