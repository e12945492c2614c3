import type { aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ProofSystem } from '../../engine/contract/proofs';
import { System } from '../../engine/contract/signals';
import { BucketContent, DeletionWatch, type WatchTrail } from '../audit/deletion-watch';
import type { Paging, PagingRoutes } from '../paging/paging';
import { RouteCheck } from '../paging/route-check';
import { HoldfastDashboard } from '../signals/dashboard';
import { OperationAlarms } from '../signals/operation-alarms';
import { RecoveryAlarmsAccess } from '../signals/recovery-alarms-access';
import { SystemAlarms } from '../signals/system-alarms';
import type { RecoveryRegion } from './recovery-region';

/** Properties of a {@link RecoveryWatch}. */
export interface RecoveryWatchProps {
  readonly recovery: RecoveryRegion;
  /** Account and Region that are protected. */
  readonly primary: { readonly account: string; readonly region: string };
  readonly paging: Paging;
  /** Who must be reached. */
  readonly routes: PagingRoutes;
  /** Which trail records deletions. @default WatchTrail.OWN */
  readonly trail?: WatchTrail;
}

/**
 * What watches over the copies in the recovery Region: whoever would delete them, the functions there and the dashboard. In an account of
 * its own also the routes of its pages, which in the same account the primary Region looks at.
 */
export class RecoveryWatch extends Construct {
  private readonly deletions: DeletionWatch;
  private readonly resources: Partial<Record<ProofSystem, string[]>> = {};

  constructor(scope: Construct, id: string, { recovery, primary, paging, routes, trail }: RecoveryWatchProps) {
    super(scope, id);
    const { prefix } = recovery;
    const isOtherAccount = recovery.isOtherAccountThan(primary.account);
    this.deletions = new DeletionWatch(this, 'Deletions', { paging, trail });
    if (isOtherAccount) {
      new RouteCheck(this, 'Routes', { prefix, routes });
      new SystemAlarms(this, 'Alarms', { paging, system: System.PLATFORM, without: ['keysUnusable', 'keyDrift'] });
      new RecoveryAlarmsAccess(this, 'AlarmsAccess', { prefix, primaryAccount: primary.account });
    }
    new OperationAlarms(this, 'Operation', { paging });
    new HoldfastDashboard(this, 'Dashboard', {
      prefix,
      side: 'recovery',
      otherRegion: primary.region,
      isOtherAccount,
      resources: () => this.resources,
      objectives: paging.objectives,
      alarms: () => paging.alarms,
    });
  }

  /** Shows a protected resource in the dashboard. */
  public show(system: ProofSystem, resource: string): void {
    this.resources[system] = [...(this.resources[system] ?? []), resource];
  }

  /** Watches over a replica. */
  public watchReplica(bucketName: string): void {
    this.deletions.watchBucket(bucketName, BucketContent.KEPT);
  }

  /** Watches over a vault of AWS Backup, and its key, whose alias is the vault's name. */
  public watchVault(vaultName: string, key: kms.IKey): void {
    this.deletions.watchVault(vaultName);
    this.watchKey(key, vaultName);
  }

  /** Watches over a key. @param alias by which everything finds it, without `alias/` before it */
  public watchKey(key: kms.IKey, alias: string): void {
    this.deletions.watchKey(key, alias);
  }
}
