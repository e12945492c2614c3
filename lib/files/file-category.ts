import { type FileLifecycle, REPLICA_KEEPS_LONGER_DAYS, type VersionLifecycle } from './file-lifecycle';

/** What a category of files is kept like: on the source, and on the replica. */
interface CategoryDefaults {
  readonly source: FileLifecycle;
  /** Days for which Object Lock keeps each version of the replica from being deleted. */
  readonly replicaLockDays: number;
}

/** Seven years with their leap days. */
const SEVEN_YEARS_DAYS = 2557;

/**
 * What kind of files a bucket holds. The category decides how long current and earlier versions are kept, where they are
 * stored as they age, and what is locked; each of these can be overridden per bucket.
 */
export class FileCategory {
  /** Pictures of users and tenants: small, read often, replaced whole. Earlier versions are kept 30 days. */
  public static readonly PROFILE_PICTURES = new FileCategory('profilePictures', {
    source: { noncurrentVersions: { expireAfterDays: 30 } },
    replicaLockDays: 30,
  });

  /** What users uploaded and cannot make again: kept for ever, colder with age. Earlier versions are kept 90 days. */
  public static readonly UPLOADED_DOCUMENTS = new FileCategory('uploadedDocuments', {
    source: {
      currentVersions: {
        transitions: [
          { storageClass: 'STANDARD_IA', afterDays: 90 },
          { storageClass: 'GLACIER_IR', afterDays: 365 },
        ],
      },
      noncurrentVersions: { expireAfterDays: 90 },
    },
    replicaLockDays: 90,
  });

  /** What the platform can generate again: kept a year. Earlier versions are kept 30 days. */
  public static readonly GENERATED_REPORTS = new FileCategory('generatedReports', {
    source: {
      currentVersions: { transitions: [{ storageClass: 'STANDARD_IA', afterDays: 30 }], expireAfterDays: 365 },
      noncurrentVersions: { expireAfterDays: 30 },
    },
    replicaLockDays: 30,
  });

  /** Exports, imports and other passing files: kept a week, and a day once replaced. */
  public static readonly TEMPORARY_FILES = new FileCategory('temporaryFiles', {
    source: {
      currentVersions: { expireAfterDays: 7 },
      noncurrentVersions: { expireAfterDays: 1 },
      abortIncompleteUploadsAfterDays: 1,
    },
    replicaLockDays: 7,
  });

  /** Configuration of platform and tenants: small, and last year's state is asked for. Earlier versions are kept a year. */
  public static readonly CONFIGURATION_FILES = new FileCategory('configurationFiles', {
    source: { noncurrentVersions: { expireAfterDays: 365 } },
    replicaLockDays: 90,
  });

  /** Certificates and their chains: locked for a year; earlier versions are kept 13 months, past any validity. */
  public static readonly SSL_CERTIFICATES = new FileCategory('sslCertificates', {
    source: { noncurrentVersions: { expireAfterDays: 398 }, lockDays: 365 },
    replicaLockDays: 365,
  });

  /** Logs of the platform: colder after a month, kept a year. */
  public static readonly LOG_FILES = new FileCategory('logFiles', {
    source: {
      currentVersions: {
        transitions: [
          { storageClass: 'STANDARD_IA', afterDays: 30 },
          { storageClass: 'GLACIER_IR', afterDays: 90 },
        ],
        expireAfterDays: 365,
      },
      noncurrentVersions: { expireAfterDays: 30 },
    },
    replicaLockDays: 30,
  });

  /** Records that auditors ask for: every version locked and kept seven years. */
  public static readonly AUDIT_RECORDS = new FileCategory('auditRecords', {
    source: {
      currentVersions: {
        transitions: [{ storageClass: 'GLACIER_IR', afterDays: 90 }],
        expireAfterDays: SEVEN_YEARS_DAYS,
      },
      noncurrentVersions: { expireAfterDays: SEVEN_YEARS_DAYS },
      lockDays: SEVEN_YEARS_DAYS,
    },
    replicaLockDays: SEVEN_YEARS_DAYS,
  });

  /** All categories, in the order of the documentation. */
  public static readonly ALL: readonly FileCategory[] = [
    FileCategory.PROFILE_PICTURES,
    FileCategory.UPLOADED_DOCUMENTS,
    FileCategory.GENERATED_REPORTS,
    FileCategory.TEMPORARY_FILES,
    FileCategory.CONFIGURATION_FILES,
    FileCategory.SSL_CERTIFICATES,
    FileCategory.LOG_FILES,
    FileCategory.AUDIT_RECORDS,
  ];

  private constructor(
    /** Name of the category in the configuration file. */
    public readonly id: string,
    private readonly defaults: CategoryDefaults,
  ) {}

  /** The category with the given name. Throws when there is none. */
  public static named(id: string): FileCategory {
    const category = FileCategory.ALL.find((candidate) => candidate.id === id);
    if (!category) {
      throw new Error(`\`category\` must be one of ${FileCategory.ALL.map((each) => each.id).join(', ')}, got: ${id}`);
    }
    return category;
  }

  /** Lifecycle of the source: the category's, with the fields of `overrides` in their place. */
  public sourceLifecycle(overrides: FileLifecycle = {}): FileLifecycle {
    return { ...this.defaults.source, ...overrides };
  }

  /**
   * Lifecycle of the replica: the source's with every expiry later by {@link REPLICA_KEEPS_LONGER_DAYS}, locked, and with
   * the fields of `overrides` in their place.
   */
  public replicaLifecycle(source: FileLifecycle, overrides: FileLifecycle = {}): FileLifecycle {
    const noncurrentVersions = keptLonger(source.noncurrentVersions);
    const lockDays = Math.max(
      Math.min(this.defaults.replicaLockDays, noncurrentVersions?.expireAfterDays ?? Number.POSITIVE_INFINITY),
      source.lockDays ?? 0,
    );
    return {
      ...source,
      ...(source.currentVersions && { currentVersions: keptLonger(source.currentVersions) }),
      ...(noncurrentVersions && { noncurrentVersions }),
      lockDays,
      ...overrides,
    };
  }
}

function keptLonger<T extends VersionLifecycle | undefined>(versions: T): T {
  if (versions?.expireAfterDays === undefined) {
    return versions;
  }
  return { ...versions, expireAfterDays: versions.expireAfterDays + REPLICA_KEEPS_LONGER_DAYS };
}
