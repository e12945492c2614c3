/** Where things lie in the proofs bucket. */

/** Everything about the verification of one protected bucket. */
export const filesPrefix = (resource: string): string => `files/${resource}/`;

/** State between runs: the checkpoint of an unfinished proof and what earlier proofs established. */
export const filesStateKey = (resource: string): string => `${filesPrefix(resource)}state.json`;

/** Folder of one proof. `findings-00001.jsonl`, … come first; `summary.json` is written last. */
export const filesReportPrefix = (resource: string, proofId: string): string =>
  `${filesPrefix(resource)}reports/${proofId}/`;
