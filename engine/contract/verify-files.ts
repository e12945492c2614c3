/** What a schedule or an operator sends to the function `verify-files`, and what it answers. */

/** A bucket and where it is. */
export interface BucketLocation {
  readonly bucket: string;
  readonly region: string;
}

/** One protected bucket: the source and the replica that must hold everything the source holds. */
export interface FilesTarget {
  /** Name of the protected resource; the dimension `Resource` of its metrics. */
  readonly resource: string;
  readonly source: BucketLocation & {
    /**
     * Age in days at which the source's own lifecycle expires current versions, by writing a delete marker that S3 does
     * not replicate: such a marker (written on top of a version at least this old) is not expected in the replica, whose
     * lifecycle expires the version by itself, later.
     * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
     * @default - current versions do not expire
     */
    readonly expireAfterDays?: number;
  };
  readonly replica: BucketLocation & {
    /**
     * ARN of the key, or of an alias of the key, that every object of the replica must be encrypted with.
     * @default - keys are not checked: without a customer key in the source, S3 encrypts copies the way their sources are
     */
    readonly keyArn?: string;
  };
}

/** Input of `verify-files`: everything it needs, so that the function holds no configuration of its own. */
export interface VerifyFilesEvent {
  readonly targets: readonly FilesTarget[];
  /** Bucket of the reports and of the state between runs. */
  readonly proofs: BucketLocation;
  /** Name of the alarm that findings are written into. */
  readonly alarmName: string;
  /** Name of the composite alarm above it, which pages. @default - the alarm pages itself */
  readonly incidentName?: string;
  /** Days after which every version of the replica has been read in full once. */
  readonly readCycleDays: number;
}

/** What can be wrong with a version in the replica. */
export const FindingKind = {
  /** In the source, and not in the replica. */
  MISSING: 'missing',
  /** In the source since before replication began, and never copied. S3 does not replicate such versions by itself. */
  BEFORE_REPLICATION: 'beforeReplication',
  /** A delete marker of the source that the replica does not have. */
  DELETE_MARKER_MISSING: 'deleteMarkerMissing',
  /** The replica's version has another size. */
  DIFFERENT_SIZE: 'differentSize',
  /** The replica holds a version in this place that the source does not have. */
  DIFFERENT_VERSION: 'differentVersion',
  /** The replica's version is not encrypted with the expected key. */
  WRONG_KEY: 'wrongKey',
  /** The bytes of source and replica differ. */
  CHECKSUM_MISMATCH: 'checksumMismatch',
} as const;
export type FindingKind = (typeof FindingKind)[keyof typeof FindingKind];

/** One line of a report: a version, what is wrong with it, and what to do about it. */
export interface Finding {
  readonly kind: FindingKind;
  readonly key: string;
  /** Version id in the source; absent where only the replica has the version. */
  readonly versionId?: string;
  /** Version id in the replica, where there is one. */
  readonly replicaVersionId?: string;
  /** One sentence with the values that differ. */
  readonly detail: string;
}

/** How versions of source and replica were told to be the same. */
export type Matching =
  /** By version id: S3 replicas keep the id of their source. */
  | 'versionId'
  /** By place in the version history, size and checksum: for a store that gives copies new ids. */
  | 'content';

/** State of one target after a run. */
export type TargetOutcome =
  /** Everything the source held when the proof began is in the replica, or young enough to be on its way. */
  | 'proved'
  /** The proof ran to its end and found something wrong. */
  | 'damaged'
  /** The listing outgrew this run; the next run goes on from the checkpoint. */
  | 'unfinished'
  /** The proof could not be carried out. */
  | 'failed';

/** What the function answers for one target. */
export interface TargetResult {
  readonly resource: string;
  readonly outcome: TargetOutcome;
  readonly matching: Matching;
  /** Id of the proof: the moment it began, as an ISO 8601 instant without punctuation. */
  readonly proofId: string;
  /** Key of `summary.json` of the report in the proofs bucket; absent while unfinished or failed. */
  readonly reportKey?: string;
  /** Number of findings per kind; kinds without any are absent. */
  readonly findings: Readonly<Partial<Record<FindingKind, number>>>;
  /** Versions of the source that were compared, delete markers included. */
  readonly versions: number;
  /** Bytes of those versions. */
  readonly bytes: number;
  /** Age in seconds of the oldest version that is not in the replica; 0 when all are there. */
  readonly replicationLagSeconds: number;
  /** Why a failed target failed. */
  readonly error?: string;
}

/** Answer of `verify-files`. */
export interface VerifyFilesResult {
  readonly targets: readonly TargetResult[];
}
