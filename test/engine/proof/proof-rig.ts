import type { CloudWatchClient, MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { KMSClient } from '@aws-sdk/client-kms';
import { backupPrefix } from '../../../engine/contract/backup-layout';
import { type ProofRecord, ProofSystem, proofsPrefix } from '../../../engine/contract/proofs';
import { DEFAULT_RETENTION } from '../../../engine/contract/retention';
import type { ProofLevel } from '../../../engine/contract/signals';
import type {
  BackupAddress,
  CheckAnswer,
  DatabaseOutcome,
  DumpsTarget,
  PlannedPart,
  TenantsRun,
  VerifyTenantsSettings,
} from '../../../engine/contract/verify-tenants';
import { checkPart } from '../../../engine/proof/check-part';
import { concludeBackup } from '../../../engine/proof/conclude-backup';
import type { DatabaseFacts } from '../../../engine/proof/database-facts';
import { divideBackup } from '../../../engine/proof/divide';
import type { TenantsContext } from '../../../engine/proof/dumps';
import { planRun } from '../../../engine/proof/plan-run';
import { publishRun } from '../../../engine/proof/publish-run';
import { survey } from '../../../engine/proof/survey';
import type { FakeVersion } from '../../fakes/s3-bucket';
import { FakeSdkClient } from '../../fakes/sdk-client';
import { BackupBucket, type BackupPlan, BUCKET, RESOURCE } from '../catalog/backup';

export const SOURCE_KEY = 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001';
export const REPLICA_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000002';
export const REPLICA = 'dumps-replica';
export const PROOFS = 'proofs';
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** The dumps of the rig's database. */
export const TARGET: DumpsTarget = {
  resource: RESOURCE,
  source: { bucket: BUCKET, region: 'eu-west-1', keyArn: SOURCE_KEY },
  replica: {
    bucket: REPLICA,
    region: 'eu-central-1',
    keyArn: 'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica',
  },
  retention: DEFAULT_RETENTION.counts,
  lockMode: 'governance',
};

export const SETTINGS: VerifyTenantsSettings = {
  databases: [TARGET],
  proofs: { bucket: PROOFS, region: 'eu-west-1' },
  alarmName: 'acme-tenants-backupFailed',
  incidentName: 'acme-tenants-incident',
  readCycleDays: 30,
};

/** Backups in a fake S3, with a replica, and the steps of a verification as the state machine takes them. */
export class ProofRig {
  /** Moment of the fake clock. */
  public now = Date.parse('2026-11-23T06:00:00Z');
  /** When the function begins nothing new. */
  public deadline = Number.POSITIVE_INFINITY;
  public matching: TenantsContext['matching'] = 'versionId';
  /** What CloudWatch was sent in the newest run. */
  public cloudWatch = cloudWatchClient();
  /** What the newest run did. */
  public steps: string[] = [];
  private runs = 0;

  public static async start(): Promise<ProofRig> {
    return new ProofRig(await BackupBucket.start());
  }

  private constructor(public readonly backups: BackupBucket) {}

  public reset(): void {
    this.backups.server.reset();
    this.now = Date.parse('2026-11-23T06:00:00Z');
    this.deadline = Number.POSITIVE_INFINITY;
    this.matching = 'versionId';
  }

  public get context(): TenantsContext {
    return {
      s3: () => this.backups.s3,
      kms: () =>
        new FakeSdkClient({
          DescribeKey: () => ({ KeyMetadata: { Arn: REPLICA_KEY, KeyState: 'Enabled' } }),
        }) as unknown as KMSClient,
      matching: this.matching,
      deadline: this.deadline,
      now: () => this.now,
    };
  }

  /** Makes a backup, encrypted and locked as it must be, and copies it. */
  public async backUp(plan: BackupPlan & { readonly isCopied?: boolean }): Promise<void> {
    const { tier, lockedUntil } = await this.backups.publish(plan);
    const prefix = backupPrefix(tier, RESOURCE, plan.id);
    for (const version of this.versions(BUCKET, prefix)) {
      Object.assign(version, { headers: headersOf(SOURCE_KEY, lockedUntil) });
    }
    if (plan.isCopied !== false) {
      this.copy(prefix, lockedUntil);
    }
  }

  /** Copies what begins so, as S3 replicates it: with its version ids. */
  public copy(prefix: string, lockedUntil: string): void {
    const source = this.backups.server.bucket(BUCKET);
    for (const key of source.keys().filter((each) => each.startsWith(prefix))) {
      const copies = source
        .history(key)
        .map((version) => ({ ...version, headers: headersOf(REPLICA_KEY, lockedUntil) }));
      this.backups.server.bucket(REPLICA).histories.set(key, copies);
    }
  }

  /** Gives all copies ids of their own. */
  public renameCopies(): void {
    for (const version of this.versions(REPLICA, '')) {
      Object.assign(version, { versionId: `other-${version.versionId}` });
    }
  }

  /** The only version of an object whose key ends so. */
  public version(bucket: string, ending: string): FakeVersion {
    const [key = ''] = this.backups.server
      .bucket(bucket)
      .keys()
      .filter((each) => each.endsWith(ending));
    return this.backups.server.bucket(bucket).version(key, null);
  }

  /** Takes an object away, with all its versions. @returns puts it back. */
  public lose(bucket: string, ending: string): () => void {
    const { histories } = this.backups.server.bucket(bucket);
    const [key = ''] = [...histories.keys()].filter((each) => each.endsWith(ending));
    const history = histories.get(key) ?? [];
    histories.delete(key);
    return () => histories.set(key, history);
  }

  /** One run, from the plan to the publication. */
  public async run(failure?: string): Promise<DatabaseFacts> {
    this.runs += 1;
    this.steps = [];
    this.cloudWatch = cloudWatchClient();
    const run = this.newRun();
    const outcome = await this.verify(run, failure);
    const publication = { action: 'publish' as const, settings: SETTINGS, run: run.run, startedAt: run.startedAt };
    const client = this.cloudWatch as unknown as CloudWatchClient;
    const [facts] = await publishRun({ ...publication, outcomes: [outcome] }, this.context, client);
    return facts as DatabaseFacts;
  }

  /** What a run is told. */
  public newRun(): TenantsRun {
    const startedAt = new Date(this.now).toISOString();
    return { target: TARGET, proofs: SETTINGS.proofs, run: `run-${this.runs}`, startedAt };
  }

  /** Reads a backup in full. */
  public async prove(run: TenantsRun, backup: BackupAddress, lost: (part: PlannedPart) => boolean = () => false) {
    const { partsKey } = await divideBackup({ ...run, backup }, this.context);
    for (const part of this.parts(partsKey)) {
      if (!lost(part)) {
        await this.check(run, backup, part);
      }
    }
    await concludeBackup({ ...run, backup }, this.context);
  }

  /** The parts of a backup, as the Distributed Map reads them. */
  public parts(key: string): PlannedPart[] {
    const text = this.backups.server.objects(PROOFS).get(key)?.body.toString() ?? '';
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  /** Records of all dumps of a level, oldest first. */
  public records(level: ProofLevel): ProofRecord[] {
    return this.recordsBelow(PROOFS, proofsPrefix(ProofSystem.TENANTS, RESOURCE, level));
  }

  /** Records beside a daily backup, oldest first. */
  public recordsOf(id: string, level: ProofLevel): ProofRecord[] {
    return this.recordsBelow(BUCKET, `${backupPrefix('daily', RESOURCE, id)}proofs/${level}/`);
  }

  /** Values of the metrics of the newest run, by name and dimensions. */
  public metrics(): Record<string, number | undefined> {
    const [{ MetricData: data = [] } = {}] = this.cloudWatch.inputsOf('PutMetricData') as {
      MetricData?: MetricDatum[];
    }[];
    return Object.fromEntries(
      data.map(({ MetricName, Dimensions = [], Value }) => [
        [MetricName, ...Dimensions.slice(1).map((dimension) => dimension.Value)].join(' '),
        Value,
      ]),
    );
  }

  private async verify(run: TenantsRun, failure: string | undefined): Promise<DatabaseOutcome> {
    const plan = await planRun({ ...run, readCycleDays: SETTINGS.readCycleDays }, this.context);
    if (failure !== undefined) {
      return { resource: RESOURCE, error: failure };
    }
    if (plan.isSurveyDue) {
      for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
        this.steps.push('survey');
        ({ next } = await survey({ ...run, ...(next !== undefined && { next }) }, this.context));
      }
    }
    for (const backup of plan.backups) {
      this.steps.push(backup.id);
      await this.prove(run, backup);
    }
    return { resource: RESOURCE };
  }

  private async check(run: TenantsRun, backup: BackupAddress, part: PlannedPart): Promise<void> {
    let answer: CheckAnswer = { rest: { ...run, backup, part } };
    while (answer.rest !== undefined || answer.large !== undefined) {
      const { large, rest }: CheckAnswer = answer;
      if (large !== undefined) {
        this.steps.push('large');
        await checkPart(large, { ...this.context, deadline: Number.POSITIVE_INFINITY });
      }
      answer = rest === undefined ? {} : await checkPart(rest, this.context);
    }
  }

  private recordsBelow(bucket: string, prefix: string): ProofRecord[] {
    const objects = [...this.backups.server.objects(bucket)].filter(([key]) => key.startsWith(prefix));
    return objects.map(([, { body }]) => JSON.parse(body.toString()));
  }

  private versions(bucket: string, prefix: string): FakeVersion[] {
    const { histories } = this.backups.server.bucket(bucket);
    return [...histories].filter(([key]) => key.startsWith(prefix)).flatMap(([, versions]) => versions);
  }
}

const cloudWatchClient = () => new FakeSdkClient({ PutMetricData: () => ({}), SetAlarmState: () => ({}) });

/** Headers of an object that is encrypted and locked. */
export const headersOf = (keyArn: string, lockedUntil: string) => ({
  'x-amz-server-side-encryption': 'aws:kms',
  'x-amz-server-side-encryption-aws-kms-key-id': keyArn,
  'x-amz-object-lock-mode': 'GOVERNANCE',
  'x-amz-object-lock-retain-until-date': lockedUntil,
});
