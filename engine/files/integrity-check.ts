import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Finding, FindingKind } from '../contract/verify-files';
import type { ObjectVersion } from './listing-page';
import { isReplicaKey, type ReplicaKey } from './replica-key';
import { compareChecksums } from './stored-checksum';
import { headVersion, isArchived, openVersion } from './stored-version';
import type { Bucket } from './version-listing';

/** Where an integrity check looks. */
export interface IntegrityScope {
  readonly source: Bucket;
  readonly replica: Bucket;
  /** Key of every object in the replica; absent when keys are not checked. */
  readonly key: ReplicaKey | undefined;
  /** Ends all requests. */
  readonly signal: AbortSignal;
  /** Ends the reading of bytes; a version whose reading it cuts off counts as unread. */
  readonly readingSignal: AbortSignal;
}

/** A version of the source and its copy. */
export interface VersionPair {
  readonly source: ObjectVersion;
  readonly replica: ObjectVersion;
}

/** What came of checking one version. */
export interface IntegrityResult {
  readonly findings: readonly Finding[];
  /** Whether checksums or bytes of both sides were compared. */
  readonly compared: boolean;
  /** Bytes read from the replica; 0 when stored checksums were enough. */
  readonly bytesRead: number;
  /** The bytes should have been read, and could not be: archived, or no time left. */
  readonly unread: boolean;
  /** When a version was written that turned out to be gone from the replica, in milliseconds since 1970. */
  readonly absentSince?: number;
}

/**
 * Compares the stored checksums of both sides and checks the key of the replica. Where they have no checksum in common,
 * the bytes are read instead.
 *
 * @param mayRead asked before bytes are read; when it answers no, the version counts as unread.
 */
export async function compareStored(
  pair: VersionPair,
  scope: IntegrityScope,
  mayRead: (bytes: number) => boolean,
): Promise<IntegrityResult> {
  const [source, replica] = await Promise.all([
    headVersion(scope.source, pair.source, scope.signal),
    headVersion(scope.replica, pair.replica, scope.signal),
  ]);
  if (source === undefined) {
    return NOTHING;
  }
  if (replica === undefined) {
    return goneFromReplica(pair);
  }
  const findings = wrongKey(pair, replica.SSEKMSKeyId, scope.key);
  const comparison = compareChecksums(source, replica);
  if (comparison.verdict === 'incomparable') {
    // Who may use the right key need not be allowed to use a wrong one: such a version may not be readable at all.
    const isWorthReading = findings.length === 0 && mayRead(pair.replica.size);
    const read = isWorthReading ? await compareBytes(pair, scope) : UNREAD;
    return { ...read, findings: [...findings, ...read.findings] };
  }
  if (comparison.verdict === 'different') {
    findings.push(differentChecksums(pair, comparison.algorithm, comparison.values));
  }
  return { findings, compared: true, bytesRead: 0, unread: false };
}

/**
 * Reads the replica's version in full, compares it with the source's stored checksum, and checks the key. Where both
 * sides have no full-object checksum in common, both are read and compared by SHA-256. Memory is constant.
 */
export async function readInFull(pair: VersionPair, scope: IntegrityScope): Promise<IntegrityResult> {
  const stored = await compareStored(pair, scope, () => true);
  const isSettled = !stored.compared || stored.bytesRead > 0 || stored.findings.some(isMismatch);
  if (isSettled) {
    return stored;
  }
  const read = await readingResult(scope, pair, async () => {
    const digest = await digestOf(scope.replica, pair.replica, scope.readingSignal);
    if (digest === undefined) {
      return goneFromReplica(pair);
    }
    return { ...NOTHING, compared: true, bytesRead: pair.replica.size };
  });
  return { ...read, findings: [...stored.findings, ...read.findings] };
}

const NOTHING: IntegrityResult = { findings: [], compared: false, bytesRead: 0, unread: false };
const UNREAD: IntegrityResult = { ...NOTHING, unread: true };

/** Attempts at reading a version whose connection breaks: the SDK repeats requests, not the reading of a body. */
const READ_ATTEMPTS = 3;

