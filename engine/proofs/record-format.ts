import * as z from 'zod/mini';
import {
  MOST_RECORDED_FINDINGS,
  PROOF_SYSTEMS,
  type ProofFinding,
  ProofOutcome,
  type ProofRecord,
} from '../contract/proofs';
import { ProofLevel } from '../contract/signals';
import { printable, shorten } from '../signals/alarm-text';
import { SOFTWARE_VERSION } from '../software';

/** What a proof established, before it becomes a record. */
export interface ProvedFacts
  extends Omit<ProofRecord, 'format' | 'software' | 'startedAt' | 'finishedAt' | 'findingCount'> {
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** Number of all findings. @default - as many as are given */
  readonly findingCount?: number;
}

/** Characters of what a record says of one finding; its report says the rest. */
const MOST_DETAIL_CHARACTERS = 500;

/** The record of a proof by this version of Holdfast: of its findings the first, critical ones before others, each cut to a length. */
export function proofRecord({ findings, findingCount, startedAt, finishedAt, ...facts }: ProvedFacts): ProofRecord {
  return {
    format: 1,
    ...facts,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    software: SOFTWARE_VERSION,
    findingCount: findingCount ?? findings.length,
    findings: criticalFirst(findings).slice(0, MOST_RECORDED_FINDINGS).map(recorded),
  };
}

/** Kind of the finding that something could not be looked up. */
export const UNKNOWN_KIND = 'unknown';

/** How a proof ended that looked at what it could: what could not be looked at leaves it open, unless the rest shows damage. */
export function outcomeOf(findings: readonly ProofFinding[]): ProofOutcome {
  const criticals = findings.filter(({ isCritical }) => isCritical);
  if (criticals.length === 0) {
    return ProofOutcome.PROVED;
  }
  return criticals.every(({ kind }) => kind === UNKNOWN_KIND) ? ProofOutcome.FAILED : ProofOutcome.DAMAGED;
}

/** The bytes of a record. */
export const proofRecordBytes = (record: ProofRecord): Buffer =>
  Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`);

/**
 * Reads a record.
 *
 * @param where names the record in errors.
 * @throws Error when the bytes are no record, or one of another format.
 */
export function parseProofRecord(bytes: Buffer, where: string): ProofRecord {
  const content = jsonOrUndefined(bytes.toString());
  const format = (content as { format?: unknown } | null | undefined)?.format;
  if (typeof format === 'number' && format !== 1) {
    throw new Error(
      `The proof record ${where} has the format ${format}, known is 1. HINT: use the version of Holdfast that wrote it, or a newer one.`,
    );
  }
  const { data, error } = z.safeParse(recordForm, content);
  if (error !== undefined) {
    const wrong = error.issues[0]?.path.join('.') || 'the whole object';
    throw new Error(
      `The proof record ${where} is none of format 1 (wrong: ${wrong}). HINT: an earlier version of the object may be whole; otherwise let the resource be proved again.`,
    );
  }
  return data;
}

const instant = z.iso.datetime();
const text = z.string();
const filled = text.check(z.minLength(1));
const number = z.number().check(z.nonnegative());
const count = z.int().check(z.nonnegative());

const recordForm = z.object({
  format: z.literal(1),
  system: z.enum(PROOF_SYSTEMS),
  resource: filled,
  level: z.enum(ProofLevel),
  outcome: z.enum(ProofOutcome),
  startedAt: instant,
  finishedAt: instant,
  software: filled,
  backups: z.optional(z.array(filled)),
  backupAt: z.optional(instant),
  restorableAt: z.optional(instant),
  bytes: z.optional(count),
  objects: z.optional(count),
  replicationLagSeconds: z.optional(number),
  rtoSeconds: z.optional(number),
  findingCount: count,
  findings: z.array(z.object({ kind: filled, isCritical: z.boolean(), detail: text })),
  report: z.optional(filled),
}) satisfies z.ZodMiniType<ProofRecord>;

const criticalFirst = (findings: readonly ProofFinding[]): ProofFinding[] =>
  [...findings].sort((left, right) => Number(right.isCritical) - Number(left.isCritical));

const recorded = ({ kind, isCritical, detail }: ProofFinding): ProofFinding => ({
  kind,
  isCritical,
  detail: shorten(printable(detail), MOST_DETAIL_CHARACTERS),
});

function jsonOrUndefined(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
