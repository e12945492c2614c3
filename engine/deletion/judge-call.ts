import {
  type CallRecord,
  CallSource,
  type DeletionAttemptsInput,
  REPLICATION_ROLE_SUFFIX,
  SNAPSHOT_ROLE_SUFFIX,
  WATCHED_CALLS,
  type WatchedCall,
  type WatchedThing,
} from '../contract/deletion-attempts';
import { FIRST_STEPS, requestWords } from './call-words';
import { type Caller, callerOf } from './caller';

/** What a call was. */
export interface JudgedCall {
  /** Who made it, in words. */
  readonly who: string;
  /** What it asked for, in words. */
  readonly what: string;
  /** How it ended: the code of the error, or `done`. */
  readonly outcome: string;
  /** Why nobody needs to hear of it; absent when it is an attempt to delete what is kept, or to loosen what keeps it. */
  readonly normal?: string;
  /** Sentences for whoever is on call. Texts of others in them are as they came. */
  readonly text: string;
}

/**
 * Judges a call that was listened to. Whatever is not known to be normal is an attempt, whether it was carried out or refused.
 *
 * @throws Error when the call is none that is listened to.
 */
export function judgeCall(input: DeletionAttemptsInput): JudgedCall {
  const { detail, region, time } = input;
  const { thing, call } = watched(detail);
  const caller = callerOf(detail);
  const what = requestWords(thing, call, detail);
  const normal = whyNormal(thing, call, caller, input);
  const from = detail.sourceIPAddress === undefined ? '' : ` from ${detail.sourceIPAddress}`;
  const record = detail.eventID === undefined ? '' : ` Record ${detail.eventID} in CloudTrail.`;
  const { outcome, told, hint } = ending(thing, detail);
  return {
    who: caller.words,
    what,
    outcome,
    ...(normal !== undefined && { normal }),
    text: `In ${region} at ${time}, ${caller.words} asked${from} to ${what}: ${told}.${record} HINT: ${hint}`,
  };
}

function watched({ eventSource, eventName }: CallRecord): { thing: WatchedThing; call: WatchedCall } {
  for (const [thing, { source, names }] of Object.entries(WATCHED_CALLS)) {
    const call = names.find((name) => name === eventName);
    if (source === eventSource && call !== undefined) {
      return { thing: thing as WatchedThing, call };
    }
  }
  throw new Error(
    `The function deletion-attempts cannot judge ${eventName} of ${eventSource}. HINT: its rules listen to calls that it does not know; deploy both from the same version.`,
  );
}

/** A request for many objects is answered for each of them, which CloudTrail does not record. */
function ending(thing: WatchedThing, { errorCode }: CallRecord): { outcome: string; told: string; hint: string } {
  if (errorCode !== undefined) {
    const hint = 'nothing is lost. Find out whether it was meant so; if not, take the rights of the caller away.';
    return { outcome: errorCode, told: `it was not done (${errorCode})`, hint };
  }
  const told = thing === 'objects' ? 'it was done, except for what is locked' : 'it was done';
  return { outcome: 'done', told, hint: FIRST_STEPS[thing] };
}

/** Why a call is part of the life of a deployment; undefined when it is not known to be. */
function whyNormal(
  thing: WatchedThing,
  call: WatchedCall,
  caller: Caller,
  { prefix, account, detail }: DeletionAttemptsInput,
): string | undefined {
  const request = detail.requestParameters;
  if (caller.service === DEPLOYMENT && !NEVER_DEPLOYED.has(call)) {
    return 'a deployment sets it';
  }
  if (caller.service === EXPIRY && EXPIRING.has(thing)) {
    return 'AWS Backup lets it expire';
  }
  if (caller.service === REPLICATION && thing === 'object') {
    return 'S3 replicates what was done to the source';
  }
  if (isOwnRole(caller, account, prefix, OWN_CALLS[call])) {
    return 'a function of Holdfast does so by design';
  }
  if (call === 'DeleteObject' && request && request.versionId === undefined) {
    return 'a delete marker deletes nothing';
  }
  return call === 'PutBucketVersioning' && keepsVersions(request) ? 'it lets the bucket keep versions' : undefined;
}

const DEPLOYMENT = 'cloudformation.amazonaws.com';
const EXPIRY = CallSource.BACKUP;

/** Copies delete markers and changes of locks; versions that are deleted it does not. */
const REPLICATION = CallSource.S3;

/** What no deployment does, because everything that is kept stays when its stack goes. Everything else is a setting. */
const NEVER_DEPLOYED: ReadonlySet<WatchedCall> = new Set<WatchedCall>([
  ...WATCHED_CALLS.recoveryPoint.names,
  ...WATCHED_CALLS.object.names,
  ...WATCHED_CALLS.objects.names,
  ...WATCHED_CALLS.databaseSnapshot.names,
  ...WATCHED_CALLS.automatedBackup.names,
  ...WATCHED_CALLS.cacheSnapshot.names,
  'DeleteBackupVault',
  'DeleteBucket',
  'DisableKey',
  'ScheduleKeyDeletion',
]);

/** What AWS Backup deletes when its time is over. */
const EXPIRING: ReadonlySet<WatchedThing> = new Set(['recoveryPoint', 'databaseSnapshot', 'automatedBackup']);

/** Calls that functions of Holdfast make by design, by the end of the name of their role. */
const OWN_CALLS: Readonly<Partial<Record<WatchedCall, string>>> = {
  DeleteSnapshot: SNAPSHOT_ROLE_SUFFIX,
  DeleteServerlessCacheSnapshot: SNAPSHOT_ROLE_SUFFIX,
  PutBucketReplication: REPLICATION_ROLE_SUFFIX,
  DeleteBucketReplication: REPLICATION_ROLE_SUFFIX,
};

/** A role of the same name in another account is somebody else's. */
function isOwnRole({ roleArn }: Caller, account: string, prefix: string, suffix: string | undefined): boolean {
  const [roleAccount, role = ''] = roleArn?.split(':').slice(4) ?? [];
  return suffix !== undefined && roleAccount === account && role.startsWith(`role/${prefix}-`) && role.endsWith(suffix);
}

function keepsVersions(request: CallRecord['requestParameters']): boolean {
  const configuration = request?.VersioningConfiguration;
  return (
    typeof configuration === 'object' &&
    configuration !== null &&
    (configuration as { Status?: unknown }).Status === 'Enabled'
  );
}
