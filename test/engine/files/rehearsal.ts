import type { KMSClient } from '@aws-sdk/client-kms';
import type { Finding, Matching } from '../../../engine/contract/verify-files';
import { type ProofRequest, type ProofRun, proveTarget } from '../../../engine/files/proof';
import type { ReportSummary } from '../../../engine/files/report';
import type { FakeS3, FakeVersion } from './fake-s3';

/** Key that all objects of the replica must be encrypted with. */
export const REPLICA_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555';

export const HOUR = 3_600_000;

/** When rehearsals begin. */
export const START = Date.parse('2026-11-23T12:00:00Z');

let rehearsals = 0;

/** A source, its replica and the bucket of proofs, in a fake S3 with a clock of its own. */
export class Rehearsal {
  public readonly source: string;
  public readonly replica: string;
  public readonly proofs: string;
  public now = START;
  public matching: Matching = 'versionId';
  public readCycleDays = 30;
  public keyArn: string | undefined = REPLICA_KEY;
  public expireAfterDays: number | undefined;
  public kms = {} as KMSClient;
  /** Ends a run when the clock has been asked this often; each look takes a millisecond. */
  public looksPerRun = Number.POSITIVE_INFINITY;

  public constructor(public readonly s3: FakeS3) {
    rehearsals += 1;
    this.source = `source-${rehearsals}`;
    this.replica = `replica-${rehearsals}`;
    this.proofs = `proofs-${rehearsals}`;
    for (const bucket of [this.source, this.replica, this.proofs]) {
      s3.createBucket(bucket);
    }
  }

  /** Writes a version to the source. */
  public write(key: string, body: string, more: Partial<FakeVersion> = {}): FakeVersion {
    return this.s3.put(this.source, key, body, { lastModified: this.now - 2 * HOUR, ...more });
  }

  /** Deletes a key in the source, which leaves a delete marker. */
  public remove(key: string, more: Partial<FakeVersion> = {}): FakeVersion {
    return this.write(key, '', { isDeleteMarker: true, ...more });
  }

  /** Copies everything the source holds into the replica, as S3 does: same ids, same times, the replica's key. */
  public replicate(more: (version: FakeVersion) => Partial<FakeVersion> = () => ({})): void {
    for (const key of this.s3.keys(this.source)) {
      const copies = this.s3
        .history(this.source, key)
        .map((version) => ({ ...version, keyArn: REPLICA_KEY, ...more(version) }));
      this.s3.history(this.replica, key).splice(0, Number.POSITIVE_INFINITY, ...copies);
    }
  }

  /** Versions of a key in the replica, newest first. */
  public inReplica(key: string): FakeVersion[] {
    return this.s3.history(this.replica, key);
  }

  /** One run of the proof. */
  public async run(): Promise<ProofRun> {
    return proveTarget(this.request());
  }

  /** Runs until the proof has ended. */
  public async prove(): Promise<ProofRun> {
    for (;;) {
      const run = await this.run();
      if (run.outcome !== 'unfinished') {
        return run;
      }
    }
  }

  /** A proof, and after it another one an hour later. */
  public async proveAndWait(): Promise<ProofRun> {
    const run = await this.prove();
    this.now += HOUR;
    return run;
  }

  public request(): ProofRequest {
    const bucket = (name: string) => ({ s3: this.s3.client, name });
    const isLimited = Number.isFinite(this.looksPerRun);
    return {
      target: {
        resource: 'uploads',
        source: { bucket: this.source, region: 'eu-west-1', expireAfterDays: this.expireAfterDays },
        replica: { bucket: this.replica, region: 'eu-central-1', keyArn: this.keyArn },
      },
      source: bucket(this.source),
      replica: bucket(this.replica),
      proofs: bucket(this.proofs),
      kms: this.kms,
      matching: this.matching,
      readCycleDays: this.readCycleDays,
      deadline: this.now + (isLimited ? this.looksPerRun : HOUR),
      now: isLimited ? () => this.now++ : () => this.now,
    };
  }

  /** Findings of a report, from its parts. */
  public findings(run: ProofRun): Finding[] {
    const prefix = `files/uploads/reports/${run.proofId}/`;
    return this.s3
      .keys(this.proofs)
      .filter((key) => key.startsWith(`${prefix}findings-`))
      .sort()
      .flatMap((key) => (this.s3.text(this.proofs, key) ?? '').trimEnd().split('\n'))
      .map((line) => JSON.parse(line) as Finding);
  }

  public summary(run: ProofRun): ReportSummary {
    return JSON.parse(this.s3.text(this.proofs, run.reportKey ?? '') ?? 'null');
  }
}

/** A proof in a fresh rehearsal: what was found, as `kind key`. */
export async function found(rehearsal: Rehearsal): Promise<string[]> {
  const run = await rehearsal.prove();
  if (run.error !== undefined) {
    throw new Error(run.error);
  }
  return rehearsal.findings(run).map(({ kind, key }) => `${kind} ${key}`);
}
