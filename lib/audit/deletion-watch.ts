import { aws_events as events, type aws_kms as kms, Lazy, type aws_sqs as sqs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { alarmRule } from '../../engine/contract/alarms';
import {
  BACKUP_SNAPSHOT_PREFIX,
  CALL_EVENT,
  type DeletionAttemptsInput,
  trailName,
  WATCHED_CALLS,
  type WatchedThing,
} from '../../engine/contract/deletion-attempts';
import { SNAPSHOT_NAMES } from '../../engine/contract/redis';
import { System } from '../../engine/contract/signals';
import { EventReader } from '../functions/event-reader';
import type { Paging } from '../paging/paging';
import { pagedBy, ruledAlarm } from '../signals/ruled-alarm';
import { DeletionTrail, trailAlias } from './deletion-trail';

/** Buckets in one rule: with names of 63 characters its pattern stays below the 2048 characters that EventBridge takes. */
const BUCKETS_PER_RULE = 15;

/** Which trail of CloudTrail records the calls; EventBridge hears of none that no trail records. */
export const WatchTrail = {
  /** One of Holdfast's own records everything that is needed. The first copy of calls to services is free in each Region. */
  OWN: 'own',
  /** The account has a trail that records each call to a service that changes something; one of Holdfast's own records the calls about objects. */
  OBJECTS: 'objects',
  /** The account has a trail that records both. */
  EXISTING: 'existing',
} as const;
export type WatchTrail = (typeof WatchTrail)[keyof typeof WatchTrail];

/** What lies in a bucket: what deletes it, and who may. */
export const BucketContent = {
  /** Backups, copies or evidence: nobody but S3's lifecycle deletes any of it. */
  KEPT: 'kept',
  /** Files of an application, which it deletes without their versions; Object Lock keeps these. */
  LOCKED_FILES: 'lockedFiles',
  /** Files of an application, which may delete them and their versions. */
  FILES: 'files',
} as const;
export type BucketContent = (typeof BucketContent)[keyof typeof BucketContent];

/** Properties of a {@link DeletionWatch}. */
export interface DeletionWatchProps {
  readonly paging: Paging;
  /** Which trail records the calls. @default WatchTrail.OWN */
  readonly trail?: WatchTrail;
}

/**
 * Listens in one Region to calls that delete what is kept, or loosen what keeps it, whether they are carried out or refused, and pages
 * who asked for what. What is watched is added piece by piece.
 */
export class DeletionWatch extends Construct {
  /** Queue of the events that got lost on their way: each may have told of an attempt. */
  public readonly lost: sqs.Queue;
  private readonly events: EventReader;
  private readonly trail: DeletionTrail | undefined;
  private readonly buckets: Record<BucketContent, string[][]> = { kept: [], lockedFiles: [], files: [] };

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DeletionWatchProps,
  ) {
    super(scope, id);
    const { paging, trail = WatchTrail.OWN } = props;
    const { alarmName, incidentName } = pagedBy(paging, ATTEMPTS);
    this.events = new EventReader(this, 'Events', {
      name: `${paging.prefix}-deletion-attempts`,
      bundle: 'deletion-attempts',
      description: 'Judges calls that delete what is kept or loosen what keeps it',
    });
    this.lost = this.events.lost;
    this.events.reader.allowMetrics();
    this.events.reader.allowAlarmStates(alarmName, incidentName);
    ruledAlarm(this, 'Attempts', { paging, rule: ATTEMPTS });
    this.cacheSnapshotRule();
    if (trail !== WatchTrail.EXISTING) {
      this.trail = this.ownTrail(trail === WatchTrail.OWN);
      this.watchBucket(this.trail.bucket.bucketName, BucketContent.KEPT);
      this.watchKey(this.trail.encryptionKey, trailAlias(paging.prefix));
    }
  }

  /** Watches a bucket of this Region. */
  public watchBucket(bucketName: string, content: BucketContent): void {
    if (content !== BucketContent.FILES) {
      this.trail?.record(bucketName);
    }
    const rules = this.buckets[content];
    const last = rules.at(-1);
    if (last !== undefined && last.length < BUCKETS_PER_RULE) {
      last.push(bucketName);
      return;
    }
    const names = [bucketName];
    rules.push(names);
    this.rule(`Buckets-${content}-${rules.length}`, CONTENT_CALLS[content], {
      requestParameters: { bucketName: Lazy.list({ produce: () => names }) },
    });
  }

  /** Watches the vault of AWS Backup in this Region, and what RDS keeps for it. */
  public watchVault(vaultName: string): void {
    this.rule('Vault', ['recoveryPoint', 'vault'], {
      $or: [
        { requestParameters: { backupVaultName: [vaultName] } },
        refused({ backupVaultName: `*:backup-vault:${vaultName}*` }),
      ],
    });
    // Refused before AWS Backup read in which vault: then it may be this one.
    this.rule('UnnamedVault', ['recoveryPoint'], {
      requestParameters: { backupVaultName: [{ exists: false }] },
    });
    const ofBackup = [{ prefix: BACKUP_SNAPSHOT_PREFIX }];
    this.rule('DatabaseSnapshots', ['databaseSnapshot'], {
      requestParameters: { $or: [{ dBSnapshotIdentifier: ofBackup }, { dBClusterSnapshotIdentifier: ofBackup }] },
    });
    this.rule('AutomatedBackups', ['automatedBackup'], {});
  }

  /**
   * Watches a key of this Region.
   *
   * @param alias by which everything finds the key, with or without `alias/` before it.
   */
  public watchKey(key: kms.IKey, alias: string): void {
    const name = alias.replace(/^alias\//, '');
    const aliasName = `alias/${name}`;
    this.rule(`Key-${name}`, ['key', 'alias'], {
      $or: [
        { requestParameters: { keyId: [key.keyId, key.keyArn] } },
        { requestParameters: { aliasName: [aliasName] } },
        refused({ keyId: `*:key/${key.keyId}*`, aliasName: `*:${aliasName}*` }),
      ],
    });
  }

  private cacheSnapshotRule(): void {
    const ours = [{ wildcard: SNAPSHOT_NAMES }];
    this.rule('CacheSnapshots', ['cacheSnapshot'], {
      requestParameters: { $or: [{ snapshotName: ours }, { serverlessCacheSnapshotName: ours }] },
    });
  }

  private ownTrail(managementEvents: boolean): DeletionTrail {
    const { prefix } = this.props.paging;
    const trail = new DeletionTrail(this, 'Trail', { prefix, managementEvents });
    this.rule('TrailCalls', ['trail'], { requestParameters: { name: [trailName(prefix), trail.arn] } });
    return trail;
  }

  private rule(id: string, things: readonly WatchedThing[], detail: Readonly<Record<string, unknown>>): void {
    const calls = things.map((thing) => WATCHED_CALLS[thing]);
    const sources = [...new Set(calls.map(({ source }) => source))];
    const input: Record<keyof DeletionAttemptsInput, unknown> = {
      prefix: this.props.paging.prefix,
      account: events.EventField.account,
      region: events.EventField.region,
      time: events.EventField.time,
      detail: events.EventField.fromPath('$.detail'),
      ...pagedBy(this.props.paging, ATTEMPTS),
    };
    this.events.read(
      id,
      {
        source: sources.map((source) => `aws.${source.split('.')[0]}`),
        detailType: [CALL_EVENT],
        detail: { eventSource: sources, eventName: calls.flatMap(({ names }) => names), ...detail },
      },
      input,
    );
  }
}

const ATTEMPTS = alarmRule(System.PLATFORM, 'deletionAttempts');

/** Calls that concern a bucket, by what lies in it. */
const CONTENT_CALLS: Readonly<Record<BucketContent, readonly WatchedThing[]>> = {
  kept: ['bucket', 'object', 'objects'],
  lockedFiles: ['bucket', 'object'],
  files: ['bucket'],
};

/**
 * What a service refused before it read what the request names: the message of the error alone says what it was about.
 *
 * @param messages pattern of the message by each field that would name it.
 */
function refused(messages: Readonly<Record<string, string>>): object {
  const unread = Object.keys(messages).map((field) => [field, [{ exists: false }]] as const);
  return {
    errorMessage: Object.values(messages).map((wildcard) => ({ wildcard })),
    requestParameters: Object.fromEntries(unread),
  };
}
