import { type aws_kms as kms, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { REPORTS_PREFIX } from '../../engine/contract/layout';
import type { ProofSystem } from '../../engine/contract/proofs';
import { System } from '../../engine/contract/signals';
import { type BucketContent, DeletionWatch, type WatchTrail } from '../audit/deletion-watch';
import { KeyVerification } from '../keys/key-verification';
import type { Paging, PagingRoutes } from '../paging/paging';
import { RouteCheck } from '../paging/route-check';
import { HoldfastDashboard } from '../signals/dashboard';
import { OperationAlarms } from '../signals/operation-alarms';
import { ReportSchedule } from '../signals/report-schedule';
import { SystemAlarms } from '../signals/system-alarms';
import { DeploymentParameter } from './deployment-parameter';
import type { RecoveryRegion } from './recovery-region';

/** Properties of a {@link PlatformWatch}. */
export interface PlatformWatchProps {
  readonly recovery: RecoveryRegion;
  readonly paging: Paging;
  /** Who must be reached. */
  readonly routes: PagingRoutes;
  /** Bucket of the proofs, and its key. */
  readonly proofs: { readonly bucket: s3.IBucket; readonly key: kms.IKey };
  /** Which trail records deletions. @default WatchTrail.OWN */
  readonly trail?: WatchTrail;
}

/**
 * What watches over Holdfast itself in the primary Region, and the one picture for people: its keys, the routes of its pages, its functions,
 * whoever would delete what it keeps; the dashboard, the report and the parameter by which both are found. What is protected is told to
 * it piece by piece.
 */
export class PlatformWatch extends Construct {
  private readonly deployment: DeploymentParameter;
  private readonly reports: ReportSchedule;
  private readonly keys: KeyVerification;
  private readonly deletions: DeletionWatch;

  private readonly recovery: RecoveryRegion;

  constructor(scope: Construct, id: string, { recovery, paging, routes, proofs, trail }: PlatformWatchProps) {
    super(scope, id);
    this.recovery = recovery;
    const { prefix } = recovery;
    const { account, region } = Stack.of(this);
    const isOtherAccount = recovery.isOtherAccountThan(account);
    const place = { recovery, proofsBucket: proofs.bucket, proofsKey: proofs.key };
    this.deployment = new DeploymentParameter(this, 'Deployment', { recovery, objectives: paging.objectives });
    this.reports = new ReportSchedule(this, 'Reports', place);
    this.keys = new KeyVerification(this, 'Keys', { ...place, paging });
    this.keys.verifyElsewhere('replicas', recovery.replicaKeyOrAliasArn(this));
    this.deletions = new DeletionWatch(this, 'Deletions', { paging, trail });
    new RouteCheck(this, 'Routes', {
      prefix,
      routes,
      regions: isOtherAccount ? [region] : [region, recovery.region],
      heartbeat: proofs,
    });
    new SystemAlarms(this, 'Alarms', { paging, system: System.PLATFORM });
    new OperationAlarms(this, 'Operation', { paging });
    new HoldfastDashboard(this, 'Dashboard', {
      prefix,
      side: 'primary',
      otherRegion: recovery.region,
      isOtherAccount,
      resources: () => this.deployment.protectedResources,
      objectives: paging.objectives,
      alarms: () => paging.alarms,
      links: [{ label: 'Reports', url: reportsUrl(region, proofs.bucket.bucketName) }],
    });
  }

  /** Shows a protected resource in the status, the report and the dashboard. */
  public show(system: ProofSystem, resource: string): void {
    this.deployment.add(system, resource);
  }

  /** Shows the backups of a protected resource that lie in a bucket under manifests, and watches over the bucket. */
  public showBackups(bucket: s3.IBucket, key: kms.IKey): void {
    this.reports.readBackups(bucket, key);
    this.deletions.watchBucket(bucket.bucketName, 'kept');
  }

  /** Watches over a bucket of this Region. */
  public watchBucket(bucketName: string, content: BucketContent): void {
    this.deletions.watchBucket(bucketName, content);
  }

  /** Watches over a key of this Region. @param alias by which everything finds it, without `alias/` before it */
  public watchKey(key: kms.IKey, alias: string): void {
    this.keys.verify(alias, key, alias);
    this.deletions.watchKey(key, alias);
  }

  /** Watches over the vault of AWS Backup in this Region, and the keys of both vaults. @param key its alias is the vault's name */
  public watchVault(vaultName: string, key: kms.IKey): void {
    this.deletions.watchVault(vaultName);
    this.watchKey(key, vaultName);
    // In another account an alias does not resolve, and nobody told the key.
    if (!this.recovery.isOtherAccountThan(Stack.of(this).account)) {
      this.keys.verifyElsewhere('copies of recovery points', this.recovery.vaultKeyAliasArn(this));
    }
  }
}

/** Where the reports are seen in the console of S3. */
const reportsUrl = (region: string, bucketName: string): string =>
  `https://${region}.console.aws.amazon.com/s3/buckets/${bucketName}?region=${region}&prefix=${REPORTS_PREFIX}`;
