/** Something wrong with what a user wrote: where, and one sentence with the value received and what is allowed. */
export interface Problem {
  /** Path of the field, such as `lifecycle.noncurrentVersions.expireAfterDays`. */
  readonly path: string;
  readonly message: string;
}

/** Throws all problems at once, a line each, naming the construct or file they were found in; does nothing without any. */
export function refuse(where: string, problems: readonly Problem[]): void {
  if (problems.length === 0) {
    return;
  }
  throw new Error(problems.map(({ path, message }) => `${where}: ${path}: ${message}`).join('\n'));
}
