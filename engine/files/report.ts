import { PutObjectCommand } from '@aws-sdk/client-s3';
import { filesReportPrefix } from '../contract/layout';
import type { Finding, Matching } from '../contract/verify-files';
import type { Progress } from './proof-state';
import { explainStoreError } from './store-error';
import type { Bucket } from './version-listing';

/** Last object of a report: what the proof looked at and what came of it. */
export interface ReportSummary {
  readonly proofId: string;
  readonly resource: string;
  /** Buckets that were compared. */
  readonly source: string;
  readonly replica: string;
  readonly outcome: 'proved' | 'damaged';
  /** How versions were told to be the same. */
  readonly matching: Matching;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationSeconds: number;
  readonly versions: number;
  readonly bytes: number;
  readonly findings: Progress['findings'];
  /** Number of parts `findings-00001.jsonl`, … that belong to the report. */
  readonly parts: number;
  /** Age of the oldest version that is not in the replica when the proof began; 0 when all are there. */
  readonly replicationLagSeconds: number;
  /** Everything written to the source before this moment is in the replica. */
  readonly recoveryPoint: string;
  /** Versions whose stored checksums or bytes were compared. */
  readonly compared: number;
  /** Share of all versions that was read in full, as an interval of [0, 1). */
  readonly readingShare: { readonly from: number; readonly to: number };
  readonly bytesRead: number;
  /** Versions that should have been read in full, and could not be: archived, too large for a run, or under a wrong key. */
  readonly unread: number;
}

/** Findings kept in memory before they are written as a part. */
const FINDINGS_PER_PART = 5_000;

/** Findings kept for the text of a page. */
const FIRST_FINDINGS = 5;

/** Writes the report of one proof: findings in parts while the proof runs, the summary last. */
export class ReportWriter {
  private readonly lines: string[] = [];
  private readonly prefix: string;

  /** @param progress counts the findings and parts; a proof that goes on brings along what it counted before. */
  public constructor(
    private readonly proofs: Bucket,
    resource: string,
    proofId: string,
    private readonly progress: Progress,
  ) {
    this.prefix = filesReportPrefix(resource, proofId);
  }

  /** Adds a finding; writes a part when enough have come together. */
  public async add(finding: Finding): Promise<void> {
    const { findings, firstFindings } = this.progress;
    findings[finding.kind] = (findings[finding.kind] ?? 0) + 1;
    if (firstFindings.length < FIRST_FINDINGS) {
      firstFindings.push(finding);
    }
    this.lines.push(JSON.stringify(finding));
    if (this.lines.length >= FINDINGS_PER_PART) {
      await this.flush();
    }
  }

  /** Writes what has not been written yet. */
  public async flush(): Promise<void> {
    if (this.lines.length === 0) {
      return;
    }
    const number = this.progress.parts + 1;
    await this.put(`findings-${String(number).padStart(5, '0')}.jsonl`, 'application/jsonl', this.lines.join('\n'));
    this.progress.parts = number;
    this.lines.length = 0;
  }

  /**
   * Writes the summary, which makes the report complete.
   *
   * @returns the key of the summary.
   */
  public async finish(summary: ReportSummary): Promise<string> {
    return this.put('summary.json', 'application/json', JSON.stringify(summary, undefined, 2));
  }

  private async put(name: string, contentType: string, content: string): Promise<string> {
    const key = `${this.prefix}${name}`;
    try {
      await this.proofs.s3.send(
        new PutObjectCommand({ Bucket: this.proofs.name, Key: key, Body: `${content}\n`, ContentType: contentType }),
      );
    } catch (error) {
      throw explainStoreError(error, 'write a report to', this.proofs.name);
    }
    return key;
  }
}