async function compareBytes(pair: VersionPair, scope: IntegrityScope): Promise<IntegrityResult> {
  return readingResult(scope, pair, async () => {
    const [source, replica] = await Promise.all([
      digestOf(scope.source, pair.source, scope.readingSignal),
      digestOf(scope.replica, pair.replica, scope.readingSignal),
    ]);
    if (source === undefined) {
      return NOTHING;
    }
    if (replica === undefined) {
      return goneFromReplica(pair);
    }
    const findings = source === replica ? [] : [differentChecksums(pair, 'SHA-256', [source, replica])];
    return { findings, compared: true, bytesRead: pair.replica.size, unread: false };
  });
}

/** Carries out a reading; what keeps it from being carried out becomes part of the result. */
async function readingResult(
  scope: IntegrityScope,
  pair: VersionPair,
  read: () => Promise<IntegrityResult>,
): Promise<IntegrityResult> {
  if (isArchived(pair.replica)) {
    return UNREAD;
  }
  try {
    return await read();
  } catch (error) {
    if (error instanceof UnreadableBytes) {
      return error.reason === 'archived' ? UNREAD : { ...NOTHING, compared: true, findings: [corrupt(pair, error)] };
    }
    if (scope.readingSignal.aborted && !scope.signal.aborted) {
      return UNREAD;
    }
    throw error;
  }
}

/** Why the bytes of a version cannot be compared although S3 answers. */
class UnreadableBytes extends Error {
  public constructor(
    public readonly reason: 'archived' | 'corrupt',
    message: string,
  ) {
    super(message);
  }
}

/** SHA-256 of a version's bytes, in hexadecimal; `undefined` when the version is gone. */
async function digestOf(bucket: Bucket, version: ObjectVersion, signal: AbortSignal): Promise<string | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await openVersion(bucket, version, signal);
    if (answer === 'gone') {
      return undefined;
    }
    if (answer === 'archived') {
      throw new UnreadableBytes('archived', 'the version must be restored before it can be read');
    }
    const hash = createHash('sha256');
    try {
      await pipeline(answer.Body as NodeJS.ReadableStream, sink(hash.update.bind(hash)), { signal });
      return hash.digest('hex');
    } catch (error) {
      if (error instanceof Error && /checksum mismatch/i.test(error.message)) {
        throw new UnreadableBytes('corrupt', error.message);
      }
      if (attempt === READ_ATTEMPTS || signal.aborted) {
        throw error;
      }
    }
  }
}

function sink(consume: (chunk: Buffer) => unknown): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      consume(chunk);
      done();
    },
  });
}

function isMismatch(finding: Finding): boolean {
  return finding.kind === FindingKind.CHECKSUM_MISMATCH;
}

function identify({ source, replica }: VersionPair) {
  return { key: source.key, versionId: source.versionId, replicaVersionId: replica.versionId };
}

function wrongKey(pair: VersionPair, usedKey: string | undefined, key: ReplicaKey | undefined): Finding[] {
  if (key === undefined || isReplicaKey(usedKey, key)) {
    return [];
  }
  const used = usedKey === undefined ? 'no KMS key' : usedKey;
  const detail = `Encrypted with ${used}, must be ${key.arn}. HINT: copy the version onto itself with the right key, and see who may write to the replica.`;
  return [{ kind: FindingKind.WRONG_KEY, ...identify(pair), detail }];
}

function differentChecksums(
  pair: VersionPair,
  algorithm: string,
  [source, replica]: readonly [string, string],
): Finding {
  const detail = `${algorithm} is ${source} in the source and ${replica} in the replica. HINT: find out which side is right before the other is overwritten.`;
  return { kind: FindingKind.CHECKSUM_MISMATCH, ...identify(pair), detail };
}

function corrupt(pair: VersionPair, error: Error): Finding {
  const detail = `The bytes do not match the checksum stored with them: ${error.message}. HINT: copy the version from the source again.`;
  return { kind: FindingKind.CHECKSUM_MISMATCH, ...identify(pair), detail };
}

function goneFromReplica(pair: VersionPair): IntegrityResult {
  const detail = 'Listed in the replica, and gone when it was read. HINT: look in CloudTrail for who deleted it.';
  const finding = { kind: FindingKind.MISSING, ...identify(pair), detail };
  return { ...NOTHING, findings: [finding], absentSince: pair.source.lastModified };
}
