import { proofTime } from './proofs';

/** Where things lie in the proofs bucket. */

/** Everything about the verification of one protected bucket. */
export const filesPrefix = (resource: string): string => `files/${resource}/`;

/** State between runs: the checkpoint of an unfinished proof and what earlier proofs established. */
export const filesStateKey = (resource: string): string => `${filesPrefix(resource)}state.json`;

/** Folder of one proof. `findings-00001.jsonl`, … come first; `summary.json` is written last. */
export const filesReportPrefix = (resource: string, proofId: string): string =>
  `${filesPrefix(resource)}reports/${proofId}/`;

/** Everything about the verification of what RDS and AWS Backup keep of the databases. */
export const DATABASE_PREFIX = 'database/';

/** Report of one verification of all databases; `at` is its moment. */
export const databaseReportKey = (at: Date): string => `${DATABASE_PREFIX}reports/${proofTime(at)}.json`;

/** Folder of the reports of the whole picture. */
export const REPORTS_PREFIX = 'reports/';

/** Report of the whole picture; `at` is its moment. */
export const reportKey = (at: Date): string => `${REPORTS_PREFIX}${proofTime(at)}.html`;
