import { PutObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { count, filled, instant, parseJson, validated } from '../catalog/manifest-format';
import { TIERS } from '../contract/retention';
import { type BackupPart, type PlannedPart, type TenantsRun, tenantsRunsPrefix } from '../contract/verify-tenants';
import { inParallel } from '../objects/in-parallel';
import { READ_HINTS } from '../objects/read-hints';
import { explainStoreError, type StoreHints } from '../objects/store-error';
import type { Dumps } from './dumps';

const finding = z.object({ kind: filled, isCritical: z.boolean(), detail: z.string() });

const tally = z.object({ criticals: count, warnings: count, findings: z.array(finding) });

const partResult = z.object({
  /** Lines of `tenants.jsonl` that were checked; absent of what belongs to no tenant. */
  lines: z.optional(z.object({ first: count, lines: count })),
  objects: count,
  bytes: count,
  /** Copies that may still be on their way. */
  travelling: count,
  present: tally,
  intact: tally,
});

/** What came of checking a part of a backup. */
export type PartResult = z.infer<typeof partResult>;

const surveyedBackup = z.object({
  id: filled,
  tier: z.enum(TIERS),
  startedAt: instant,
  lockedUntil: instant,
  objects: count,
  bytes: count,
  tally,
});

/** What came of looking through the listings of a backup. */
export type SurveyedBackup = z.infer<typeof surveyedBackup>;

/** What the steps of one run tell each other about one database: small objects in the proofs bucket, written again when a step is repeated. */
export class RunFiles {
  private readonly folder: string;

  public constructor(
    private readonly dumps: Dumps,
    { target, run }: Pick<TenantsRun, 'target' | 'run'>,
  ) {
    this.folder = `${tenantsRunsPrefix(target.resource)}${run}/`;
  }

  /** Writes the parts of a backup, one a line. @returns the key. */
  public async writeParts(backup: string, parts: readonly PlannedPart[]): Promise<string> {
    const key = `${this.folder}${backup}/parts.jsonl`;
    await this.put(key, parts.map((part) => `${JSON.stringify(part)}\n`).join(''));
    return key;
  }

  /** Keeps what came of a part. The same part, repeated, takes its place. */
  public async writeResult(backup: string, part: BackupPart, result: PartResult): Promise<void> {
    const name = part.kind === 'common' ? part.kind : `${part.kind}-${part.batch.first}`;
    await this.put(`${this.resultsOf(backup)}${name}.json`, JSON.stringify(result));
  }

  /** What came of all parts of a backup. */
  public async results(backup: string): Promise<PartResult[]> {
    return this.readAll(this.resultsOf(backup), partResult);
  }

  /** Keeps what came of looking through a backup. */
  public async writeSurveyed(surveyed: SurveyedBackup): Promise<void> {
    await this.put(`${this.folder}survey/${surveyed.id}.json`, JSON.stringify(surveyed));
  }

  /** What came of looking through all backups; newest first. */
  public async surveyed(): Promise<SurveyedBackup[]> {
    const surveyed = await this.readAll(`${this.folder}survey/`, surveyedBackup);
    return surveyed.sort((left, right) => (left.id < right.id ? 1 : -1));
  }

  private resultsOf(backup: string): string {
    return `${this.folder}${backup}/results/`;
  }

  private async put(key: string, text: string): Promise<void> {
    const { s3, name } = this.dumps.proofs;
    try {
      await s3.send(new PutObjectCommand({ Bucket: name, Key: key, Body: text, ContentType: 'application/json' }));
    } catch (error) {
      throw explainStoreError(error, 'write results to', name, WRITE_HINTS);
    }
  }

  private async readAll<Schema extends z.ZodMiniType>(folder: string, schema: Schema): Promise<z.infer<Schema>[]> {
    const keys = await this.keys(folder);
    return inParallel(keys, MOST_REQUESTS, async (key) => {
      const stored = await this.dumps.proofStore.get(key, LARGEST_RESULT_BYTES);
      const what = 'The result of a step';
      return validated(schema, parseJson(stored?.body.toString() ?? '', what), what);
    });
  }

  private async keys(folder: string): Promise<string[]> {
    const { s3, name } = this.dumps.proofs;
    const keys: string[] = [];
    try {
      for await (const { Contents: objects = [] } of paginateListObjectsV2(
        { client: s3 },
        { Bucket: name, Prefix: folder },
      )) {
        keys.push(...objects.flatMap(({ Key: key }) => key ?? []));
      }
    } catch (error) {
      throw explainStoreError(error, 'list results in', name, READ_HINTS);
    }
    return keys;
  }
}

const MOST_REQUESTS = 16;

/** 400 findings of some hundred characters each. */
const LARGEST_RESULT_BYTES = 4 * 1024 * 1024;

const WRITE_HINTS: StoreHints = {
  AccessDenied: 'give the role s3:PutObject on the bucket and kms:GenerateDataKey on its key.',
  other: 'look the error up in the S3 API reference; the step is tried again.',
};
